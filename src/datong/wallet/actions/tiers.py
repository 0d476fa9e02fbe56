"""Tiers: the plan, and bringing people's standing up to date with what they bought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from datong.customers.api import records_of
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.wallet import rules
from datong.wallet.events import TierChanged
from datong.wallet.queries.points import programme, programmes
from datong.wallet.queries.tiers import facts_of, tier_plan
from datong.wallet.types import Programme, Standing, TierPlan

AT_ONCE = 500

PUT = """
    INSERT INTO wallet_tierplan (brand_id, programme_id, settings)
    VALUES (%(brand)s, %(programme)s, %(settings)s::jsonb)
    ON CONFLICT (brand_id, programme_id) DO UPDATE SET settings = excluded.settings
"""
AGAIN = """
    INSERT INTO wallet_standing (brand_id, programme_id, customer_id, tier, amount, until)
    SELECT %(brand)s, %(programme)s, customer_id, '', 0, %(now)s FROM wallet_pointpurse
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s ORDER BY customer_id
    ON CONFLICT (brand_id, programme_id, customer_id) DO UPDATE SET until = excluded.until
"""


def put_tier_plan(brand: UUID, programme_code: str, plan: TierPlan, *, by: str) -> TierPlan:
    """Say which tiers there are and what reaches them; a job brings everybody's standing in line within minutes.

    Raises BadInput naming every field that cannot be.
    """
    rules.check_plan(plan)
    with in_brand(brand):
        found = programme(brand, programme_code)
        before = tier_plan(brand, found.id)
        key = {"brand": brand, "programme": found.id, "now": clock.now()}
        execute(PUT, {**key, "settings": msgspec.json.encode(plan).decode()})
        execute(AGAIN, key)
        audit.record(
            brand=brand,
            actor=by,
            verb="points.put_tiers",
            subject=f"points {found.code}",
            before=msgspec.to_builtins(before),
            after=msgspec.to_builtins(plan),
        )
    return plan


OPEN = """
    INSERT INTO wallet_standing (brand_id, programme_id, customer_id, tier, amount)
    SELECT %(brand)s, %(programme)s, head, '', 0 FROM unnest(%(heads)s::uuid[]) head ORDER BY head
    ON CONFLICT DO NOTHING
"""
LOCK = """
    SELECT customer_id, tier FROM wallet_standing
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = ANY(%(heads)s::uuid[])
     ORDER BY customer_id FOR UPDATE
"""
WRITE = """
    UPDATE wallet_standing s SET tier = w.tier, amount = w.amount, since = w.since, until = w.until
      FROM unnest(%(heads)s::uuid[], %(tiers)s::text[], %(amounts)s::bigint[], %(since)s::timestamptz[],
                  %(until)s::timestamptz[]) w(head, tier, amount, since, until)
     WHERE s.brand_id = %(brand)s AND s.programme_id = %(programme)s AND s.customer_id = w.head
"""
STEP = """
    INSERT INTO wallet_tierstep (brand_id, id, programme_id, customer_id, before, after, amount, at)
    SELECT %(brand)s, id, %(programme)s, head, before, after, amount, %(now)s
      FROM unnest(%(ids)s::uuid[], %(heads)s::uuid[], %(befores)s::text[], %(afters)s::text[], %(amounts)s::bigint[])
           s(id, head, before, after, amount)
"""


def refresh_standings(brand: UUID, customers: Iterable[UUID]) -> int:
    """Tell the tiers of these people again from what counts, in every programme with tiers; how many changed.

    Rows are locked in the order of the heads before the facts are read, so the last of two at once sees both.
    """
    wanted, changed = sorted(set(customers)), 0
    if not wanted:
        return 0
    with in_brand(brand):
        for found in programmes(brand):
            plan = tier_plan(brand, found.id)
            if plan.tiers:
                records = records_of(brand, wanted)
                people = {of[0]: of for of in records.values()}
                changed += _refresh(brand, found, plan, people)
    return changed


def _refresh(brand: UUID, found: Programme, plan: TierPlan, people: dict[UUID, tuple[UUID, ...]]) -> int:
    now = clock.now()
    key = {"brand": brand, "programme": found.id, "heads": sorted({one for of in people.values() for one in of})}
    execute(OPEN, key | {"heads": sorted(people)})
    before: dict[UUID, str] = dict(rows(LOCK, key))
    facts = facts_of(brand, found.id, plan, [one for of in people.values() for one in of], now)
    stands: dict[UUID, Standing] = {}
    for head, of in people.items():
        mine = [fact for one in of for fact in facts.get(one, ())]
        stands[head] = rules.standing(mine, plan, now)
        # A record that was joined to another has no standing of its own while it is.
        stands |= {one: Standing(None, 0) for one in of if one != head and one in before}
    _write(key, stands, now)
    steps = [(head, before.get(head, ""), _code(stood), stood.amount) for head, stood in stands.items()]
    steps = [step for step in steps if step[1] != step[2] and step[0] in people]
    if steps:
        ids, heads, befores, afters, amounts = zip(*((uuid7(), *step) for step in steps), strict=True)
        columns = {"ids": list(ids), "heads": list(heads), "befores": list(befores), "afters": list(afters)}
        execute(STEP, {**key, **columns, "amounts": list(amounts), "now": now})
        outbox.emit(*(TierChanged(head, found.code, was, now_is) for head, was, now_is, _ in steps))
    return len(steps)


def _write(key: dict[str, object], stands: dict[UUID, Standing], now: datetime) -> None:
    heads = sorted(stands)
    columns = {
        "heads": heads,
        "tiers": [_code(stands[head]) for head in heads],
        "amounts": [stands[head].amount for head in heads],
        "since": [stands[head].since for head in heads],
        "until": [stands[head].until for head in heads],
    }
    execute(WRITE, {**key, **columns})


def _code(standing: Standing) -> str:
    return standing.tier.code if standing.tier else ""


DUE = """
    SELECT DISTINCT customer_id FROM wallet_standing
     WHERE brand_id = %(brand)s AND until <= %(now)s LIMIT %(limit)s
"""


def lapse_tiers(brand: UUID) -> int:
    """Tell again the tiers that end, or whose plan changed, up to 500 people at once; how many changed."""
    with in_brand(brand):
        found = [row[0] for row in rows(DUE, {"brand": brand, "now": clock.now(), "limit": AT_ONCE})]
        return refresh_standings(brand, found)
