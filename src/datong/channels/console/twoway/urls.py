"""Addresses of what is laid side by side. Before those of `sync`, whose pages are named by a channel's code."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.twoway import check, days, erp, fields, totals

urlpatterns: list[URLPattern] = [
    path("reconciliation/", days.days, name="reconciliation"),
    path("reconciliation/totals/", totals.totals, name="reconciliation-totals"),
    path("reconciliation/act/<uuid:difference_id>/", days.act, name="reconciliation-act"),
    path("reconciliation/<str:code>/<str:day>/", days.day, name="reconciliation-day"),
    path("reconciliation/<str:code>/<str:day>/again/", days.again, name="reconciliation-again"),
    path("reconciliation/<str:code>/<str:day>/differences.csv", days.export, name="reconciliation-csv"),
    path("sync/fields/", fields.fields, name="sync-fields"),
    path("sync/fields/act/", fields.act, name="sync-fields-act"),
    path("channels/<str:code>/check/", check.channel, name="channel-check"),
    path("erp/", erp.erps, name="erp"),
    path("erp/<str:code>/", erp.one, name="erp-one"),
]
"""Everything a page here changes is a POST to itself or to an address that ends in act/ or again/."""
