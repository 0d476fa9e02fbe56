from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "datong.access"
    label = "access"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.access.keeping import KEEPER

        register_keeper(KEEPER)
