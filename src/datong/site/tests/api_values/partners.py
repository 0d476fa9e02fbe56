"""Partners and settlements."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
PLACES = {
    "company_id": SOME_ID,
    "dispute_id": SOME_ID,
    "settlement_id": SOME_ID,
    "batch_id": SOME_ID,
    "card_id": SOME_ID,
    "advert_id": SOME_ID,
}
BODIES: dict[str, Any] = {
    "ask_contract": {"valid_from": "2099-01-01", "reason": "x", "commission": [{"category": "x"}]},
    "contest_line": {"reason": "x"},
    "answer_dispute": {"stands": True, "answer": "x"},
    "propose_settlement": {"until": "2020-01-01", "companies": [SOME_ID]},
    "drop_settlement": {"reason": "x"},
    "pay_settlement": {"paid_on": "2020-01-01", "ref": "x"},
    "undo_settlement": {"reason": "x"},
    "put_advert": {
        "company_id": SOME_ID,
        "code": "x",
        "title": "x",
        "channel": "web",
        "place": "top",
        "text": "x",
        "link": "https://x.example",
        "since": "2099-01-01",
        "until": "2099-01-02",
        "price_minor": 1,
        "currency": "USD",
    },
    "end_advert": {"reason": "x"},
    "count_advert_views": {"views": [{"code": "x", "at": "2026-01-01T00:00:00Z", "visitor": "x"}]},
    "take_in_cards": {
        "company_id": SOME_ID,
        "name": "x",
        "deal": "buyout",
        "currency": "USD",
        "face_minor": 2,
        "price_minor": 2,
        "cost_minor": 1,
        "codes": ["x-1234"],
    },
    "sell_cards": {"cards": 1, "store": ""},
    "refund_partner_card": {"proof": "x", "reason": "x"},
    "renew_partner_card": {"code": "x-1235"},
    "spent_partner_cards": {"codes": ["x-1234"]},
    "open_partner_cards": {"active": True, "reason": "x"},
}
