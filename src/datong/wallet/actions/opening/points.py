"""Points of another system: lots with their own expiry, valued against `equity:opening`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
from datong.wallet import rules
from datong.wallet.actions.opening.kept import Step, keep, standing, strike, trail
from datong.wallet.actions.points.book import Open, open_book, purse_id, write
from datong.wallet.queries.points import programme
from datong.wallet.types import Act, ActKind, Lot
from datong.wallet.types.opening import LOTS, Bring, Brought, Taken

GONE = "UPDATE wallet_lot SET source = 'opening taken back' WHERE brand_id = %s AND id = ANY(%s::uuid[])"


def bring_points(steps: Sequence[Step], *, brand: UUID, by: str, run: UUID) -> None:
    """Open, change or take back the points of many records; Conflict when some of a record's were spent since.

    A constant number of statements a programme.
    """
    with in_brand(brand):
        gone = standing(Taken.POINTS, steps, brand)
        currency = get_brand(brand).currency
        codes = sorted({it.group for step in steps for it in step if it is not None})
        kept: list[tuple[Bring, UUID]] = []
        details: dict[UUID, dict[str, object]] = {}
        struck: list[UUID] = []
        for code in codes:
            back = [was for was in gone.values() if was.it.group == code]
            there = [after for _, after in steps if after is not None and after.group == code]
            found = programme(brand, code)
            ours = {it.customer_id for it in [*there, *(was.it for was in back)] if it.customer_id}
            fresh = {it.customer_id for it in there if it.customer_id}
            opened = open_book(brand, found, currency, ours, fresh=fresh)
            for was in back:
                struck += _take_back(opened, was, by, run)
            for it in there:
                ids = _add(opened, it, by, run)
                assert it.customer_id is not None
                thing = purse_id(found.id, it.customer_id)
                kept.append((it, thing))
                lots = [[points, ends.isoformat() if ends else None] for points, ends in it.lots]
                details[thing] = {"ids": [str(one) for one in ids], "lots": lots}
            write(opened)
        if struck:
            execute(GONE, [brand, struck])
        strike(Taken.POINTS, list(gone), brand)
        keep(Taken.POINTS, kept, run, brand, details)
        trail(Taken.POINTS, steps, brand, by, run)


def _add(opened: Open, it: Bring, by: str, run: UUID) -> list[UUID]:
    assert it.customer_id is not None
    now, ids = clock.now(), []
    for points, ends in it.lots:
        value = rules.fair_value(opened.programme, points)
        lot = Lot(uuid7(), opened.purse(it.customer_id), points, points, value, LOTS, now, expires_at=ends)
        opened.book.earn(lot)
        ids.append(lot.id)
    _act(opened, it, it.principal, by, run)
    return ids


def _take_back(opened: Open, was: Brought, by: str, run: UUID) -> list[UUID]:
    ids = [UUID(str(one)) for one in was.detail["ids"]]  # type: ignore[attr-defined]
    for one in ids:
        lot = opened.book.lots.get(one)  # under the purse's lock: nothing was spent of it until now
        if lot is None or lot.left != lot.points:
            raise Conflict("some of these points were spent at this moment")
        opened.book.strike(one)
    _act(opened, was.it, -was.it.principal, by, run)
    return ids


def _act(opened: Open, it: Bring, points: int, by: str, run: UUID) -> None:
    assert it.customer_id is not None
    act_id = uuid7()
    act = Act(
        id=act_id,
        kind=ActKind.ADJUST,
        key=f"opening:{act_id}",
        customer_id=it.customer_id,
        points=points,
        at=clock.now(),
        by=by,
        source=LOTS,
        reason=f"import {run}",
    )
    opened.act(act)
