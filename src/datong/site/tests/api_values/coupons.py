"""Platforms' coupons."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
JOINS = {"customer_id": SOME_ID, "method": "cash", "ref": "x"}
PLACES = {"coupon_id": SOME_ID, "platform": "meituan", "deal_id": SOME_ID, "group_id": SOME_ID, "packet_id": SOME_ID}
BODIES: dict[str, Any] = {
    "put_group_deal": {"offer": "x", "title": "x", "people": 2, "hours": 1, "price_minor": 1, "active": True},
    "give_packet": {"customer_id": SOME_ID, "total_minor": 1, "shares": 1},
    "give_brand_packet": {"total_minor": 1, "shares": 1},
    "claim_packet": {"code": "22222222222222222222", "customer_id": SOME_ID},
    "put_packet_limits": {"hours": 24},
    "start_group": JOINS,
    "join_group": JOINS,
    "prepare_coupon": {"platform": "meituan", "code": "4455667788", "store": "LAKE"},
    "verify_coupons": {"platform": "douyin", "code": "4455667788", "store": "LAKE", "count": 1, "alone": True},
    "cancel_coupon": {"reason": "x"},
    "put_coupon_deals": {
        "deals": [{"platform": "meituan", "deal_id": "5", "sku": "LONGJING", "value_minor": 1, "title": "x"}]
    },
    "put_coupon_platform": {
        "secrets": {"developer_id": "1", "sign_key": "x"},
        "shops": {"LAKE": "x"},
        "base_url": "http://127.0.0.1:9",
        "active": True,
    },
}
