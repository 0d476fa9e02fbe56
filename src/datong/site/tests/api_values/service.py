"""Service."""

from __future__ import annotations

from typing import Any

PLACES = {"case_id": "01a20462-e8b9-788d-9889-dd2cc2cbf29f"}
BODIES: dict[str, Any] = {
    "open_case": {"reason": "late", "subject": "x", "phase": "after", "text": "x", "order_ids": []},
    "add_case_step": {"kind": "note", "text": "x"},
    "set_case_state": {"state": "done", "why": "x", "outcome": "solved"},
}
