from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "datong.wallet"
    label = "wallet"

    def ready(self) -> None:
        from datong.ledger.api import register_check
        from datong.wallet.api import check_stored_value

        register_check("stored value is what the cards hold", check_stored_value)
