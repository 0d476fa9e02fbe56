from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "datong.risk"
    label = "risk"

    def ready(self) -> None:
        from datong.kernel.keepers import register_keeper
        from datong.risk.keeping import KEEPER

        register_keeper(KEEPER)
