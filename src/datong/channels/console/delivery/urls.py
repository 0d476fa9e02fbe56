"""Addresses of deliveries."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.delivery import board, couriers

urlpatterns: list[URLPattern] = [
    path("delivery/", board.delivery, name="delivery"),
    path("delivery/assign/", board.assign, name="delivery-assign"),
    path("delivery/couriers/", couriers.couriers, name="delivery-couriers"),
]
