from django.apps import AppConfig


class ShadowConfig(AppConfig):
    name = "datong.shadow"
    label = "shadow"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.shadow.keeping import KEEPER

        register_keeper(KEEPER)
