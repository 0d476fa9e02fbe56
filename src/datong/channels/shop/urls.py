"""Addresses of the shop."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.shop import browse, product, stores

urlpatterns: list[URLPattern] = [
    path("shop/<slug:slug>/", browse.home, name="shop-home"),
    path("shop/<slug:slug>/picture/<str:digest>-<str:size>", browse.picture, name="shop-picture"),
    path("shop/<slug:slug>/p/<path:sku>/", product.product, name="shop-product"),
    path("shop/<slug:slug>/stores/", stores.stores, name="shop-stores"),
    path("shop/<slug:slug>/stores/<str:code>/", stores.store, name="shop-store"),
    path("shop/<slug:slug>/place/", stores.place, name="shop-place"),
]
