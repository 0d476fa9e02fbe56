"""What the catalogue keeps of a person: on what paper they are free of tax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Traces

HELD = """
    SELECT number, reason, valid_from, valid_to FROM catalog_taxcertificate
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id
"""


def export(traces: Traces) -> Mapping[str, Any]:
    found = rows(HELD, {"brand": traces.brand, "records": list(traces.records)})
    names = ("number", "reason", "valid_from", "valid_to")
    return {"tax_certificates": [dict(zip(names, row, strict=True)) for row in found]} if found else {}


# The days and jurisdictions stay: they say why no tax was asked of orders that are in the books.
WIPE = """
    UPDATE catalog_taxcertificate SET number = '', reason = '', ended_at = coalesce(ended_at, now())
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
"""


def erase(traces: Traces) -> Mapping[str, int]:
    return {"tax_certificates": execute(WIPE, {"brand": traces.brand, "records": list(traces.records)})}


KEEPER = Keeper("catalog", export=export, erase=erase)
