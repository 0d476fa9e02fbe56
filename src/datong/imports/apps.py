from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "datong.imports"
    label = "imports"

    def ready(self) -> None:
        from datong.imports.kinds import register_all  # the kinds stand on the other modules' faces

        register_all()
