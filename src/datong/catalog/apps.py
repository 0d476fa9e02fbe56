from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "datong.catalog"
    label = "catalog"
