"""Addresses of partners' cards that we sell."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.partnercards import delivery, overview, sell

urlpatterns: list[URLPattern] = [
    path("partner-cards/", overview.overview, name="partner-cards"),
    path("partner-cards/sell/", sell.sell, name="partner-cards-sell"),
    path("partner-cards/<uuid:batch_id>/", delivery.delivery, name="partner-cards-delivery"),
]
