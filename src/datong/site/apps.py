from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "datong.site"
    label = "site"

    def ready(self) -> None:
        from datong.shadow.api import bind
        from datong.sync.api import watch

        bind(watch)
