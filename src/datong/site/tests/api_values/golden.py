"""The golden record."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
PLACES = {"channel_id": SOME_ID, "field": "name"}
BODIES: dict[str, Any] = {
    "pin_value": {"value": "x", "reason": "x"},
    "unpin_value": {"reason": "x"},
    "say_of_customer": {"name": "x", "birthday": "1990-01-01", "language": "en"},
    "set_golden_rules": {"rules": ["sources", "often"], "sources": [SOME_ID], "reason": "x"},
    "preview_golden_rules": {"rules": ["longest"], "sources": [SOME_ID]},
}
