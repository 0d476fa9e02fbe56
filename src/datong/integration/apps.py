from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "datong.integration"
    label = "integration"

    def ready(self) -> None:
        from datong.integration.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
