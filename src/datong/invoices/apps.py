from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "datong.invoices"
    label = "invoices"

    def ready(self) -> None:
        from datong.invoices.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
