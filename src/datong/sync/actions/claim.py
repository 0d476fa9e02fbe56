"""What may go to a channel now: leased to one worker, with the figures as they are at this moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.sync.queries import Counterpart, counterparts, get_link, prices_of, texts_to_say, units_of
from datong.sync.rules import FAILURES_OPEN
from datong.sync.types import STATES, Due, Kind, Link, Message, Outcome, Ref, Result

LEASE_S = 45.0
GATHER_S = 0.5
"""An empty bucket is left to fill for so long, so that a round is worth the reading of its figures."""

MAX_CLAIM = 300
NO_PLACE_FIX = "Map this store to one of their locations, or let it serve this channel again."
NOT_COUNTED_FIX = "Count it at a store, or import its opening stock; until then the channel keeps its own figure."
PRICE_CURRENCY_FIX = "Give the product a price in the channel's currency."
FAULTS = {
    "reused": "Their product id is another product now. If that is right, say so under What it shows.",
    "doubled": "Two products of the channel carry this SKU: give each its own, then learn the products again.",
    "gone": "The product is not at the channel any more: list it there again, or leave it out.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one worker may send: messages with the row each came from, and the results that are known already."""

    brand_id: UUID
    channel_id: UUID
    token: UUID
    lanes: tuple[int, ...]
    at: datetime
    link: Link
    due: dict[UUID, Due]
    messages: tuple[Message, ...]
    known: tuple[Result, ...]
    tokens: float


FILL = """
    UPDATE sync_link
       SET tokens = least(most, tokens + per_s * greatest(0, extract(epoch FROM %(now)s - filled_at))),
           filled_at = %(now)s
     WHERE (brand_id, channel_id) IN (
           SELECT brand_id, channel_id FROM sync_link
            WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND paused_at IS NULL
              AND (until IS NULL OR until <= %(now)s)
              FOR UPDATE SKIP LOCKED)
    RETURNING tokens, greatest(1, least(most / 2, per_s * %(gather)s))
"""
LEASE = """
    WITH free AS (
        SELECT lane FROM sync_lane l
         WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND (leased_until IS NULL OR leased_until <= %(now)s)
           AND EXISTS (SELECT 1 FROM sync_outward o WHERE o.brand_id = l.brand_id AND o.channel_id = l.channel_id
                          AND o.lane = l.lane AND o.state = 'waiting' AND o.due_at <= %(now)s)
         ORDER BY lane FOR UPDATE SKIP LOCKED
    )
    UPDATE sync_lane l SET leased_until = %(until)s, token = %(token)s FROM free
     WHERE l.brand_id = %(brand)s AND l.channel_id = %(channel)s AND l.lane = free.lane RETURNING l.lane
"""
DUE = """
    SELECT o.id, o.kind, o.subject, o.place, o.family, o.lane, o.version, o.facts::text, o.shown, o.event_at, o.again,
           o.attempts
      FROM sync_outward o
     WHERE o.brand_id = %(brand)s AND o.channel_id = %(channel)s AND o.state = 'waiting' AND o.due_at <= %(now)s
       AND o.lane = ANY(%(lanes)s::smallint[])
       AND NOT EXISTS (SELECT 1 FROM sync_outward e
                        WHERE e.brand_id = o.brand_id AND e.channel_id = o.channel_id AND e.family = o.family
                          AND e.state = 'waiting' AND e.due_at > %(now)s AND e.kind NOT IN ('stock', 'price', 'text')
                          AND o.kind NOT IN ('stock', 'price', 'text')
                          AND (e.event_at, e.id) < (o.event_at, o.id))
     ORDER BY o.event_at, o.id LIMIT %(limit)s
"""


def claim(brand_id: UUID, channel_id: UUID) -> Claim | None:
    """Lease the channel's lanes that have something to say, and read what it is. None: nothing may go now.

    A channel whose circuit is half open gets one message as a trial. The bucket is shared by all workers: its row is
    locked here, for the length of these statements.
    """
    now = clock.now()
    key: dict[str, Any] = {"brand": brand_id, "channel": channel_id, "now": now, "gather": GATHER_S}
    with in_brand(brand_id):
        filled = rows(FILL, key)
        if not filled or filled[0][0] < filled[0][1]:
            return None
        token = uuid7()
        lease = {**key, "token": token, "until": now + timedelta(seconds=LEASE_S)}
        lanes = sorted(lane for (lane,) in rows(LEASE, lease))
        if not lanes:
            return None
        link = get_link(brand_id, channel_id)
        limit = 1 if link.failures >= FAILURES_OPEN else MAX_CLAIM
        found = [_due(row) for row in rows(DUE, {**key, "lanes": lanes, "limit": limit})]
        messages, known = _messages(brand_id, link, found)
        due = {one.id: one for one in found}
        return Claim(brand_id, channel_id, token, tuple(lanes), now, link, due, messages, known, filled[0][0])


