from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "datong.invoices"
    label = "invoices"

    def ready(self) -> None:
        from datong.invoices.actions.plain import Plain
        from datong.invoices.keeping import KEEPER
        from datong.invoices.ports import register_issuer
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
        register_issuer("plain", Plain())
