from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "datong.orders"
    label = "orders"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.orders.api import KIND_OF_REFUND, apply_refund

        register_approval(ApprovalKind(KIND_OF_REFUND, _("Refund"), Action.ORDERS_ACT, apply_refund, programs=True))
        from datong.kernel.keepers import register_keeper
        from datong.orders.keeping import KEEPER

        register_keeper(KEEPER)
