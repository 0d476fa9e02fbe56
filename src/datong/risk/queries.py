"""Reads of risk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.risk.types import Decision, Judged, Limit, LimitKind, ListEntry, ListKind, Verdict

LIMITS = """
    SELECT code, kind, at_most, decision, currency, window_s, channels, shadow, active
      FROM risk_limit WHERE brand_id = %(brand)s AND (active OR %(all)s) ORDER BY code
"""


def list_limits(brand_id: UUID, *, active_only: bool = False) -> list[Limit]:
    """The brand's limits by code."""
    with in_brand(brand_id):
        return [_limit(row) for row in rows(LIMITS, {"brand": brand_id, "all": not active_only})]


def _limit(row: tuple[Any, ...]) -> Limit:
    code, kind, at_most, decision, currency, window_s, channels, shadow, active = row
    return Limit(
        code, LimitKind(kind), at_most, Decision(decision), currency, window_s, frozenset(channels), shadow, active
    )


ENTRIES = """
    SELECT list, value, reason, by, shadow FROM risk_entry
     WHERE brand_id = %(brand)s AND (%(values)s::text[] IS NULL OR value = ANY(%(values)s::text[]))
     ORDER BY value, list
"""


def list_entries(brand_id: UUID, values: Sequence[str] | None = None) -> list[ListEntry]:
    """Who is on the brand's lists: everybody, or of these values."""
    with in_brand(brand_id):
        found = rows(ENTRIES, {"brand": brand_id, "values": None if values is None else list(values)})
    return [ListEntry(ListKind(kind), value, reason, by, shadow) for kind, value, reason, by, shadow in found]


VERDICTS = """
    SELECT subject_id, decision, rules, shadow, at FROM risk_verdict
     WHERE brand_id = %(brand)s AND subject_id = ANY(%(ids)s::uuid[]) ORDER BY id
"""


def verdicts_of(brand_id: UUID, subject_ids: Sequence[UUID]) -> dict[UUID, list[Judged]]:
    """Every verdict on these orders, oldest first; one statement."""
    found: dict[UUID, list[Judged]] = {}
    with in_brand(brand_id):
        for row in rows(VERDICTS, {"brand": brand_id, "ids": list(subject_ids)}):
            found.setdefault(row[0], []).append(_judged(row))
    return found


FLAGGED = """
    SELECT subject_id, decision, rules, shadow, at FROM risk_verdict
     WHERE brand_id = %(brand)s AND decision <> 'approve' AND (%(before)s::timestamptz IS NULL OR at < %(before)s)
     ORDER BY id DESC LIMIT %(limit)s
"""


def flagged(brand_id: UUID, *, before: datetime | None = None, limit: int = 100) -> list[Judged]:
    """What was blocked or marked for review, the latest first."""
    with in_brand(brand_id):
        return [_judged(row) for row in rows(FLAGGED, {"brand": brand_id, "before": before, "limit": min(limit, 1000)})]


def _judged(row: tuple[Any, ...]) -> Judged:
    subject, decision, fired, shadow, at = row
    return Judged(Verdict(subject, Decision(decision), tuple(fired), tuple(shadow)), at)


COUNTS = """
    SELECT rule.code, count(*) FILTER (WHERE NOT rule.shadow), count(*) FILTER (WHERE rule.shadow)
      FROM risk_verdict v
     CROSS JOIN LATERAL (SELECT unnest(v.rules), false UNION ALL SELECT unnest(v.shadow), true) rule(code, shadow)
     WHERE v.brand_id = %(brand)s AND v.at >= %(since)s
     GROUP BY 1 ORDER BY 1
"""


def fired_since(brand_id: UUID, since: datetime) -> dict[str, tuple[int, int]]:
    """How often each rule fired, and how often it would have in the shadow: to judge a rule before it goes live."""
    with in_brand(brand_id):
        return {code: (live, shadow) for code, live, shadow in rows(COUNTS, {"brand": brand_id, "since": since})}
