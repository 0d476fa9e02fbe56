"""The public face of invoices."""

from datong.invoices.actions import (
    ask_for_order,
    ask_for_top_up,
    correct,
    drop,
    due_of,
    hear,
    put_seller,
    put_tax_codes,
    receive_call,
    send_due,
    what_for,
)
from datong.invoices.links import read_link, write_link
from datong.invoices.paper import invoice_pdf
from datong.invoices.ports import is_plain, issuers, register_issuer
from datong.invoices.queries import (
    Filter,
    document,
    document_about,
    documents,
    figures,
    issued_about,
    list_tax_codes,
    reds_of,
    seller_for,
    sellers,
    series_of,
    tax_codes,
)
from datong.invoices.rules import is_tax_no

__all__ = [
    "Filter",
    "ask_for_order",
    "ask_for_top_up",
    "correct",
    "document",
    "document_about",
    "documents",
    "drop",
    "due_of",
    "figures",
    "hear",
    "invoice_pdf",
    "is_plain",
    "is_tax_no",
    "issued_about",
    "issuers",
    "list_tax_codes",
    "put_seller",
    "put_tax_codes",
    "read_link",
    "receive_call",
    "reds_of",
    "register_issuer",
    "seller_for",
    "sellers",
    "series_of",
    "send_due",
    "tax_codes",
    "what_for",
    "write_link",
]
