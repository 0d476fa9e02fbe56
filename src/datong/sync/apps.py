from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "datong.sync"
    label = "sync"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.sync.keeping import KEEPER

        register_keeper(KEEPER)
