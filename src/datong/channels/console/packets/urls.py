"""Addresses of red packets."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.packets import overview, phone

urlpatterns: list[URLPattern] = [
    path("packets/", overview.overview, name="packets"),
    path("packets/limits/", overview.limits, name="packet-limits"),
    path("packets/<uuid:packet_id>/", overview.packet, name="packet"),
    path("packet/<uuid:brand_id>/<str:code>/", phone.opened, name="packet-open"),
]
