from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "datong.catalog"
    label = "catalog"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.catalog.api import KIND_OF_PRICE_CHANGE, KIND_OF_TABLE, apply_change, apply_table, refuse_change
        from datong.catalog.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
        register_approval(
            ApprovalKind(
                KIND_OF_PRICE_CHANGE,
                _("Change of prices"),
                Action.CATALOG_EDIT,
                apply_change,
                drop=refuse_change,
                programs=True,
            )
        )
        register_approval(
            ApprovalKind(KIND_OF_TABLE, _("Decision table"), Action.CATALOG_EDIT, apply_table, programs=True)
        )
