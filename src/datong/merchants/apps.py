from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MerchantsConfig(AppConfig):
    name = "datong.merchants"
    label = "merchants"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.ledger.api import register_check
        from datong.merchants import api
        from datong.merchants.types import KIND_OF_CONTRACT, KIND_OF_RUN
        from datong.wallet.api import register_place_check

        register_approval(
            ApprovalKind(
                KIND_OF_CONTRACT,
                _("Contract of a partner"),
                Action.PARTNERS_EDIT,
                api.apply_contract,
                programs=True,
                two=True,
            )
        )
        register_approval(
            ApprovalKind(
                KIND_OF_RUN,
                _("Settlement between companies"),
                Action.PARTNERS_EDIT,
                api.apply_run,
                drop=api.refuse_run,
                programs=True,
                two=True,
            )
        )
        register_check("merchants", api.merchant_differences)
        register_place_check("merchants", api.refuse_place)
