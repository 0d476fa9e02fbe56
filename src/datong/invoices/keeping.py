"""What invoices keep of a person: the name on them stays, for the law keeps invoices; where they were sent does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Traces

HELD = """
    SELECT reference, title, email, phone, total_minor, currency, number, asked_at FROM invoices_document
     WHERE brand_id = %(brand)s AND subject_id = ANY(%(things)s::uuid[]) ORDER BY id
"""
NAMES = ("order", "title", "email", "phone", "total_minor", "currency", "number", "asked_at")


def export(traces: Traces) -> Mapping[str, Any]:
    found = rows(HELD, {"brand": traces.brand, "things": sorted(traces.things)})
    return {"tax_invoices": [dict(zip(NAMES, row, strict=True)) for row in found]} if found else {}


# A private person's invoice may stand for 个人 (a person) without a name; a company's name is no person's.
WIPE = """
    UPDATE invoices_document SET email = '', phone = '', asked_by = 'customer', error = '',
           title = CASE WHEN tax_no = '' THEN '个人' ELSE title END,
           postal = CASE WHEN tax_no = '' THEN '' ELSE postal END
     WHERE brand_id = %(brand)s AND subject_id = ANY(%(things)s::uuid[])
"""


def erase(traces: Traces) -> Mapping[str, int]:
    return {"tax_invoices": execute(WIPE, {"brand": traces.brand, "things": sorted(traces.things)})}


KEEPER = Keeper("invoices", export=export, erase=erase)
