from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "datong.site"
    label = "site"
