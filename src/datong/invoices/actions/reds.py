"""Money that went back after an invoice was issued is taken off it by red letters."""

from __future__ import annotations

from uuid import UUID

from datong.invoices import rules
from datong.invoices.actions.apply import ask_red
from datong.invoices.queries import document
from datong.kernel.db import in_brand, rows

# Of every issued invoice what went back of its order or top-up by now; those that red letters do not cover yet.
BACK = """
    WITH back AS (
        SELECT d.id, d.base_minor - d.refunded_minor AS left_minor, d.total_minor,
               coalesce(CASE d.about
                   WHEN 'order' THEN (SELECT sum(f.amount_minor) FROM payments_refund f
                                       WHERE f.brand_id = d.brand_id AND f.order_id = d.subject_id)
                   ELSE (SELECT t.back_minor FROM wallet_topup t
                          WHERE t.brand_id = d.brand_id AND t.id = d.subject_id) END, 0)::bigint
               - d.refunded_minor AS gone,
               coalesce((SELECT sum(r.total_minor) FROM invoices_document r
                          WHERE r.brand_id = d.brand_id AND r.of_id = d.id AND r.live), 0)::bigint AS red
          FROM invoices_document d
         WHERE d.brand_id = %(brand)s AND d.state = 'issued' AND d.kind = 'blue' AND d.live)
    SELECT id, gone, left_minor FROM back WHERE gone > 0 AND red < total_minor ORDER BY id LIMIT 200
"""
LOCK = "SELECT 1 FROM invoices_document WHERE brand_id = %s AND id = %s FOR UPDATE"


def red_letters_due(brand_id: UUID, *, by: str = "refunds") -> int:
    """Ask for the red letters that refunds call for; how many. Found anew each time, so that none is lost or
    doubled."""
    made = 0
    with in_brand(brand_id):
        for one, gone, left in rows(BACK, {"brand": brand_id}):
            rows(LOCK, [brand_id, one])
            invoice = document(brand_id, one)  # read again: another worker may have asked meanwhile
            due = rules.take_back(invoice.total_minor, invoice.red_minor, gone, left)
            made += ask_red(brand_id, invoice, due, by=by) is not None
    return made
