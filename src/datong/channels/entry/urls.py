"""Addresses behind codes."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.entry import door

urlpatterns: list[URLPattern] = [
    path("q/<str:code>", door.scan, name="entry-scan"),
    path("01/<str:gtin>", door.digital_link, name="entry-gtin"),
    path("01/<str:gtin>/<path:rest>", door.digital_link, name="entry-gtin-more"),
    path("shop/<slug:slug>/q/<str:code>/", door.enter, name="shop-entry"),
    path("shop/<slug:slug>/01/<str:gtin>", door.gtin, name="shop-gtin"),
    path("shop/<slug:slug>/01/<str:gtin>/<path:rest>", door.gtin, name="shop-gtin-more"),
]
