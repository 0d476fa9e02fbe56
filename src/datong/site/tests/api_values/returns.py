"""Returns."""

from __future__ import annotations

from typing import Any

PLACES = {"return_id": "01a20462-e8b9-788d-9889-dd2cc2cbf29f"}
BODIES: dict[str, Any] = {
    "ask_return": {"lines": [{"line_no": 1, "units": 1}], "reason": "x", "how": "parcel", "approved": True},
    "decide_return": {"approve": False, "why": "x"},
    "receive_return": {"store": "LAKE", "shelf": [{"line_no": 1, "units": 1}]},
}
