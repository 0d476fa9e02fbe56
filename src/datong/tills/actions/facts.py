"""What tills tell is taken: each fact once, by the id the till gave it, whatever order and however late it comes.

First the facts are put on disk as received; then each is carried out and marked in the transaction of what it did. A
process that dies in between leaves facts that are received: the till has had no answer and sends them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from datong.access.types import Client
from datong.brand.api import get_brand, list_channels, stores_by_id
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, DatongError, Problem
from datong.tills import rules
from datong.tills.actions.sales import sell
from datong.tills.actions.shifts import carry_out
from datong.tills.actions.told import At, lock, mark
from datong.tills.queries.facts import COLUMNS, kept
from datong.tills.types import MAX_FACT_BYTES, MAX_FACTS, Device, Fact, FactKind, FactState, Kept, Told

RECEIVE = """
    INSERT INTO tills_fact (brand_id, id, device_id, store_id, kind, state, at, said_at, by, received_at, shift_id,
                            digest, body, number, problems, note)
    SELECT %(brand)s, f.id, %(device)s, %(store)s, f.kind, 'received', f.at, f.said_at, f.by, %(now)s, f.shift_id,
           f.digest, f.body, '', '[]', ''
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(ats)s::timestamptz[], %(said)s::timestamptz[], %(bys)s::text[],
                  %(shifts)s::uuid[], %(digests)s::bytea[], %(bodies)s::jsonb[])
           f(id, kind, at, said_at, by, shift_id, digest, body)
    ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
"""
THERE = "SELECT id, device_id, digest FROM tills_fact WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])"
FOUND = f"{COLUMNS} WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])"
SEEN = "UPDATE tills_device SET seen_at = %(now)s WHERE brand_id = %(brand)s AND id = %(device)s"


def take(client: Client, device: Device, sent_at: datetime, facts: Sequence[Fact]) -> list[Told]:
    """What became of each fact, in their order. The same fact again gets the same answer.

    `sent_at` is the till's clock at this moment: by it the times of the facts are put right. A fact that cannot be
    carried out is kept and somebody looks at it; the till is rid of it. Raises BadValue for too many at once.
    """
    if not 0 < len(facts) <= MAX_FACTS:
        raise BadValue("facts", len(facts), f"1 to {MAX_FACTS} at once")
    brand = client.brand_id
    new, other = _receive(brand, device, sent_at, facts)
    now = _facts_of(brand, [fact.id for fact in facts])
    at = place_of(brand, device)
    bodies = {fact.id: fact for fact in facts}
    open_ = [now[id_] for id_ in bodies if id_ not in other and now[id_].state is FactState.RECEIVED]
    _carry_out(client, at, open_, bodies)
    after = _facts_of(brand, [fact.id for fact in facts])
    return [_told(after.get(fact.id), fact, repeat=fact.id not in new, other=fact.id in other) for fact in facts]


def _receive(brand: UUID, device: Device, sent_at: datetime, facts: Sequence[Fact]) -> tuple[set[UUID], set[UUID]]:
    """Put the facts on disk: the ids that are new, and those whose id was another fact's."""
    now = clock.now()
    ordered = sorted({fact.id: fact for fact in facts}.values(), key=lambda fact: fact.id)
    digests = {fact.id: rules.digest_of(fact, fact.at) for fact in ordered}
    columns = {
        "ids": [fact.id for fact in ordered],
        "kinds": [fact.kind.value for fact in ordered],
        "ats": [rules.put_right(fact.at, sent_at, now) for fact in ordered],
        "said": [fact.at for fact in ordered],
        "bys": [fact.by[:120] for fact in ordered],
        "shifts": [fact.shift_id for fact in ordered],
        "digests": [digests[fact.id] for fact in ordered],
        "bodies": [_kept_body(fact) for fact in ordered],
    }
    key = {"brand": brand, "device": device.id, "store": device.store_id, "now": now}
    with in_brand(brand):
        new = {row[0] for row in rows(RECEIVE, {**key, **columns})}
        execute(SEEN, key)
        there = rows(THERE, {"brand": brand, "ids": columns["ids"]})
    other = {id_ for id_, whose, digest in there if whose != device.id or bytes(digest) != digests[id_]}
    return new, other


def _kept_body(fact: Fact) -> str:
    """A sale's content goes to the inbox, where it is corrected and where a person's traces are kept and erased."""
    if fact.kind is FactKind.SALE:
        return "{}"
    text = msgspec.json.encode(dict(fact.body)).decode()
    return text.replace("\\u0000", "") if len(text) <= MAX_FACT_BYTES else "{}"


def _facts_of(brand: UUID, ids: Sequence[UUID]) -> dict[UUID, Kept]:
    with in_brand(brand):
        return {row[0]: kept(row) for row in rows(FOUND, {"brand": brand, "ids": list(ids)})}


def place_of(brand: UUID, device: Device) -> At:
    store = stores_by_id(brand, [device.store_id])[device.store_id]
    channel = next(channel for channel in list_channels(brand) if channel.id == device.channel_id)
    return At(device, store.code, channel.code, get_brand(brand).currency)


def _carry_out(client: Client, at: At, facts: Sequence[Kept], said: dict[UUID, Fact]) -> None:
    """Openings first, then sales, then what may be about them; each of these in the order the till told it."""
    for fact in (f for f in facts if f.kind is FactKind.OPENED):
        _alone(client.brand_id, at, fact)
    sell(client, at, [(f, said[f.id]) for f in facts if f.kind is FactKind.SALE])
    for fact in (f for f in facts if f.kind not in (FactKind.OPENED, FactKind.SALE)):
        _alone(client.brand_id, at, fact)


def _alone(brand: UUID, at: At, fact: Kept) -> None:
    """One fact in a transaction of its own; what is refused is kept with its reasons."""
    try:
        with in_brand(brand, may_fail=True):
            now = lock(brand, [fact.id])[fact.id]
            if now.state not in (FactState.RECEIVED, FactState.REFUSED):
                return
            mark(now.id, FactState.TAKEN, **carry_out(brand, at, now))
    except DatongError as error:
        problems = error.problems or (Problem("", error.code, str(error)[:200]),)
        with in_brand(brand):
            if lock(brand, [fact.id])[fact.id].state is FactState.RECEIVED:
                mark(fact.id, FactState.REFUSED, problems=problems)


def again(brand: UUID, device: Device, fact: Kept) -> None:
    """Carry a fact that was refused out once more."""
    _alone(brand, place_of(brand, device), fact)


def _told(now: Kept | None, fact: Fact, *, repeat: bool, other: bool) -> Told:
    if now is None or other:
        problem = Problem("/id", "fact_differs", "an id of its own: this one was used for something else", str(fact.id))
        return Told(fact.id, FactState.REFUSED, repeat=False, problems=(problem,))
    return Told(now.id, now.state, repeat, now.order_id, now.number, now.problems)
