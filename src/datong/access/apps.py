from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "datong.access"
    label = "access"

    def ready(self) -> None:
        from datong.access.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
