"""Addresses of adverts."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.adverts import advert, overview

urlpatterns: list[URLPattern] = [
    path("partners/adverts/", overview.overview, name="adverts"),
    path("partners/adverts/<uuid:advert_id>/", advert.advert, name="advert"),
]
