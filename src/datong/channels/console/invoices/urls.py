"""Addresses of tax invoices."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.invoices import asking, listing, sellers

urlpatterns: list[URLPattern] = [
    path("invoice/<str:token>/", asking.asking, name="invoice-ask"),
    path("invoice/call/<str:token>/", asking.call, name="invoice-call"),
    path("invoices/", listing.listing, name="invoices"),
    path("invoices/export.csv", listing.export, name="invoices-csv"),
    path("invoices/sellers/", sellers.sellers, name="invoice-sellers"),
    path("invoices/<uuid:document_id>/", listing.one, name="invoice"),
]
