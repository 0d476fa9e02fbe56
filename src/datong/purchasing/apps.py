from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PurchasingConfig(AppConfig):
    name = "datong.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.purchasing import api

        register_approval(
            ApprovalKind(
                name="purchase.order",
                title=_("Purchase order"),
                action=Action.PURCHASING_EDIT,
                apply=api.approved,
                drop=api.turned_down,
            )
        )
