from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TillsConfig(AppConfig):
    name = "datong.tills"
    label = "tills"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.tills.types import KIND_OF_DISCOUNT

        # Nothing is carried out with the decision: the till waits for it and sells.
        register_approval(
            ApprovalKind(KIND_OF_DISCOUNT, _("A discount at a till"), Action.TILLS_USE, lambda asked: None)
        )
