"""Which purse pays how much: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR, exponent, split_minor
from datong.wallet.rules.programmes import MAX_POINTS, points_for, worth
from datong.wallet.rules.stored import parts_of
from datong.wallet.types.paying import PayAsk, TakeKind
from datong.wallet.types.points import NotEnoughPoints, Programme
from datong.wallet.types.stored import Part, SpendOrder

MAX_GIFTS = 10
MAX_VOUCHERS = 5
MAX_COUPONS = 50
MAX_TENDERS = 10
MAX_KEY = 200
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def check_ask(ask: PayAsk, *, known: bool = False) -> None:
    """Raises BadInput naming every field that cannot be used. `known`: who pays is known without a code."""
    problems = []
    if type(ask.amount_minor) is not int or not 0 < ask.amount_minor <= MAX_MINOR:
        problems.append(Problem("amount_minor", "bad_value", "whole minor units above 0", str(ask.amount_minor)[:40]))
    try:
        exponent(ask.currency)
    except BadValue:
        problems.append(Problem("currency", "bad_value", "an ISO 4217 code such as CNY", ask.currency[:10]))
    if not 0 < len(ask.key) <= MAX_KEY or not ask.key.isprintable():
        problems.append(Problem("Idempotency-Key", "bad_value", f"1 to {MAX_KEY} printable characters", ask.key[:40]))
    if not known and not ask.code and not ask.gifts and not ask.vouchers and not ask.coupons:
        problems.append(Problem("code", "bad_value", "a member's code, or a gift card's", ""))
    problems += _rights(ask, known=known)
    if len(ask.gifts) > MAX_GIFTS or len(set(ask.gifts)) < len(ask.gifts):
        problems.append(Problem("gifts", "bad_value", f"at most {MAX_GIFTS} codes, each once", len(ask.gifts)))
    if len(ask.tenders) > MAX_TENDERS:
        problems.append(Problem("tenders", "bad_value", f"at most {MAX_TENDERS}", len(ask.tenders)))
    for n, tender in enumerate(ask.tenders):
        if type(tender.amount_minor) is not int or not 0 < tender.amount_minor <= MAX_MINOR:
            problems.append(Problem(f"tenders/{n}/amount_minor", "bad_value", "whole minor units above 0", ""))
        if tender.kind not in (TakeKind.CASH, TakeKind.PROVIDER):
            problems.append(Problem(f"tenders/{n}/kind", "bad_value", "cash or provider", tender.kind))
        if tender.kind is TakeKind.PROVIDER and not (tender.name and tender.ref):
            problems.append(Problem(f"tenders/{n}/ref", "bad_value", "the provider's name and its number", tender.ref))
    others = sum(t.amount_minor for t in ask.tenders if type(t.amount_minor) is int)
    if not problems and others >= ask.amount_minor:
        problems.append(Problem("tenders", "bad_value", "less than the amount: the card pays the rest", others))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def _rights(ask: PayAsk, *, known: bool) -> list[Problem]:
    """What is wrong with the vouchers and points that are to pay."""
    problems = []
    if len(ask.vouchers) > MAX_VOUCHERS or len(set(ask.vouchers)) < len(ask.vouchers):
        fix = f"at most {MAX_VOUCHERS} codes, each once"
        problems.append(Problem("vouchers", "bad_value", fix, len(ask.vouchers)))
    if len(ask.coupons) > MAX_COUPONS or len(set(ask.coupons)) < len(ask.coupons):
        problems.append(Problem("coupons", "bad_value", f"at most {MAX_COUPONS}, each once", len(ask.coupons)))
    if ask.coupons and ask.taken_at is not None:
        problems.append(Problem("coupons", "needs_network", "none: a platform's coupon is verified with network", ""))
    if ask.vouchers and ask.taken_at is not None:
        problems.append(Problem("vouchers", "needs_network", "none: without network they are redeemed alone", ""))
    if ask.points is None:
        return problems
    if ask.taken_at is not None:
        problems.append(Problem("points", "needs_network", "none: points are not spent without network", ""))
    if not ask.code and not known:
        problems.append(Problem("code", "bad_value", "the member's code: the points are theirs", ""))
    wanted = ask.points.points
    if wanted is not None and (type(wanted) is not int or not 0 < wanted <= MAX_POINTS):
        problems.append(Problem("points/points", "range", f"a whole number from 1 to {MAX_POINTS}", str(wanted)[:40]))
    return problems


def plan_points(
    programme: Programme, wanted: int | None, *, total_minor: int, room_minor: int, there: int, partial: bool = False
) -> tuple[int, int]:
    """(points, what they pay) of a payment: never more than `room_minor`, within the programme's limits.

    `total_minor`: what is paid altogether. `wanted` None: as many as there are and may be. Raises BadInput naming the
    limit, NotEnoughPoints for more than there are, unless a part will do.
    """
    share = total_minor * programme.pay_percent // 100
    if wanted is None:
        most = min(room_minor, share) * programme.burn_points // programme.burn_minor
        paid = worth(programme, min(there, most, programme.pay_most or most))
        points = points_for(programme, paid)
        return (points, paid) if paid and points >= programme.pay_least else (0, 0)
    paid = worth(programme, wanted)
    if wanted < programme.pay_least or not paid:
        least = max(programme.pay_least, points_for(programme, 1))
        raise _limit("points_too_few", f"at least {least} points: fewer are not taken", wanted)
    if programme.pay_most is not None and wanted > programme.pay_most:
        raise _limit("points_too_many", f"at most {programme.pay_most} points a payment", wanted)
    if min(paid, room_minor) > share:
        most = share * programme.burn_points // programme.burn_minor
        raise _limit("points_share", f"at most {most} points: they pay {programme.pay_percent} % of a payment", wanted)
    paid = min(paid, room_minor)
    points = points_for(programme, paid)
    if points > there and partial:
        return plan_points(programme, None, total_minor=total_minor, room_minor=room_minor, there=there)
    if points > there:
        raise NotEnoughPoints(points, there)
    return points, paid


def _limit(code: str, fix: str, wanted: int) -> BadInput:
    return BadInput("these points cannot be taken", Problem("points/points", code, fix, wanted))


def plan(
    wanted_minor: int,
    purses: Sequence[tuple[UUID, datetime | None, int, int]],
    order: SpendOrder,
) -> list[tuple[UUID, Part, int]]:
    """What to take of which part of which purse, together at most `wanted_minor`: the soonest to expire first.

    `purses`: (id, expires at, principal and bonus that are free), the oldest first; what is held is not among them.
    """
    taken: list[tuple[UUID, Part, int]] = []
    for purse, _ends, principal, bonus in sorted(purses, key=lambda p: (p[1] or NEVER, p[0])):
        amount = min(wanted_minor, principal + bonus)
        taken += [(purse, part, n) for part, n in parts_of(amount, principal, bonus, order).items()]
        wanted_minor -= amount
    return taken


def share_capture(amount_minor: int, left: Sequence[int]) -> list[int]:
    """How a capture in parts goes over what is left of the takes, in their order."""
    shares = []
    for each in left:
        part = min(amount_minor, each)
        shares.append(part)
        amount_minor -= part
    return shares


def share_back(amount_minor: int, left: Sequence[int], vouchers: Collection[int] = ()) -> list[int]:
    """How money given back goes over what was taken; no part gets more than was taken from it.

    In proportion, but for what `vouchers` (their places in `left`) paid: a voucher comes back whole or not at all, so
    it is the last, one after the other.
    """
    money = [0 if n in vouchers else each for n, each in enumerate(left)]
    first = min(amount_minor, sum(money))
    shares = split_minor(first, money) if first else [0] * len(left)
    rest = share_capture(amount_minor - first, [each if n in vouchers else 0 for n, each in enumerate(left)])
    return [one + other for one, other in zip(shares, rest, strict=True)]
