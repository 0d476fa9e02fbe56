"""Addresses of the stock pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.stock import soldout

urlpatterns: list[URLPattern] = [
    path("sold-out/", soldout.sold_out, name="sold-out"),
    path("sold-out/set/", soldout.sell_out, name="sold-out-set"),
    path("sold-out/back/", soldout.back, name="sold-out-back"),
    path("sold-out/undo/<uuid:batch>/", soldout.undo, name="sold-out-undo"),
]
