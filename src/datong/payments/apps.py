from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "datong.payments"
    label = "payments"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.payments.keeping import KEEPER

        register_keeper(KEEPER)
