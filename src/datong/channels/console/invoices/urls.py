"""Addresses of tax invoices."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.invoices import asking, codes, listing, sellers

urlpatterns: list[URLPattern] = [
    path("invoice/<str:token>/", asking.asking, name="invoice-ask"),
    path("invoice/<str:token>/<uuid:document_id>.pdf", asking.asked_pdf, name="invoice-ask-pdf"),
    path("invoice/call/<str:token>/", asking.call, name="invoice-call"),
    path("invoices/", listing.listing, name="invoices"),
    path("invoices/export.csv", listing.export, name="invoices-csv"),
    path("invoices/tax-categories/", codes.codes, name="invoice-codes"),
    path("invoices/tax-categories/export.csv", codes.export, name="invoice-codes-csv"),
    path("invoices/sellers/", sellers.sellers, name="invoice-sellers"),
    path("invoices/<uuid:document_id>/", listing.one, name="invoice"),
    path("invoices/<uuid:document_id>/pdf/", listing.as_pdf, name="invoice-pdf"),
]
