from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "datong.fulfilment"
    label = "fulfilment"
