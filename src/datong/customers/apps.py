from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "datong.customers"
    label = "customers"
