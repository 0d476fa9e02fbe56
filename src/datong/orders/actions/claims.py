"""Once-only: who was first under an external id, and what a repeat gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import json

from datong.kernel import clock
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.ids import uuid7
from datong.orders.actions.draft import Draft
from datong.orders.types import Accepted, ExceptionKind, OrderState, Outcome, Repeated

# The laterals with LIMIT keep the planner on the keys: as plain joins it read the whole book (300 ms a batch).
KNOWN = """
    SELECT c.channel_id, c.external_id, c.intent_hash, o.id, o.number, o.state, o.total_minor, o.currency,
           ARRAY(SELECT DISTINCT a.store_id FROM orders_allocation a
                  WHERE a.brand_id = o.brand_id AND a.order_id = o.id),
           ARRAY(SELECT f.kind FROM orders_finding f WHERE f.brand_id = o.brand_id AND f.order_id = o.id ORDER BY f.id),
           o.store_id
      FROM unnest(%(channels)s::uuid[], %(externals)s::text[]) k(channel_id, external_id)
      CROSS JOIN LATERAL (SELECT * FROM orders_claim x WHERE x.brand_id = %(brand)s AND x.channel_id = k.channel_id
                             AND x.external_id = k.external_id LIMIT 1) c
      CROSS JOIN LATERAL (SELECT * FROM orders_order y WHERE y.brand_id = %(brand)s AND y.id = c.order_id LIMIT 1) o
"""


def answer_repeats(drafts: Sequence[Draft]) -> None:
    """Give the first answer again to orders that were taken before; a different order under the id is a finding."""
    if not drafts:
        return
    known = {(row[0], row[1]): row for row in rows(KNOWN, _keys(drafts))}
    conflicting = []
    for draft in drafts:
        row = known.get(draft.key)
        if row is None:
            continue
        draft.outcome = _first_answer(row, draft.hash)
        if isinstance(draft.outcome, Repeated):
            conflicting.append(draft)
    _note_conflicts(conflicting)


CLAIM = """
    INSERT INTO orders_claim (brand_id, channel_id, external_id, intent_hash, order_id)
    SELECT %(brand)s, *
      FROM unnest(%(channels)s::uuid[], %(externals)s::text[], %(hashes)s::bytea[], %(orders)s::uuid[])
    ON CONFLICT DO NOTHING RETURNING order_id
"""


def claim(drafts: Sequence[Draft]) -> None:
    """Claim the external ids, in key order so that two batches never wait for each other in a ring.

    Whoever loses was taken by another transaction in this very moment, which has committed by the time the insert
    returns: its answer is read in the next statement (this one does not see it).
    """
    first: dict[tuple[UUID, str], Draft] = {}
    for draft in drafts:
        first.setdefault(draft.key, draft)
    winners = [first[key] for key in sorted(first)]
    if not winners:
        return
    taken = {order for (order,) in rows(CLAIM, {**_keys(winners), "hashes": [d.hash for d in winners]})}
    losers = [draft for draft in winners if draft.order_id not in taken]
    answer_repeats(losers)
    # A twin in the same batch waits for its sibling's answer.
    for draft in drafts:
        if first[draft.key] is not draft:
            draft.outcome = Repeated(first[draft.key].order_id, first[draft.key].number)


def answer_twins(drafts: Sequence[Draft]) -> None:
    """Two of one batch under one external id: the later gets the earlier's answer, or is a conflict."""
    by_order: dict[UUID, Draft] = {draft.order_id: draft for draft in drafts}
    conflicting = []
    for draft in drafts:
        if not isinstance(draft.outcome, Repeated) or draft.outcome.order_id not in by_order:
            continue
        first = by_order[draft.outcome.order_id]
        if first.hash != draft.hash:
            conflicting.append(draft)
        elif isinstance(first.outcome, Accepted):
            draft.outcome = replace(first.outcome, repeat=True)
        else:
            draft.outcome = first.outcome
    _note_conflicts(conflicting)


FREE = """
    DELETE FROM orders_claim c
     USING unnest(%(channels)s::uuid[], %(externals)s::text[]) k(channel_id, external_id)
     WHERE c.brand_id = %(brand)s AND c.channel_id = k.channel_id AND c.external_id = k.external_id
"""


def give_up(drafts: Sequence[Draft]) -> None:
    """Take back the claims of orders refused after all: only final outcomes claim."""
    if drafts:
        execute(FREE, _keys(drafts))


CONFLICT = """
    WITH seen AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(details)s::jsonb[]) AS s(id, order_id, detail)
    ), counted AS (
        UPDATE orders_order o SET exceptions = exceptions + s.n
          FROM (SELECT order_id, count(*) AS n FROM seen GROUP BY 1) s
         WHERE o.brand_id = %(brand)s AND o.id = s.order_id
    )
    INSERT INTO orders_finding (brand_id, id, order_id, kind, detail, at, closed_by, resolution)
    SELECT %(brand)s, id, order_id, %(kind)s, detail, %(now)s, '', '' FROM seen
"""


def _note_conflicts(drafts: Sequence[Draft]) -> None:
    """A different order under a used id: the first stands, and the board shows that somebody must look."""
    if not drafts:
        return
    orders = [draft.outcome.order_id for draft in drafts if isinstance(draft.outcome, Repeated)]
    details = [
        json.encode({"inbox_id": draft.intent.inbox_id, "received_by": draft.intent.received_by}).decode()
        for draft in drafts
    ]
    execute(
        CONFLICT,
        {
            "brand": current_brand(),
            "ids": [uuid7() for _ in drafts],
            "orders": orders,
            "details": details,
            "kind": ExceptionKind.CONFLICTING_REPEAT.value,
            "now": clock.now(),
        },
    )


def _first_answer(row: tuple[Any, ...], mine: bytes) -> Outcome:
    _, _, first_hash, order_id, number, state, total, currency, stores, findings, store = row
    if bytes(first_hash) != mine:
        return Repeated(order_id, number)
    return Accepted(
        order_id,
        number,
        OrderState(state),
        tuple(stores) or ((store,) if store else ()),
        total,
        currency,
        tuple(ExceptionKind(kind) for kind in findings),
        repeat=True,
    )


def _keys(drafts: Sequence[Draft]) -> dict[str, Any]:
    return {
        "brand": current_brand(),
        "channels": [draft.intent.channel_id for draft in drafts],
        "externals": [draft.intent.external_id for draft in drafts],
        "orders": [draft.order_id for draft in drafts],
    }
