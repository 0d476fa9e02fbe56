"""Addresses of entries."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.entries import entry, overview, sheet

urlpatterns: list[URLPattern] = [
    path("entries/", overview.overview, name="entries"),
    path("entries/print/", sheet.sheet, name="entries-print"),
    path("entries/<uuid:entry_id>/", entry.entry, name="entry"),
    path("entries/<uuid:entry_id>/code.<str:ending>", sheet.picture, name="entry-picture"),
]
