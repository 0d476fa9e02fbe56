from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "datong.inventory"
    label = "inventory"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.inventory import api

        register_approval(
            ApprovalKind(
                name="stock.adjust", title=_("Stock adjustment"), action=Action.STOCK_COUNT, apply=api.approved
            )
        )
        from datong.inventory.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
