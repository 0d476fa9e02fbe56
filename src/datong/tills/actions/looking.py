"""Somebody looks at what was refused: tries it again, or closes it with a word."""

from __future__ import annotations

import json
from uuid import UUID

from datong.integration.api import inbox_entry
from datong.kernel import audit
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.orders.api import booked_by_id
from datong.tills import rules
from datong.tills.actions.facts import again, place_of
from datong.tills.actions.sales import post_tenders
from datong.tills.actions.told import lock, mark
from datong.tills.queries import get_device, get_fact
from datong.tills.types import Fact, FactKind, FactState, Kept


def try_again(brand: UUID, fact_id: UUID, *, by: str) -> Kept:
    """Carry a refused fact out once more. A sale is looked for in the order book: it was corrected in the inbox.

    Raises Conflict when it was not refused, or a sale that is not corrected yet.
    """
    fact = get_fact(brand, fact_id)
    if fact.state not in (FactState.REFUSED, FactState.RECEIVED):
        raise Conflict("this one is settled")
    device = get_device(brand, fact.device_id)
    if fact.kind is not FactKind.SALE:
        again(brand, device, fact)
    else:
        external = f"{device.id}:{fact.id}"
        order = booked_by_id(brand, device.channel_id, [external]).get(external)
        if order is None:
            raise Conflict("correct it in the inbox first, then try again")
        with in_brand(brand):
            if lock(brand, [fact_id])[fact_id].order_id is None and (body := _paid(brand, fact)):
                stored = any(tender.kind == "wallet" for tender in body.tenders)
                post_tenders(brand, place_of(brand, device), fact, body, order.order_id, stored=stored)
            mark(fact_id, FactState.TAKEN, order_id=order.order_id, number=order.number, inbox_id=fact.inbox_id)
    _note(brand, fact, "till.retry", by)
    return get_fact(brand, fact_id)


def _paid(brand: UUID, fact: Kept) -> rules.Sold | None:
    """How the till said the sale was paid: in the inbox, with what it said of the lines."""
    if fact.inbox_id is None:
        return None
    said = json.loads(inbox_entry(brand, fact.inbox_id).body).get("sale", {})
    try:
        found = rules.read_body(Fact(fact.id, fact.kind, fact.at, fact.by, body={**said, "lines": [{}]}))
    except BadInput:
        return None
    return found if isinstance(found, rules.Sold) else None


def close_fact(brand: UUID, fact_id: UUID, *, by: str, note: str) -> Kept:
    """Close what was refused: somebody has seen to it, and says how. The same again changes nothing."""
    if not note.strip():
        raise BadValue("note", note, "a few words on what was done")
    with in_brand(brand):
        fact = get_fact(brand, fact_id)
        now = lock(brand, [fact_id])[fact_id]
        if now.state is FactState.TAKEN:
            raise Conflict("this one is settled")
        if now.state is not FactState.CLOSED:
            mark(fact_id, FactState.CLOSED, problems=now.problems, inbox_id=now.inbox_id, note=f"{by}: {note.strip()}")
            _note(brand, fact, "till.close", by, note)
    return get_fact(brand, fact_id)


def _note(brand: UUID, fact: Kept, verb: str, by: str, reason: str = "") -> None:
    after = {"kind": fact.kind.value, "order": fact.number}
    audit.record(brand=brand, actor=by, verb=verb, subject=f"till fact {fact.id}", after=after, reason=reason,
                 store_id=fact.store_id)  # fmt: skip