def _due(row: Sequence[Any]) -> Due:
    id_, kind, subject, place, family, lane, version, facts, shown, event_at, again, attempts = row
    told = json.loads(facts)
    return Due(id_, Kind(kind), subject, place, family, lane, version, told, shown, event_at, again, attempts)


SPEND = """
    UPDATE sync_link SET tokens = tokens - %(cost)s WHERE brand_id = %(brand)s AND channel_id = %(channel)s
"""


def spend(brand_id: UUID, channel_id: UUID, cost: float) -> None:
    """Take the cost of calls out of the bucket; it may owe, then the next claim waits."""
    with in_brand(brand_id):
        execute(SPEND, {"brand": brand_id, "channel": channel_id, "cost": cost})


def _messages(brand_id: UUID, link: Link, due: Sequence[Due]) -> tuple[tuple[Message, ...], tuple[Result, ...]]:
    """The messages with their figures; results for those that cannot be sent, or need not."""
    about = sorted({one.subject for one in due if one.kind in STATES})
    theirs = {c.item_id: c for c in counterparts(brand_id, link.channel_id, items=about)} if about else {}
    known = [_unmapped(one, theirs.get(one.subject)) for one in due if one.kind in STATES]
    out = {result.id for result in known if result}
    stock = sorted({d.subject for d in due if d.kind is Kind.STOCK and d.id not in out})
    units = units_of(brand_id, link, stock)
    shown = {item for item, _ in units}
    priced = {d.subject: theirs[d.subject].sku for d in due if d.kind is Kind.PRICE and d.id not in out}
    prices = prices_of(brand_id, link, priced)
    texts = texts_to_say(
        brand_id, link.channel_id, [theirs[d.subject].sku for d in due if d.kind is Kind.TEXT and d.id not in out]
    )
    made: list[Message] = []
    results = [result for result in known if result]
    for one in due:
        if one.id in out:
            continue
        if one.kind not in STATES:
            made.append(_step(one))
        elif one.kind is Kind.TEXT:
            facts = texts.get(theirs[one.subject].sku)
            made += [_text(one, theirs[one.subject], facts)] if facts else []
            results += [] if facts else [Result(one.id, Outcome.DONE, code="not_ours_to_say")]
        elif one.kind is Kind.STOCK:
            figure = units.get((one.subject, one.place))
            if figure is None and one.subject in shown:
                results.append(_refused(one, "no_place", NO_PLACE_FIX))
            elif figure is None:
                results.append(_refused(one, "not_counted", NOT_COUNTED_FIX))
            else:
                made.append(_stock(one, theirs[one.subject], figure))
        elif (amount := prices.get(one.subject)) is None:
            results.append(_refused(one, "no_price", PRICE_CURRENCY_FIX))
        elif amount[0] == one.shown and not one.again:
            results.append(Result(one.id, Outcome.DONE, code="shown_already"))
        else:
            made.append(_price(one, theirs[one.subject], amount))
    return tuple(made), tuple(results)


def _unmapped(one: Due, theirs: Counterpart | None) -> Result | None:
    if theirs is None:
        return _refused(one, "not_mapped", "Learn the channel's products again: this one has no counterpart there.")
    if theirs.fault:
        return Result(one.id, Outcome.REFUSED, code=theirs.fault, why=theirs.found, fix=FAULTS[theirs.fault])
    return None


def _refused(one: Due, code: str, fix: str) -> Result:
    return Result(one.id, Outcome.REFUSED, code=code, why=code.replace("_", " "), fix=fix)


def _stock(one: Due, theirs: Counterpart, figure: tuple[str, int]) -> Message:
    place, units = figure
    return Message(
        id=one.id,
        kind=one.kind,
        key=f"{one.id}:{one.version}",
        sku=theirs.sku,
        ref=Ref(theirs.product_ref, theirs.variant_ref, theirs.stock_ref),
        place=place,
        units=units,
        sold_out=units == 0,
        believed=one.shown,
    )


def _price(one: Due, theirs: Counterpart, amount: tuple[int, str]) -> Message:
    return Message(
        id=one.id,
        kind=one.kind,
        key=f"{one.id}:{one.version}",
        sku=theirs.sku,
        ref=Ref(theirs.product_ref, theirs.variant_ref, theirs.stock_ref),
        amount_minor=amount[0],
        currency=amount[1],
    )


def _text(one: Due, theirs: Counterpart, facts: Mapping[str, str]) -> Message:
    ref = Ref(theirs.product_ref, theirs.variant_ref, theirs.stock_ref)
    return Message(id=one.id, kind=one.kind, key=f"{one.id}:{one.version}", sku=theirs.sku, ref=ref, facts=facts)


def _step(one: Due) -> Message:
    return Message(id=one.id, kind=one.kind, key=str(one.id), order=str(one.facts.get("order", "")), facts=one.facts)
