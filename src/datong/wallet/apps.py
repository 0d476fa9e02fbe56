from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletConfig(AppConfig):
    name = "datong.wallet"
    label = "wallet"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.kernel.keepers import register_keeper
        from datong.ledger.api import register_check
        from datong.wallet.api import (
            KIND_OF_ADJUSTMENT,
            apply_adjustment,
            check_stored_value,
            differences,
            packet_differences,
        )
        from datong.wallet.keeping import KEEPER

        register_keeper(KEEPER)
        register_approval(
            ApprovalKind(
                KIND_OF_ADJUSTMENT,
                _("Points adjustment"),
                Action.REWARDS_GIVE,
                apply_adjustment,
                unit="points",
                programs=True,
            )
        )
        register_check("stored value is what the cards hold", check_stored_value)
        register_check("points and vouchers", differences)
        register_check("red packets", packet_differences)
