"""Vouchers and points in a payment: put aside with it, given back with its money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand
from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import rows
from datong.kernel.errors import BadInput, BadValue, DatongError, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.wallet.actions.points.book import open_book, write
from datong.wallet.actions.points.spend import given, owners_of, put_back, taken
from datong.wallet.actions.stored.coupons import free_coupon
from datong.wallet.actions.vouchers import hand_back, put_aside
from datong.wallet.queries.points import acts_by_key, acts_of_burn, programme
from datong.wallet.rules.paying import plan_points
from datong.wallet.types.paying import PayAsk, PaymentState, Take, TakeKind
from datong.wallet.types.points import Act, ActKind
from datong.wallet.types.vouchers import Voucher

RIGHTS = (TakeKind.VOUCHER, TakeKind.COUPON, TakeKind.POINTS)


@contextmanager
def shown_at(n: int) -> Iterator[None]:
    """What is wrong with a voucher names its place among those that were shown."""
    try:
        yield
    except DatongError as error:
        error.problems = tuple(replace(problem, field=f"vouchers/{n}") for problem in error.problems)
        raise


def hold_vouchers(
    ask: PayAsk, vouchers: Sequence[Voucher], room_minor: int, payment_id: UUID, *, brand: UUID, by: str
) -> list[Take]:
    """Put vouchers aside for a payment, in the order of their ids; each pays its value, the last what is missing.

    Raises what `check_voucher` raises, BadInput for one that is not needed.
    """
    if vouchers:
        _check_currency(ask, brand)
    shown = {voucher.id: n for n, voucher in enumerate(vouchers)}
    takes: list[Take] = []
    for voucher in sorted(vouchers, key=lambda each: each.id):
        if not room_minor:
            fix = "leave it out: the others pay all of it"
            raise BadInput("a voucher is not needed", Problem(f"vouchers/{shown[voucher.id]}", "not_needed", fix, ""))
        take_id = uuid7()
        with shown_at(shown[voucher.id]):
            done, about = put_aside(
                voucher, payment_id=payment_id, key=str(take_id), brand=brand, by=by, place=ask.place, basket=ask.basket
            )
        paid = min(done.value_minor, room_minor)
        takes.append(Take(take_id, TakeKind.VOUCHER, paid, name=about.code, ref=str(voucher.id)))
        room_minor -= paid
    return takes


def hold_points(
    ask: PayAsk, customer_id: UUID, room_minor: int, payment_id: UUID, *, brand: UUID, by: str
) -> list[Take]:
    """Put points aside for a payment: they leave their lots, and come back into them if nothing takes them.

    Raises BadInput naming the programme's limit, NotEnoughPoints.
    """
    assert ask.points is not None
    _check_currency(ask, brand)
    found = programme(brand, ask.points.programme)
    if not found.active:
        raise NotFound(f"the points programme {found.code} is not in force")
    opened = open_book(brand, found, get_brand(brand).currency, records_of(brand, [customer_id]).get(customer_id, ()))
    now, purses = clock.now(), list(opened.customers)
    points, paid = plan_points(
        found,
        ask.points.points,
        total_minor=ask.amount_minor,
        room_minor=room_minor,
        there=opened.book.spendable(purses, now),
        partial=ask.partial,
    )
    if not points:
        return []
    take = Take(uuid7(), TakeKind.POINTS, paid, name=found.code, points=points)
    used = [[str(lot), part] for lot, part in opened.book.burn(purses, points, now)]
    opened.act(
        Act(
            id=uuid7(),
            kind=ActKind.BURN,
            key=_key(take.id),
            customer_id=customer_id,
            points=-points,
            at=now,
            by=by,
            subject_id=payment_id,
            source="payment",
            detail={"lots": used, "payment": str(payment_id), "pays_minor": paid},
        )
    )
    write(opened)
    return [take]


def _key(take_id: UUID) -> str:
    return f"payment:{take_id}"


def _check_currency(ask: PayAsk, brand: UUID) -> None:
    own = get_brand(brand).currency
    if ask.currency != own:
        raise BadValue("currency", ask.currency, f"{own}: points and vouchers are worth that")


STANDING = """
    SELECT k.id, k.kind, k.name, k.amount_minor, k.points, k.captured_minor, p.state, k.ref,
           coalesce((SELECT sum(n.back_minor) FROM wallet_taken n
                      WHERE n.brand_id = k.brand_id AND n.take_id = k.id), 0)::bigint
      FROM wallet_payment p
      JOIN wallet_take k ON k.brand_id = p.brand_id AND k.payment_id = p.id
     WHERE k.kind IN ('voucher', 'coupon', 'points') AND p.brand_id = %s AND p.id = ANY(%s::uuid[])
     ORDER BY k.kind DESC, k.id
"""


def return_rights(payments: Sequence[UUID], *, brand: UUID, by: str, reason: str) -> dict[UUID, int]:
    """Give back what of the vouchers and points of these payments is not spent any more; for each take that got
    something its points, or 1 for a voucher.

    The payments are locked by the caller. What is told from their rows is done, so twice is once: points in proportion
    to the money that is back or was never taken, a voucher when all that it paid is.
    """
    done: dict[UUID, int] = {}
    for take_id, kind, name, amount, points, captured, state, ref, back in rows(STANDING, [brand, list(payments)]):
        open_minor = 0 if state == PaymentState.HELD else amount - captured
        if kind == TakeKind.POINTS:
            due = part_minor(points, back + open_minor, amount)
            if came := _return_points(take_id, name, due, brand=brand, by=by, reason=reason):
                done[take_id] = came
        elif back + open_minor == amount and kind == TakeKind.COUPON:
            done |= {take_id: 1} if free_coupon(UUID(ref), amount, brand=brand) else {}
        elif back + open_minor == amount:
            hand_back(str(take_id), brand=brand, by=by, reason=reason)
            done[take_id] = 1
    return done


def _return_points(take_id: UUID, code: str, due: int, *, brand: UUID, by: str, reason: str) -> int:
    """Points of a take come back until `due` of them have; how many came now."""
    if not due:
        return 0
    found = programme(brand, code)
    burn = acts_by_key(brand, found.id, [_key(take_id)])[_key(take_id)]
    lots = [lot for lot, _ in taken(burn)]
    customers = {burn.customer_id} | owners_of(brand, lots)
    opened = open_book(brand, found, get_brand(brand).currency, customers, lots=lots)
    backs: Any = acts_of_burn(brand, found.id, burn)
    missing = due - given(burn, backs)
    if missing > 0:
        key = f"{_key(take_id)}:{due}"
        put_back(opened, burn, backs, missing, key, by=by, now=clock.now(), reason=reason)
        write(opened)
    return max(missing, 0)
