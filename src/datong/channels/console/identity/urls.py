"""Addresses of comparing all customers, and of the rules of their golden record."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.identity import runs, survivorship

urlpatterns: list[URLPattern] = [
    path("customers/same/all/", runs.overview, name="same-all"),
    path("customers/same/all/run/", runs.run, name="same-run"),
    path("customers/same/all/now/", runs.now, name="same-now"),
    path("customers/same/rule/", runs.rule, name="same-rule"),
    path("customers/golden/", survivorship.overview, name="golden"),
    path("customers/golden/<slug:name>/", survivorship.field, name="golden-field"),
]
