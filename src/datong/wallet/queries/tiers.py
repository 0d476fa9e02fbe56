"""Reads of tiers: the plan, where a person stands and why, the steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.wallet import rules
from datong.wallet.types import Basis, Fact, Standing, Tier, TierPlan, TierStep

PLAN = "SELECT settings::text FROM wallet_tierplan WHERE brand_id = %(brand)s AND programme_id = %(programme)s"


def tier_plan(brand_id: UUID, programme_id: UUID) -> TierPlan:
    """The tiers of a programme; one without has none."""
    with in_brand(brand_id):
        found = rows(PLAN, {"brand": brand_id, "programme": programme_id})
    return msgspec.json.decode(found[0][0], type=TierPlan) if found else TierPlan()


FACTS = """
    SELECT customer_id, min(at), sum(spend_minor)::bigint,
           (sum(points) FILTER (WHERE kind IN ('earn', 'take_back')))::bigint
      FROM wallet_pointact
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = ANY(%(records)s::uuid[])
       AND at > %(since)s AND kind IN ('earn', 'activate', 'take_back')
     GROUP BY customer_id, coalesce(subject_id, id)
"""


def facts_of(
    brand_id: UUID, programme_id: UUID, plan: TierPlan, records: Collection[UUID], now: datetime
) -> dict[UUID, list[Fact]]:
    """What counts toward a tier, by record: an order once, at its time, less what was given back; one statement.

    Looked for as far back as a tier can reach that is held now.
    """
    since = now - timedelta(days=2 * (plan.period_days + plan.keep_days))
    key = {"brand": brand_id, "programme": programme_id, "records": sorted(records), "since": since}
    facts: dict[UUID, list[Fact]] = {}
    with in_brand(brand_id):
        for record, at, spend, points in rows(FACTS, key):
            amount = spend if plan.basis is Basis.SPEND else points or 0
            if amount > 0:
                facts.setdefault(record, []).append(Fact(at, amount))
    return facts


def standing_of(brand_id: UUID, customer_id: UUID, programme_id: UUID) -> Standing:
    """Where a person stands now, over all records of theirs, with the reason and what is missing for the next tier."""
    now = clock.now()
    with in_brand(brand_id):
        plan = tier_plan(brand_id, programme_id)
        records = records_of(brand_id, [customer_id]).get(customer_id, ()) or (customer_id,)
        facts = facts_of(brand_id, programme_id, plan, records, now)
    return rules.standing([fact for found in facts.values() for fact in found], plan, now)


LEVELS = """
    SELECT s.customer_id, s.tier, t.settings::text FROM wallet_standing s
      JOIN wallet_programme p ON p.brand_id = s.brand_id AND p.id = s.programme_id AND p.active
      JOIN wallet_tierplan t ON t.brand_id = s.brand_id AND t.programme_id = s.programme_id
     WHERE s.brand_id = %(brand)s AND s.customer_id = ANY(%(heads)s::uuid[]) AND s.tier <> ''
       AND (%(programme)s::uuid IS NULL OR s.programme_id = %(programme)s::uuid)
       AND (s.until IS NULL OR s.until > %(now)s)
     ORDER BY s.customer_id, p.code
"""


def tiers_of(brand_id: UUID, heads: Iterable[UUID], *, programme_id: UUID | None = None) -> dict[UUID, Tier]:
    """The tiers of persons, by the head of their records, those who have one; one statement, on an order's way."""
    wanted = sorted(set(heads))
    found: dict[UUID, Tier] = {}
    if not wanted:
        return found
    key = {"brand": brand_id, "heads": wanted, "programme": programme_id, "now": clock.now()}
    with in_brand(brand_id):
        for head, code, settings in rows(LEVELS, key):
            plan = msgspec.json.decode(settings, type=TierPlan)
            for tier in plan.tiers:
                if tier.code == code:
                    found.setdefault(head, tier)
    return found


STEPS = """
    SELECT id, customer_id, before, after, amount, at FROM wallet_tierstep
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = ANY(%(records)s::uuid[])
     ORDER BY id DESC LIMIT %(limit)s
"""


def tier_steps(brand_id: UUID, customer_id: UUID, programme_id: UUID, *, limit: int = 20) -> list[TierStep]:
    """How a person's tier changed, the newest first."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, ()) or (customer_id,)
        key = {"brand": brand_id, "programme": programme_id, "records": sorted(records), "limit": min(limit, 200)}
        return [TierStep(*row) for row in rows(STEPS, key)]


COUNT = """
    SELECT tier, count(*)::int FROM wallet_standing
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND tier <> '' GROUP BY tier
"""


def count_tiers(brand_id: UUID, programme_id: UUID) -> dict[str, int]:
    """How many people have each tier now."""
    with in_brand(brand_id):
        return dict(rows(COUNT, {"brand": brand_id, "programme": programme_id}))
