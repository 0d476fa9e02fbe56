from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "datong.access"
    label = "access"
