from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "datong.insight"
    label = "insight"
