from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "datong.imports"
    label = "imports"

    def ready(self) -> None:
        from datong.books.ports import register_reader
        from datong.imports.api import read_table
        from datong.imports.keeping import KEEPER
        from datong.imports.kinds import register_all  # the kinds stand on the other modules' faces
        from datong.kernel.keepers import register_keeper

        register_all()
        register_keeper(KEEPER)
        register_reader(read_table)
