from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "datong.matching"
    label = "matching"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.matching.keeping import KEEPER

        register_keeper(KEEPER)
