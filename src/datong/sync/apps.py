from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "datong.sync"
    label = "sync"
