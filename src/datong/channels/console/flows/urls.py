"""Addresses of the ways between online and offline."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.flows import chain, overview

urlpatterns: list[URLPattern] = [
    path("flows/", overview.overview, name="flows"),
    path("flows/customers/<uuid:customer_id>/", chain.chain, name="flow-customer"),
]
