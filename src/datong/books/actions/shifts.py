"""Shifts of a till (班次): opened with a float, cash in and out, counted blind, closed with what differs.

A till tells of these when it has network: late, twice, in any order. Each is a fact, a row with the id the till gave
it. What differs is posted as soon as both ends are known, and posted anew by the change when a late fact moves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from datong.books import rules
from datong.books.queries.shifts import shift_of
from datong.books.types import DrawerKind, DrawerMove, Shift, Till
from datong.brand.api import get_brand
from datong.kernel import audit, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.kernel.money import MAX_MINOR
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer

OPEN = """
    INSERT INTO books_shift (brand_id, id, till_id, till, store_id, channel, currency, float_minor, opened_at,
                             opened_by, closed_by, posted_minor, pieces, note)
    VALUES (%(brand)s, %(id)s, %(till)s, %(name)s, %(store)s, %(channel)s, %(currency)s, %(float)s, %(at)s, %(by)s,
            '', 0, '{}', '')
    ON CONFLICT (brand_id, id) DO UPDATE
       SET float_minor = excluded.float_minor, opened_at = excluded.opened_at, opened_by = excluded.opened_by
     WHERE books_shift.opened_at IS NULL AND books_shift.till_id = excluded.till_id
"""


def open_shift(brand: UUID, till: Till, shift_id: UUID, *, float_minor: int, at: datetime, by: str) -> Shift:
    """Begin a shift with what is in the drawer; the same again changes nothing. Conflict for another till's shift."""
    _check(float_minor, low=0)
    with in_brand(brand):
        _take(brand, shift_id)
        key = {"brand": brand, "id": shift_id, "currency": get_brand(brand).currency, "at": at, "by": by[:120]}
        new = execute(OPEN, {**key, **_of(till), "float": float_minor})
        shift = _own(brand, till, shift_id)
        if not new and shift.float_minor != float_minor:
            raise Conflict(f"this shift was opened with {shift.float_minor}")
        if new:
            _note(brand, shift, "shift.open", by, float_minor=float_minor)
            _settle(brand, shift_id)
        return _own(brand, till, shift_id)


MOVE = """
    INSERT INTO books_drawermove (brand_id, id, shift_id, kind, amount_minor, at, by, reason, subject_id)
    VALUES (%(brand)s, %(id)s, %(shift)s, %(kind)s, %(amount)s, %(at)s, %(by)s, %(reason)s, %(subject)s)
    ON CONFLICT (brand_id, id) DO NOTHING
"""
SIGNS = {DrawerKind.PAID_IN: 1, DrawerKind.PAID_OUT: -1, DrawerKind.DROP: -1}
EVENT = {DrawerKind.PAID_IN: "cash.paid_in", DrawerKind.PAID_OUT: "cash.paid_out"}


def move_cash(brand: UUID, till: Till, move: DrawerMove) -> bool:
    """Note cash of a shift, once; what was paid in or out is posted, too. False: it was noted before.

    A sale's and a refund's own posting is the order's. Raises BadValue for an amount on the wrong side or no reason.
    """
    sign = SIGNS.get(move.kind)
    _check(move.amount_minor, low=-MAX_MINOR)
    if sign is not None and move.amount_minor * sign <= 0:
        raise BadValue("amount_minor", abs(move.amount_minor), "more than 0")
    if sign is not None and not move.reason.strip():
        raise BadValue("reason", move.reason, "a few words on what it was for")
    with in_brand(brand):
        _take(brand, move.shift_id)
        key = {"brand": brand, "id": move.id, "shift": move.shift_id, "kind": move.kind.value, "at": move.at}
        given = {"amount": move.amount_minor, "by": move.by[:120], "reason": move.reason.strip()[:300]}
        if not execute(MOVE, {**key, **given, "subject": move.subject_id}):
            return False
        if event := EVENT.get(move.kind):
            _post(brand, till, event, abs(move.amount_minor), move.shift_id, move.at)
        if sign is not None:
            facts = {"amount_minor": move.amount_minor, "shift": str(move.shift_id)}
            subject = f"till {till.name}"
            audit.record(brand=brand, actor=move.by, verb="shift.cash", subject=subject, after=facts,
                         reason=move.reason, store_id=till.store_id)  # fmt: skip
        _settle(brand, move.shift_id)
        return True


