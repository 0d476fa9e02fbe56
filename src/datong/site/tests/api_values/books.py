"""The books."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
PLACES = {
    "statement_id": SOME_ID,
    "line_id": SOME_ID,
    "event": "bank",
    "store": "LAKE",
    "part": "cash",
}
BODIES: dict[str, Any] = {
    "put_day_end": {"store": "", "hour": 4, "valid_from": "2099-01-01", "reason": "x"},
    "ask_posting_rule": {"debit": "asset:bank:x", "credit": "", "valid_from": "2099-01-01", "reason": "x"},
    "put_royalty": {"rate_bp": 500, "valid_from": "2099-01-01", "reason": "x"},
    "put_bonus_rule": {
        "currency": "CNY",
        "from_minor": 10_000,
        "bonus_minor": 1_000,
        "percent": 0,
        "max_minor": 1,
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "2099-01-01T00:00:00Z",
        "stores": ["LAKE"],
        "channels": ["web"],
    },
    "end_bonus_rule": {"currency": "CNY"},
    "ask_period": {"until": "2020-01-01", "reason": "x"},
    "count_store_cash": {"pieces": {"100": 1}, "note": "x"},
    "close_store_day": {"deposit_minor": 1},
    "reopen_store_day": {"reason": "x"},
    "match_provider_figure": {"account": "asset:provider:web", "theirs_minor": 1, "reason": "x"},
    "send_provider_statement": {
        "account": "asset:provider:web",
        "name": "x",
        "rows": [{"order": "X", "amount": "1.00"}],
        "since": "2026-11-01",
        "until": "2026-11-02",
        "columns": {"paid": "amount"},
    },
    "settle_statement_line": {"reason": "x"},
}
