from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "datong.wallet"
    label = "wallet"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.ledger.api import register_check
        from datong.wallet.api import check_stored_value, differences
        from datong.wallet.keeping import KEEPER

        register_keeper(KEEPER)
        register_check("stored value is what the cards hold", check_stored_value)
        register_check("points and vouchers", differences)
