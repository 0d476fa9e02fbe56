from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "datong.ledger"
    label = "ledger"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.ledger.api import apply_period, apply_rule
        from datong.ledger.types import KIND_OF_PERIOD, KIND_OF_RULE

        register_approval(
            ApprovalKind(KIND_OF_PERIOD, _("Closing or opening the books"), Action.MONEY_EDIT, apply_period, two=True)
        )
        register_approval(ApprovalKind(KIND_OF_RULE, _("Posting rule"), Action.MONEY_EDIT, apply_rule, two=True))
