from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "datong.risk"
    label = "risk"
