from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "datong.ledger"
    label = "ledger"
