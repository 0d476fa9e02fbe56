from django.apps import AppConfig


class BrandConfig(AppConfig):
    name = "datong.brand"
    label = "brand"
