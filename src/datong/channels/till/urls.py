"""Addresses of the till and of who looks after it."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.till import care, screen, shell

urlpatterns: list[URLPattern] = [
    path("till/", screen.till, name="till"),
    path("till/worker.js", shell.worker, name="till-worker"),
    path("till/app.webmanifest", shell.manifest, name="till-manifest"),
    path("till/register/", screen.register, name="till-register"),
    path("till/order/", screen.order, name="till-order"),
    path("till/discount/", screen.discount, name="till-discount"),
    path("tills/", care.tills, name="tills"),
    path("tills/act/", care.act, name="tills-act"),
]
