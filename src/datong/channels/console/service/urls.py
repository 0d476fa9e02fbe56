"""Addresses of service."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.service import case, measures, queue, setup

urlpatterns: list[URLPattern] = [
    path("service/", queue.queue, name="service"),
    path("service/export.csv", queue.export, name="service-csv"),
    path("service/new/", case.new, name="service-new"),
    path("service/measures/", measures.measures, name="service-measures"),
    path("service/setup/", setup.setup, name="service-setup"),
    path("service/cases/<str:number>/", case.case, name="service-case"),
]
