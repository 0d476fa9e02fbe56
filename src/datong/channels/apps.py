from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "datong.channels"
    label = "channels"
