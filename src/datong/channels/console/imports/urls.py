"""Addresses of the pages of imports."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.imports import files, overview, reconcile, run

urlpatterns: list[URLPattern] = [
    path("imports/", overview.overview, name="imports"),
    path("imports/templates/<str:kind>.<str:ending>", files.template, name="import-template"),
    path("imports/sample.csv", files.sample, name="import-sample"),
    path("imports/exports/<str:kind>.<str:ending>", files.export, name="import-export"),
    path("imports/<uuid:run_id>/", run.run, name="import"),
    path("imports/<uuid:run_id>/now/", run.now, name="import-now"),
    path("imports/<uuid:run_id>/act/", run.act, name="import-act"),
    path("imports/<uuid:run_id>/reconcile/", reconcile.reconcile, name="import-reconcile"),
    path(
        "imports/<uuid:run_id>/reconcile/<uuid:reconciliation_id>.xlsx",
        reconcile.workbook,
        name="import-reconcile-xlsx",
    ),
    path("imports/<uuid:run_id>/bad-rows/", files.bad_rows, name="import-bad-rows"),
]
