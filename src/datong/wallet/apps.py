from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "datong.wallet"
    label = "wallet"
