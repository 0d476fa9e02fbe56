"""What the wallet keeps of a person's points and vouchers, handed out; what somebody wrote about them is let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datong.kernel.db import rows
from datong.kernel.keepers import Keeper, Text, Traces

THEIRS = """
    SELECT id FROM wallet_pointact WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    UNION
    SELECT a.id FROM wallet_voucher v JOIN wallet_voucheract a ON a.brand_id = v.brand_id AND a.voucher_id = v.id
     WHERE v.brand_id = %(brand)s AND v.customer_id = ANY(%(records)s::uuid[])
    UNION
    SELECT id FROM wallet_packet WHERE brand_id = %(brand)s AND giver_id = ANY(%(records)s::uuid[])
"""


def gather(traces: Traces) -> None:
    """What happened to their points and vouchers: reasons were written there."""
    traces.things |= {row[0] for row in rows(THEIRS, {"brand": traces.brand, "records": list(traces.records)})}


POINTS = """
    SELECT kind, points, reason, at FROM wallet_pointact
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id
"""
VOUCHERS = """
    SELECT o.name, v.state, v.issued_at FROM wallet_voucher v
      JOIN wallet_offer o ON o.brand_id = v.brand_id AND o.id = v.offer_id
     WHERE v.brand_id = %(brand)s AND v.customer_id = ANY(%(records)s::uuid[]) ORDER BY v.id
"""
PACKETS = """
    SELECT total_minor, shares, note, at FROM wallet_packet
     WHERE brand_id = %(brand)s AND giver_id = ANY(%(records)s::uuid[]) ORDER BY id
"""
CLAIMS = """
    SELECT amount_minor, at FROM wallet_packetclaim
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id
"""


def export(traces: Traces) -> Mapping[str, Any]:
    key = {"brand": traces.brand, "records": list(traces.records)}
    held = {
        "points": [dict(zip(("kind", "value", "reason", "at"), row, strict=True)) for row in rows(POINTS, key)],
        "vouchers": [dict(zip(("name", "state", "issued_at"), row, strict=True)) for row in rows(VOUCHERS, key)],
        "packets_given": [dict(zip(("value", "shares", "note", "at"), row, strict=True)) for row in rows(PACKETS, key)],
        "packets_taken": [dict(zip(("value", "at"), row, strict=True)) for row in rows(CLAIMS, key)],
    }
    return {what: found for what, found in held.items() if found}


KEEPER = Keeper(
    "wallet_rights",
    gather=gather,
    export=export,
    texts=(
        Text("wallet_pointact", ("reason",), of="id", locked=True),
        Text("wallet_packet", ("note",), of="id"),
        Text("wallet_voucheract", ("reason",), of="id", locked=True),
    ),
)
