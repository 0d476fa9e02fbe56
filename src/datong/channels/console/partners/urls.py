"""Addresses of partners and settlements."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.partners import contract, settlements, statement

urlpatterns: list[URLPattern] = [
    path("partners/", contract.partners, name="partners"),
    path("partners/<uuid:company_id>/", contract.partner, name="partner"),
    path("partners/<uuid:company_id>/statement/", statement.statement, name="partner-statement"),
    path("partners/settlements/", settlements.settlements, name="settlements"),
    path("partners/settlements/<uuid:run_id>.csv", settlements.payments, name="settlement-csv"),
    path("partners/settlements/<uuid:run_id>/", settlements.settlement, name="settlement"),
]
