from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksConfig(AppConfig):
    name = "datong.books"
    label = "books"

    def ready(self) -> None:
        from datong.access.api import register_approval
        from datong.access.types import Action, ApprovalKind
        from datong.books.api import apply_reopen
        from datong.books.types import KIND_OF_DAY

        register_approval(
            ApprovalKind(KIND_OF_DAY, _("Opening a store's day again"), Action.DAY_CLOSE, apply_reopen, two=True)
        )
