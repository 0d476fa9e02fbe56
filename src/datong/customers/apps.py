from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "datong.customers"
    label = "customers"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, Approval, ApprovalKind
        from datong.customers import api
        from datong.customers.keeping import KEEPER
        from datong.kernel.db import current_brand
        from datong.kernel.keepers import register_keeper

        def settled(approval: Approval) -> None:
            api.settle_erasure(approval, brand=current_brand())

        register_approval(
            ApprovalKind(
                api.KIND_OF_ERASURE,
                _("Erase a customer"),
                Action.CUSTOMERS_DATA,
                settled,
                unit="units",
                drop=settled,
                programs=True,
            )
        )
        register_keeper(KEEPER)
