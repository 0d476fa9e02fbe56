"""Addresses of payment providers."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.payproviders import accounts

urlpatterns: list[URLPattern] = [
    path("payment-providers/", accounts.accounts, name="payment-providers"),
]
