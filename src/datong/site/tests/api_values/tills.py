"""Tills."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
FACT = {"id": SOME_ID, "kind": "sale", "at": "2026-11-22T00:00:00Z", "by": "x", "shift_id": SOME_ID}
SALE = {
    "lines": [{"sku": "LONGJING", "units": 1, "unit_minor": 1}],
    "total_minor": 1,
    "tenders": [{"kind": "cash", "amount_minor": 1}],
}
BODIES: dict[str, Any] = {
    "quote_till_basket": {"lines": [{"sku": "LONGJING", "units": 1, "options": ["x"]}], "member": "x"},
    "upload_till_facts": {"sent_at": "2026-11-22T00:00:00Z", "facts": [{**FACT, "body": SALE}]},
}
