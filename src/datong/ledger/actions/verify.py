"""A recount of the whole ledger that leaves a record of what it found."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.queries import last_verification, verify
from datong.ledger.types import Verdict

log = logging.getLogger(__name__)
KEPT = 500
"""Differences that the record names; a ledger with more has one fault, not five hundred."""

RECORD = """
    INSERT INTO ledger_verification (brand_id, id, at, by, transfers, seals, head, found, differences)
    VALUES (%(brand)s, %(id)s, %(at)s, %(by)s, %(transfers)s, %(seals)s, %(head)s, %(found)s, %(differences)s::jsonb)
"""


def verify_now(brand_id: UUID, *, by: str) -> Verdict:
    """Recompute everything (`verify`), keep what was found with its time, and say the chain's head in the log."""
    with in_brand(brand_id):
        verdict = verify(brand_id)
        execute(
            RECORD,
            {
                "brand": brand_id,
                "id": uuid7(),
                "at": clock.now(),
                "by": by[:120],
                "transfers": verdict.transfers,
                "seals": verdict.seals,
                "head": verdict.head,
                "found": len(verdict.differences),
                "differences": msgspec.json.encode([asdict(d) for d in verdict.differences[:KEPT]]).decode(),
            },
        )
    level = logging.INFO if verdict.sound else logging.ERROR
    facts = {"brand": str(brand_id), "found": len(verdict.differences), "seals": verdict.seals, "head": verdict.head}
    log.log(level, "ledger verified", extra=facts)
    return verdict


ASKED = "SELECT at FROM ledger_mark WHERE brand_id = %(brand)s AND name = 'verify'"
ASK = """
    INSERT INTO ledger_mark (brand_id, name, at) VALUES (%(brand)s, 'verify', %(at)s)
    ON CONFLICT (brand_id, name) DO UPDATE SET at = excluded.at
"""


def ask_verification(brand_id: UUID) -> None:
    """Let the worker recompute everything as soon as it comes round: seconds, or minutes for years of entries."""
    with in_brand(brand_id):
        execute(ASK, {"brand": brand_id, "at": clock.now()})


NIGHT = range(1, 6)
"""Hours of the brand's own day in which the nightly recount runs."""


def verify_due(brand_id: UUID) -> bool:
    """Once a night by the brand's clock, when two days have gone without, or when asked: whether it ran."""
    with in_brand(brand_id):
        asked = rows(ASKED, {"brand": brand_id})
    last, now = last_verification(brand_id), clock.now()
    if asked and (last is None or last.at < asked[0][0]):
        verify_now(brand_id, by="ledger.verify")
        return True
    since = now - last.at if last else timedelta.max
    at_night = now.astimezone(ZoneInfo(get_brand(brand_id).timezone)).hour in NIGHT
    if since < timedelta(hours=12) or (not at_night and since < timedelta(days=2)):
        return False
    verify_now(brand_id, by="ledger.verify")
    return True
