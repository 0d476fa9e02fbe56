"""Addresses of the shadow pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.shadow import export, findings, overview, sources, tolerance

urlpatterns: list[URLPattern] = [
    path("shadow/", overview.overview, name="shadow"),
    path("shadow/new/", sources.new, name="shadow-new"),
    path("shadow/<uuid:project_id>/run/", overview.look, name="shadow-run"),
    path("shadow/<uuid:project_id>/report.pdf", export.paper, name="shadow-pdf"),
    path("shadow/<uuid:project_id>/report.json", export.data, name="shadow-json"),
    path("shadow/<uuid:project_id>/findings/", findings.findings, name="shadow-findings"),
    path("shadow/<uuid:project_id>/findings.csv", export.table, name="shadow-csv"),
    path("shadow/<uuid:project_id>/findings/<uuid:finding_id>/", findings.finding, name="shadow-finding"),
    path("shadow/<uuid:project_id>/findings/<uuid:finding_id>/act/", findings.act, name="shadow-finding-act"),
    path("shadow/<uuid:project_id>/sources/", sources.sources, name="shadow-sources"),
    path("shadow/<uuid:project_id>/connect/", sources.connect, name="shadow-connect"),
    path("shadow/<uuid:project_id>/tolerances/", tolerance.tolerances, name="shadow-tolerances"),
    path("shadow/<uuid:project_id>/read/", sources.read, name="shadow-read"),
    path("shadow/<uuid:project_id>/feed/", sources.feed, name="shadow-feed"),
    path("shadow/<uuid:project_id>/feeds/<uuid:feed_id>/problems.csv", export.problems, name="shadow-problems"),
    path("shadow/<uuid:project_id>/delete/", sources.delete, name="shadow-delete"),
]
