"""Addresses of voices and ideas."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.voices import ideas, listing, write

urlpatterns: list[URLPattern] = [
    path("voices/", listing.listing, name="voices"),
    path("voices/export.csv", listing.export, name="voices-csv"),
    path("voices/ideas/", ideas.ideas, name="ideas"),
    path("voices/ideas/<uuid:idea_id>/", ideas.idea, name="idea"),
    path("customers/<uuid:customer_id>/voice/", write.write, name="customer-voice"),
]
