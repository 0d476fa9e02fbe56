"""Customers, cards, points, vouchers, stored value."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
OTHER_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf290"
SHOWN = {"code": "ABCD", "store": "LAKE", "total_minor": 100, "units": 1, "skus": ["LONGJING"]}
BODIES: dict[str, Any] = {
    "merge_customers": {"a": SOME_ID, "b": OTHER_ID, "reason": "x"},
    "refuse_proposal": {"a": SOME_ID, "b": OTHER_ID, "reason": "x"},
    "unmerge": {"reason": "x"},
    "put_details": {"kind": "person", "preferred": "sms", "language": "en", "birthday": "1990-01-01"},
    "bind_customers": {"other_id": SOME_ID, "kind": "household", "role": "x"},
    "keep_customer": {"manager": "x"},
    "add_touch": {"kind": "follow_up", "text": "x", "due": "2099-01-01", "doer": "x"},
    "export_customer": {"reason": "x"},
    "erase_customer": {"reason": "x"},
    "record_feedback": {
        "feedback": [
            {
                "id": SOME_ID,
                "kind": "pain",
                "text": "x",
                "at": "2026-11-22T00:00:00Z",
                "customer_id": SOME_ID,
                "order": "x",
                "product": "x",
                "stage": "use",
                "language": "en",
            }
        ]
    },
    "record_steps": {
        "steps": [
            {"id": SOME_ID, "customer_id": SOME_ID, "kind": "searched", "at": "2026-11-22T00:00:00Z", "about": "x"}
        ]
    },
    "issue_card": {"number": "x"},
    "burn_points": {"points": 1, "key": "x", "programme": "x", "order_id": SOME_ID, "pays": False, "reason": "x"},
    "give_back_points": {"burn_key": "x", "key": "y", "points": 1, "programme": "x", "reason": "x"},
    "earn_points": {"event": "signup", "key": "x", "programme": "x"},
    "adjust_points": {"points": 1, "key": "x", "reason": "x", "programme": "x"},
    "issue_voucher": {"id": SOME_ID, "offer": "x", "paid_to": ""},
    "check_voucher": SHOWN,
    "redeem_voucher": {**SHOWN, "key": "x", "order_id": SOME_ID, "pays": False},
    "reverse_redemption": {"reason": "x"},
    "open_purse": {"currency": "CNY"},
    "top_up": {"amount_minor": 1, "method": "cash", "ref": "x"},
    "refund_purse": {"amount_minor": 1, "reason": "x"},
    "transfer_purse": {"to_id": OTHER_ID, "amount_minor": 1, "reason": "x"},
    "freeze_purse": {"reason": "x"},
    "unfreeze_purse": {"reason": "x"},
    "issue_gifts": {"count": 1, "face_minor": 1000, "currency": "CNY", "price_minor": 900, "method": "cash"},
    "refund_order": {"lines": [{"line_no": 1, "units": 1}], "amount_minor": 1, "reason": "x"},
    "pay_order_from_wallet": {"payment_id": SOME_ID},
    "authorise_payment": {
        "amount_minor": 100,
        "currency": "CNY",
        "code": "1234567",
        "tenders": [{"kind": "provider", "amount_minor": 1, "name": "x", "ref": "x"}],
        "vouchers": ["ABCD"],
        "points": {"points": 1, "programme": "x"},
        "basket": {"total_minor": 100, "units": 1, "skus": ["X"], "categories": ["x"]},
        "partial": True,
    },
    "freeze_card": {"reason": "x"},
    "unfreeze_card": {"reason": "x"},
    "replace_card": {"reason": "x"},
    "scan_card": {"code": "1234567", "use": "pay"},
}
