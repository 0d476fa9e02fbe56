"""Addresses of the courier's phone."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.courier import screen, shell

urlpatterns: list[URLPattern] = [
    path("courier/", screen.courier, name="courier"),
    path("courier/worker.js", shell.worker, name="courier-worker"),
    path("courier/app.webmanifest", shell.manifest, name="courier-manifest"),
    path("courier/round/", screen.tasks, name="courier-round"),
    path("courier/acts/", screen.acts, name="courier-acts"),
    path("courier/position/", screen.position, name="courier-position"),
]
