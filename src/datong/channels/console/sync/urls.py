"""Addresses of what goes back to the channels."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.sync import connect, one, overview, products

urlpatterns: list[URLPattern] = [
    path("sync/", overview.overview, name="sync"),
    path("sync/<str:code>/", one.channel, name="sync-channel"),
    path("sync/<str:code>/act/", one.act, name="sync-act"),
    path("sync/<str:code>/connect/", connect.connect, name="sync-connect"),
    path("sync/<str:code>/products/", products.products, name="sync-products"),
    path("sync/<str:code>/products.csv", products.export, name="sync-products-csv"),
]
