from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "datong.matching"
    label = "matching"
