from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "datong.service"
    label = "service"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.kernel.keepers import register_keeper
        from datong.service.actions.giving import carry_out
        from datong.service.keeping import KEEPER
        from datong.service.types import KIND_OF_COMPENSATION

        register_keeper(KEEPER)
        register_approval(ApprovalKind(KIND_OF_COMPENSATION, _("A compensation"), Action.REWARDS_GIVE, carry_out))
