from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "datong.kernel"
    label = "kernel"
