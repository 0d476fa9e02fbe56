"""Transfers between stores (调拨): asked, sent, received with what differs, or cancelled; no unit appears or is lost.

What is sent has left the one shelf and lies on no other: it is for sale nowhere and accounted for as in transit. What
does not arrive is a movement of its own at the place that should have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from datong.brand.api import list_stores
from datong.inventory.actions.move import Move, shift
from datong.inventory.actions.soldout import arrived
from datong.inventory.events import TransferChanged
from datong.inventory.models import TransferLine
from datong.inventory.queries import transfer_view
from datong.inventory.types import TransferState, TransferView
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7

MOST_LINES = 500
MOST_UNITS = 100_000

OPEN = """
    INSERT INTO inventory_transfer (brand_id, id, from_id, to_id, state, note, asked_by, asked_at, sent_by, ended_by,
                                    key)
    VALUES (%(brand)s, %(id)s, %(from)s, %(to)s, 'asked', %(note)s, %(by)s, %(now)s, '', '', %(key)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""
OF_KEY = "SELECT id FROM inventory_transfer WHERE brand_id = %(brand)s AND key = %(key)s"


def ask_transfer(
    brand: UUID, from_id: UUID, to_id: UUID, lines: Mapping[UUID, int], *, by: str, note: str = "", key: str = ""
) -> TransferView:
    """Ask one store to send units to another. Nothing moves and nothing is held yet. Under the same key, once."""
    stores = {s.id for s in list_stores(brand)}
    problems = (
        [Problem("/from", "unknown_store", "a store of this brand", str(from_id))] if from_id not in stores else []
    )
    problems += [Problem("/to", "unknown_store", "a store of this brand", str(to_id))] if to_id not in stores else []
    if from_id == to_id:
        problems.append(Problem("/to", "same_store", "another store than the one it comes from", str(to_id)))
    problems += [
        Problem(f"/lines/{n}/units", "units", f"1 to {MOST_UNITS:,} units", units)
        for n, units in enumerate(lines.values())
        if not 0 < units <= MOST_UNITS
    ]
    if not 0 < len(lines) <= MOST_LINES:
        problems.append(Problem("/lines", "count", f"1 to {MOST_LINES} items", len(lines)))
    if problems:
        raise BadInput("this transfer cannot be asked for", *problems)
    with in_brand(brand):
        asked: dict[str, Any] = {"brand": brand, "id": uuid7(), "from": from_id, "to": to_id, "note": note[:200]}
        asked |= {"by": by[:80], "now": clock.now(), "key": (key or str(uuid7()))[:60]}
        if not rows(OPEN, asked):
            return transfer_view(brand, rows(OF_KEY, asked)[0][0])
        TransferLine.objects.bulk_create(
            [
                TransferLine(brand_id=brand, transfer_id=asked["id"], item_id=item, asked=units)
                for item, units in lines.items()
            ]
        )
        return _told(brand, asked["id"], "transfer.ask", by)


TAKE = "SELECT state FROM inventory_transfer WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"
SENT = """
    WITH line AS (
        UPDATE inventory_transferline l SET sent = g.units
          FROM unnest(%(items)s::uuid[], %(units)s::int[]) g(item, units)
         WHERE l.brand_id = %(brand)s AND l.transfer_id = %(id)s AND l.item_id = g.item
    )
    UPDATE inventory_transfer SET state = 'sent', sent_by = %(by)s, sent_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
ENDED = """
    WITH line AS (
        UPDATE inventory_transferline l SET received = g.units
          FROM unnest(%(items)s::uuid[], %(units)s::int[]) g(item, units)
         WHERE l.brand_id = %(brand)s AND l.transfer_id = %(id)s AND l.item_id = g.item
    )
    UPDATE inventory_transfer SET state = %(state)s, ended_by = %(by)s, ended_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def send_transfer(brand: UUID, transfer_id: UUID, *, by: str, sent: Mapping[UUID, int] | None = None) -> TransferView:
    """The goods left: `sent` units of each item (none given: all that was asked); what orders hold stays.

    Sent twice is once. Raises BadInput naming what is not there, Conflict when it is over.
    """
    with in_brand(brand):
        if _state(brand, transfer_id, TransferState.ASKED, TransferState.SENT) is TransferState.SENT:
            return transfer_view(brand, transfer_id)
        transfer = transfer_view(brand, transfer_id)
        units = _given(transfer, sent, {line.item_id: line.asked for line in transfer.lines})
        if not any(units.values()):
            raise BadValue("lines", 0, "at least one unit to send, or cancel the transfer")
        moves = [Move(transfer.from_id, item, -n, "transfer_out", transfer_id) for item, n in units.items()]
        shift(moves, happened=False)
        execute(SENT, _key(brand, transfer_id, by) | {"items": list(units), "units": list(units.values())})
        return _told(brand, transfer_id, "transfer.send", by)


def receive_transfer(
    brand: UUID, transfer_id: UUID, *, by: str, received: Mapping[UUID, int] | None = None
) -> TransferView:
    """The goods came: `received` units of each item (none given: all that was sent); what is missing is booked as lost.

    Received twice is once. Raises Conflict when it was never sent or is cancelled.
    """
    with in_brand(brand):
        if _state(brand, transfer_id, TransferState.SENT, TransferState.RECEIVED) is TransferState.RECEIVED:
            return transfer_view(brand, transfer_id)
        transfer = transfer_view(brand, transfer_id)
        sent = {line.item_id: line.sent or 0 for line in transfer.lines}
        units = _given(transfer, received, sent)
        arrived(brand, [(transfer.to_id, item) for item, n in units.items() if n])
        moves = [Move(transfer.to_id, item, n, "transfer_in", transfer_id) for item, n in sent.items() if n]
        moves += [
            Move(
                transfer.to_id,
                item,
                n - sent[item],
                "transfer_gain" if n > sent[item] else "transfer_loss",
                transfer_id,
            )
            for item, n in units.items()
            if n != sent[item]
        ]
        shift(moves, happened=True)
        end = {"items": list(units), "units": list(units.values()), "state": TransferState.RECEIVED.value}
        execute(ENDED, _key(brand, transfer_id, by) | end)
        return _told(brand, transfer_id, "transfer.receive", by)


def cancel_transfer(brand: UUID, transfer_id: UUID, *, by: str) -> TransferView:
    """Give it up; what was sent already goes back to the shelf it came from. Twice is once."""
    with in_brand(brand):
        state = _state(brand, transfer_id, TransferState.ASKED, TransferState.SENT, TransferState.CANCELLED)
        transfer = transfer_view(brand, transfer_id)
        if state is TransferState.CANCELLED:
            return transfer
        if state is TransferState.SENT:
            back = [(line.item_id, line.sent) for line in transfer.lines if line.sent]
            shift([Move(transfer.from_id, i, n, "transfer_back", transfer_id) for i, n in back], happened=True)
        end = {"items": [], "units": [], "state": TransferState.CANCELLED.value}
        execute(ENDED, _key(brand, transfer_id, by) | end)
        return _told(brand, transfer_id, "transfer.cancel", by)


def _state(brand: UUID, transfer_id: UUID, *allowed: TransferState) -> TransferState:
    """The state under the transfer's lock; Conflict when nothing of the kind can be done any more."""
    found = rows(TAKE, {"brand": brand, "id": transfer_id})
    if not found:
        raise NotFound(f"no transfer {transfer_id}")
    state = TransferState(found[0][0])
    if state not in allowed:
        raise Conflict(f"this transfer is {state}")
    return state


def _given(transfer: TransferView, given: Mapping[UUID, int] | None, usual: Mapping[UUID, int]) -> dict[UUID, int]:
    """Units by item, in the order of the lines; an item that is none of the transfer's is named."""
    known = [line.item_id for line in transfer.lines]
    chosen = usual if given is None else given
    problems = [Problem("/lines", "unknown_item", "an item of this transfer", str(i)) for i in chosen if i not in known]
    problems += [
        Problem(f"/lines/{n}/units", "units", f"0 to {MOST_UNITS:,} units", chosen[item])
        for n, item in enumerate(known)
        if item in chosen and not 0 <= chosen[item] <= MOST_UNITS
    ]
    if problems:
        raise BadInput("these units cannot be booked", *problems)
    return {item: chosen.get(item, 0) for item in known}


def _key(brand: UUID, transfer_id: UUID, by: str) -> dict[str, Any]:
    return {"brand": brand, "id": transfer_id, "by": by[:80], "now": clock.now()}


def _told(brand: UUID, transfer_id: UUID, verb: str, by: str) -> TransferView:
    made = transfer_view(brand, transfer_id)
    lines: Sequence[Any] = made.lines
    outbox.emit(TransferChanged(made.id, made.from_id, made.to_id, made.state.value))
    audit.record(
        brand=brand,
        actor=by,
        verb=verb,
        subject=f"transfer {made.id}",
        after={
            "state": made.state.value,
            "asked": sum(line.asked for line in lines),
            "sent": sum(line.sent or 0 for line in lines),
            "received": sum(line.received or 0 for line in lines),
        },
        store_id=made.from_id,
    )
    return made
