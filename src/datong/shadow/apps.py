from django.apps import AppConfig


class ShadowConfig(AppConfig):
    name = "datong.shadow"
    label = "shadow"
