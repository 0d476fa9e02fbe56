"""Addresses of sales credit."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.credit import overview, rule

urlpatterns: list[URLPattern] = [
    path("credit/", overview.overview, name="credit"),
    path("credit/rule/", rule.rule, name="credit-rule"),
]
