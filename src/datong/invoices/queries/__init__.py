"""Reads of invoices."""

from datong.invoices.queries.documents import (
    Filter,
    document,
    document_about,
    documents,
    figures,
    reds_of,
)
from datong.invoices.queries.sellers import codes_for, secret_of, seller_for, sellers, tax_codes

__all__ = [
    "Filter",
    "codes_for",
    "document",
    "document_about",
    "documents",
    "figures",
    "reds_of",
    "secret_of",
    "seller_for",
    "sellers",
    "tax_codes",
]
