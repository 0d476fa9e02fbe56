from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "datong.fulfilment"
    label = "fulfilment"

    def ready(self) -> None:
        from datong.fulfilment.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
