"""Addresses of comparing all customers."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.identity import runs

urlpatterns: list[URLPattern] = [
    path("customers/same/all/", runs.overview, name="same-all"),
    path("customers/same/all/run/", runs.run, name="same-run"),
    path("customers/same/all/now/", runs.now, name="same-now"),
    path("customers/same/rule/", runs.rule, name="same-rule"),
]
