from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "datong.integration"
    label = "integration"
