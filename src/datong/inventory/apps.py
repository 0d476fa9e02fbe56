from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "datong.inventory"
    label = "inventory"
