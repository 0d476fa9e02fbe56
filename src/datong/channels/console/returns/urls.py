"""Addresses of returns."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.returns import listing, one

urlpatterns: list[URLPattern] = [
    path("returns/", listing.listing, name="returns"),
    path("returns/<str:number>/", one.one, name="order-returns"),
]
"""`number` is an order's."""
