"""Addresses of the screens of prices."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.pricing import (
    changes,
    policies,
    prices,
    promotions,
    rates,
    simulator,
    tables,
    taxcertificates,
    taxes,
)

urlpatterns: list[URLPattern] = [
    path("prices/", prices.prices, name="prices"),
    path("prices/export.csv", prices.export, name="prices-csv"),
    path("prices/close/", prices.close, name="prices-close"),
    path("prices/changes/", changes.changes, name="price-changes"),
    path("prices/changes/new/", changes.new, name="price-change-new"),
    path("prices/changes/<uuid:change_id>/", changes.change, name="price-change"),
    path("prices/changes/<uuid:change_id>/lines.csv", changes.export, name="price-change-csv"),
    path("prices/policies/", policies.policies, name="price-policies"),
    path("prices/rates/", rates.rates, name="rates"),
    path("prices/taxes/", taxes.taxes, name="taxes"),
    path("prices/taxes/certificates/", taxcertificates.certificates, name="tax-certificates"),
    path("tables/", tables.tables, name="decision-tables"),
    path("tables/<str:name>/", tables.table, name="decision-table"),
    path("tables/<str:name>/<uuid:version_id>/", tables.version, name="decision-version"),
    path("promotions/", promotions.promotions, name="promotions"),
    path("promotions/new/", promotions.new, name="promotion-new"),
    path("promotions/read/", promotions.read, name="promotions-read"),
    path("promotions/try/", simulator.simulator, name="simulator"),
    path("promotions/one/<path:code>/", promotions.promotion, name="promotion"),
]
