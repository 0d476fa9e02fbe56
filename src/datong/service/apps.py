from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "datong.service"
    label = "service"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.service.keeping import KEEPER

        register_keeper(KEEPER)