CLOSE = """
    INSERT INTO books_shift (brand_id, id, till_id, till, store_id, channel, currency, float_minor, opened_by,
                             closed_at, closed_by, counted_minor, posted_minor, pieces, note)
    VALUES (%(brand)s, %(id)s, %(till)s, %(name)s, %(store)s, %(channel)s, %(currency)s, 0, '', %(at)s, %(by)s,
            %(counted)s, 0, %(pieces)s::jsonb, %(note)s)
    ON CONFLICT (brand_id, id) DO UPDATE
       SET closed_at = excluded.closed_at, closed_by = excluded.closed_by, counted_minor = excluded.counted_minor,
           pieces = excluded.pieces, note = excluded.note
     WHERE books_shift.closed_at IS NULL AND books_shift.till_id = excluded.till_id
"""


def close_shift(
    brand: UUID, till: Till, shift_id: UUID, pieces: Mapping[int, int], *, at: datetime, by: str, note: str = ""
) -> Shift:
    """End a shift with the drawer's count, face value in minor units -> pieces; what differs is posted.

    The same again changes nothing. Raises BadInput naming the face value, Conflict when it was counted otherwise.
    """
    currency = get_brand(brand).currency
    counted = rules.counted_minor(currency, pieces)
    kept = {str(face): count for face, count in sorted(pieces.items(), reverse=True) if count}
    with in_brand(brand):
        _take(brand, shift_id)
        key = {"brand": brand, "id": shift_id, "currency": currency, "at": at, "by": by[:120], "counted": counted}
        given = {"pieces": msgspec.json.encode(kept).decode(), "note": note.strip()[:300]}
        new = execute(CLOSE, {**key, **_of(till), **given})
        shift = _own(brand, till, shift_id)
        if not new and shift.counted_minor != counted:
            raise Conflict(f"this shift was closed with a count of {shift.counted_minor}")
        if new:
            facts = {"counted_minor": counted, "difference_minor": shift.difference_minor}
            _note(brand, shift, "shift.close", by, **facts)
            _settle(brand, shift_id)
        return _own(brand, till, shift_id)


POSTED = "UPDATE books_shift SET posted_minor = %(minor)s WHERE brand_id = %(brand)s AND id = %(id)s"


def _settle(brand: UUID, shift_id: UUID) -> None:
    """Bring what the ledger has of the difference to what it is: 0 until both ends are known."""
    shift = shift_of(brand, shift_id)
    if shift is None or shift.opened_at is None or shift.closed_at is None:
        return
    now, before = shift.difference_minor, shift.posted_minor
    if now != before:
        till = Till(shift.till_id, shift.till, shift.store_id, shift.channel)
        for event, more in (
            ("cash.over", max(now, 0) - max(before, 0)),
            ("cash.short", max(-now, 0) - max(-before, 0)),
        ):
            if more:
                _post(brand, till, event, more, shift_id, shift.closed_at)
        execute(POSTED, {"brand": brand, "id": shift_id, "minor": now})


def _post(brand: UUID, till: Till, event: str, amount: int, shift_id: UUID, at: datetime) -> None:
    """By the brand's rules, at the account where the till's cash stands; below zero takes that much back.

    What comes late goes to the next open day.
    """
    book, currency = rulebook(brand), get_brand(brand).currency
    day = book.business_date(at, till.store_id)
    given = {"cash": book.account("received.counter", day, channel=till.channel), "bank": book.account("bank", day)}
    debit, credit = book.legs(event, day, **given)
    if amount < 0:
        debit, credit = credit, debit
    transfer = Transfer(
        id=uuid7(),
        debit=Account(debit, currency),
        credit=Account(credit, currency),
        amount_minor=abs(amount),
        kind=event.replace(".", "_"),
        subject_id=shift_id,
        business_date=day,
        dimensions={"store": str(till.store_id)},
    )
    post([transfer], brand=brand, late=True)


LOCK = "SELECT 1 FROM books_shift WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"


def _take(brand: UUID, shift_id: UUID) -> None:
    """One fact of a shift at a time, also before its row is there."""
    locks.take(f"books shift {brand} {shift_id}")
    rows(LOCK, {"brand": brand, "id": shift_id})


def _own(brand: UUID, till: Till, shift_id: UUID) -> Shift:
    shift = shift_of(brand, shift_id)
    if shift is None or shift.till_id != till.id:
        raise Conflict("this shift is another till's")
    return shift


def _of(till: Till) -> dict[str, object]:
    return {"till": till.id, "name": till.name[:80], "store": till.store_id, "channel": till.channel[:60]}


def _check(minor: int, *, low: int) -> None:
    if type(minor) is not int or not low <= minor <= MAX_MINOR:
        raise BadValue("amount_minor", minor, "whole minor units")


def _note(brand: UUID, shift: Shift, verb: str, by: str, **facts: int) -> None:
    subject = f"shift {shift.id} of till {shift.till}"
    audit.record(brand=brand, actor=by, verb=verb, subject=subject, after=facts, store_id=shift.store_id)
