from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "datong.orders"
    label = "orders"
