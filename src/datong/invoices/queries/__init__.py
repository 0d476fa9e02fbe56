"""Reads of invoices."""

from datong.invoices.queries.documents import (
    Filter,
    document,
    document_about,
    documents,
    figures,
    issued_about,
    reds_of,
)
from datong.invoices.queries.sellers import (
    codes_for,
    list_tax_codes,
    secret_of,
    seller_for,
    sellers,
    series_of,
    tax_codes,
)

__all__ = [
    "Filter",
    "codes_for",
    "document",
    "document_about",
    "documents",
    "figures",
    "issued_about",
    "list_tax_codes",
    "reds_of",
    "secret_of",
    "seller_for",
    "sellers",
    "series_of",
    "tax_codes",
]
