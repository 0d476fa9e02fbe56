from django.apps import AppConfig


class BrandConfig(AppConfig):
    name = "datong.brand"
    label = "brand"

    def ready(self) -> None:
        from datong.brand.keeping import KEEPER
        from datong.kernel.keepers import register_keeper

        register_keeper(KEEPER)
