from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "datong.payments"
    label = "payments"
