"""Spending points, giving them back into the lots they came from, events that earn, and what a person decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from datong.brand.api import get_brand
from datong.customers.api import known_customers, records_of
from datong.kernel import audit, clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.wallet import rules
from datong.wallet.actions.places import check_place
from datong.wallet.actions.points.book import Open, open_book, write
from datong.wallet.actions.points.fresh import fresh_lot
from datong.wallet.queries.points import acts_by_key, acts_of_burn, earning_rules, programme
from datong.wallet.types import Act, ActKind, Programme
from datong.wallet.types.places import Use

MAX_KEY = 120
MAX_POINTS = 1_000_000_000


def burn_points(
    customer_id: UUID,
    points: int,
    *,
    key: str,
    brand: UUID,
    by: str,
    subject_id: UUID | None = None,
    pays: bool = False,
    programme_code: str = "",
    source: str = "",
    reason: str = "",
    store_id: UUID | None = None,
) -> Act:
    """Spend a person's points, from whichever of their records, earliest expiry first; the same key again is the same
    act. Raises NotEnoughPoints, and Conflict when the key was used for something else.

    `pays`: they pay `basis_minor` of the order `subject_id`, through the wallet's clearing account. `store_id`: where
    they are spent, another company's store perhaps; NotAcceptedHere where that takes none. Purses are locked
    in the order of their ids, so that many doors at once never spend more than there is.
    """
    _check(points, key)
    if pays and subject_id is None:
        raise BadValue("subject_id", None, "the order that is paid")
    with in_brand(brand):
        found = programme(brand, programme_code)
        records = _records(brand, customer_id)
        opened = open_book(brand, found, get_brand(brand).currency, records)
        if there := acts_by_key(brand, found.id, [key]).get(key):
            return _same(there, ActKind.BURN, -points, records, subject_id, store=store_id)
        if store_id is not None:
            check_place(brand, store_id, Use.BURN)
        now = clock.now()
        used = opened.book.burn(list(opened.customers), points, now)
        worth = rules.worth(found, points) if pays else 0
        act = Act(
            id=uuid7(),
            kind=ActKind.BURN,
            key=key,
            customer_id=customer_id,
            points=-points,
            at=now,
            by=by,
            subject_id=subject_id,
            basis_minor=worth,
            source=source,
            reason=reason,
            detail={"lots": [[str(lot), part] for lot, part in used]},
            store_id=store_id,
        )
        done = opened.act(act, pays_minor=worth)
        write(opened)
        _note(brand, by, "points.burn", customer_id, {"points": -points, "pays_minor": worth}, reason)
        return done


def give_back_points(
    burn_key: str,
    *,
    key: str,
    brand: UUID,
    by: str,
    points: int | None = None,
    programme_code: str = "",
    reason: str = "",
) -> Act:
    """Spent points come back into the lots they came from, with their old expiry; what expired meanwhile lives for the
    programme's days of grace. `points` None: all that has not come back yet. The same key again is the same act.
    """
    _check(1 if points is None else points, key)
    with in_brand(brand):
        found = programme(brand, programme_code)
        burn = acts_by_key(brand, found.id, [burn_key]).get(burn_key)
        if burn is None or burn.kind is not ActKind.BURN:
            raise NotFound(f"no points were spent under {burn_key!r}")
        if burn.detail.get("payment"):
            fix = "give the money of its payment back: the points come with it"
            raise Conflict("these points are part of a payment", Problem("burn_key", "pays", fix, burn_key))
        lots = [lot for lot, _ in taken(burn)]
        customers = {burn.customer_id} | owners_of(brand, lots)
        opened = open_book(brand, found, get_brand(brand).currency, customers, lots=lots)
        if there := acts_by_key(brand, found.id, [key]).get(key):
            return _same(
                there, ActKind.GIVE_BACK, there.points if points is None else points, customers, burn.subject_id
            )
        backs = acts_of_burn(brand, found.id, burn)
        left = -burn.points - given(burn, backs)
        wanted = left if points is None else points
        if not 0 < wanted <= left:
            raise Conflict(
                f"{left} of these points have not come back yet",
                Problem("points", "too_many", f"at most {left}", wanted),
            )
        now = clock.now()
        done = put_back(opened, burn, backs, wanted, key, by=by, now=now, reason=reason)
        write(opened)
        _note(brand, by, "points.give_back", burn.customer_id, {"points": wanted}, reason)
        return done


def put_back(
    opened: Open, burn: Act, acts: Sequence[Act], points: int, key: str, *, by: str, now: datetime, reason: str = ""
) -> Act:
    """One giving back in an open book; what ran out meanwhile is expired first, as an act of its own."""
    expire_all(opened, now)
    back: dict[UUID, int] = {}
    for act in acts:
        if act.kind is ActKind.GIVE_BACK and act.detail.get("burn") == str(burn.id):
            for lot, part in taken(act):
                back[lot] = back.get(lot, 0) + part
    lacking = [(lot, part - back.get(lot, 0)) for lot, part in taken(burn)]
    grace = now + timedelta(days=opened.programme.grace_days)
    got = opened.book.give_back(lacking, points, now, grace)
    before = sum(back.values())
    pays = part_minor(burn.basis_minor, before + points, -burn.points) - part_minor(
        burn.basis_minor, before, -burn.points
    )
    act = Act(
        id=uuid7(),
        kind=ActKind.GIVE_BACK,
        key=key,
        customer_id=burn.customer_id,
        points=points,
        at=now,
        by=by,
        subject_id=burn.subject_id,
        basis_minor=-pays,
        source=burn.source,
        reason=reason,
        detail={"burn": str(burn.id), "lots": [[str(lot), part] for lot, part in got]},
        store_id=burn.store_id,
    )
    return opened.act(act, pays_minor=-pays)


def expire_all(opened: Open, now: datetime) -> None:
    """What ran out in the open purses is gone: one act a purse."""
    for purse, customer in opened.customers.items():
        if opened.book.expire(now, purse):
            act_id = uuid7()
            opened.act(Act(act_id, ActKind.EXPIRE, f"expire:{act_id}", customer, 0, now, "points"))


def earn_event(
    customer_id: UUID,
    event: str,
    *,
    key: str,
    brand: UUID,
    by: str,
    tier: str = "",
    programme_code: str = "",
    store_id: UUID | None = None,
) -> Act:
    """Points for something that happened, by the rules for this event; the same key again is the same act.

    `store_id`: where it happened. Raises NotFound when no rule in force gives points for it, NotAcceptedHere where the
    store's company gives none.
    """
    _check(1, key)
    with in_brand(brand):
        found = programme(brand, programme_code)
        now = clock.now()
        opened = _purse(brand, found, customer_id)
        if there := acts_by_key(brand, found.id, [key]).get(key):
            return _same(there, ActKind.EARN, there.points, _records(brand, customer_id), None, source=event,
                         store=store_id)  # fmt: skip
        if store_id is not None:
            check_place(brand, store_id, Use.EARN)
        earning = rules.earned_by_event(event, now, earning_rules(brand, found.id), tier=tier)
        if not earning.points:
            raise NotFound(f"no rule in force gives points for {event!r}")
        detail = {"rules": list(earning.rules)}
        return _add(opened, customer_id, earning.points, ActKind.EARN, key, by=by, source=event, detail=detail,
                    store_id=store_id)  # fmt: skip


def check_adjustment(points: int, key: str, reason: str) -> None:
    """Raise BadValue for a correction of nothing, without a reason or with an unusable key."""
    if not points or not reason.strip():
        field, fix = ("points", "another number than 0") if not points else ("reason", "a few words on why")
        raise BadValue(field, points if not points else reason, fix)
    _check(abs(points), key)


def adjust_points(
    customer_id: UUID,
    points: int,
    *,
    key: str,
    brand: UUID,
    by: str,
    reason: str,
    source: str = "manual",
    programme_code: str = "",
    expires_at: datetime | None = None,
) -> Act:
    """A person's decision, an opening balance, a partner's points: points more, or (below zero) fewer.

    Fewer are taken as they are spent; more than there are become a debt. The same key again is the same act.
    """
    check_adjustment(points, key, reason)
    with in_brand(brand):
        found = programme(brand, programme_code)
        opened = _purse(brand, found, customer_id)
        if there := acts_by_key(brand, found.id, [key]).get(key):
            return _same(there, ActKind.ADJUST, points, _records(brand, customer_id), None)
        if points > 0:
            return _add(opened, customer_id, points, ActKind.ADJUST, key, by=by, source=source, reason=reason,
                        expires_at=expires_at)  # fmt: skip
        now = clock.now()
        expire_all(opened, now)
        opened.book.take_from(opened.purse(customer_id), -points, now, found.max_owed)
        act = Act(uuid7(), ActKind.ADJUST, key, customer_id, points, now, by, source=source, reason=reason)
        done = opened.act(act)
        write(opened)
        _note(brand, by, "points.adjust", customer_id, {"points": done.points}, reason)
        return done


def _add(
    opened: Open,
    customer_id: UUID,
    points: int,
    kind: ActKind,
    key: str,
    *,
    by: str,
    source: str,
    reason: str = "",
    expires_at: datetime | None = None,
    detail: Mapping[str, object] | None = None,
    store_id: UUID | None = None,
) -> Act:
    now = clock.now()
    opened.book.earn(fresh_lot(opened, customer_id, points, source, now, expires_at=expires_at))
    act = Act(uuid7(), kind, key, customer_id, points, now, by, source=source, reason=reason, detail=detail or {},
              store_id=store_id)  # fmt: skip
    done = opened.act(act)
    write(opened)
    _note(opened.brand, by, f"points.{kind.value}", customer_id, {"points": points, "for": source}, reason)
    return done


def _purse(brand: UUID, found: Programme, customer_id: UUID) -> Open:
    if customer_id not in known_customers(brand, [customer_id]):
        raise NotFound(f"no customer {customer_id}")
    return open_book(brand, found, get_brand(brand).currency, [customer_id], fresh=[customer_id])


def burns(acts: Sequence[Act]) -> list[Act]:
    return [act for act in acts if act.kind is ActKind.BURN]


def taken(act: Act) -> list[tuple[UUID, int]]:
    """The lots of a burn or a giving back, with the points of each, in the order they were taken."""
    lots = act.detail.get("lots", ())
    return [(UUID(lot), int(points)) for lot, points in lots]  # type: ignore[attr-defined]


def given(burn: Act, acts: Sequence[Act]) -> int:
    """How many of a burn's points came back already."""
    mine = [act for act in acts if act.kind is ActKind.GIVE_BACK and act.detail.get("burn") == str(burn.id)]
    return sum(points for act in mine for _, points in taken(act))


OWNERS = """
    SELECT DISTINCT p.customer_id FROM wallet_lot l
      JOIN wallet_pointpurse p ON p.brand_id = l.brand_id AND p.id = l.purse_id
     WHERE l.brand_id = %(brand)s AND l.id = ANY(%(lots)s::uuid[])
"""


def owners_of(brand: UUID, lots: Collection[UUID]) -> set[UUID]:
    """The records whose purses these lots are in."""
    return {row[0] for row in rows(OWNERS, {"brand": brand, "lots": list(lots)})} if lots else set()


def _records(brand: UUID, customer_id: UUID) -> list[UUID]:
    found = records_of(brand, [customer_id]).get(customer_id)
    if not found:
        raise NotFound(f"no customer {customer_id}")
    return sorted(found)


def _same(
    there: Act,
    kind: ActKind,
    points: int,
    records: Collection[UUID],
    subject: UUID | None,
    *,
    source: str = "",
    store: UUID | None = None,
) -> Act:
    """What was done under this key, when it was this; else a Conflict that names the difference."""
    for field, is_so in (
        ("kind", there.kind is kind),
        ("customer_id", there.customer_id in records),
        ("points", there.points == points),
        ("subject_id", there.subject_id == subject),
        ("event", not source or there.source == source),
        ("store", store is None or there.store_id == store),
    ):
        if not is_so:
            problem = Problem(field, f"exists_with_different_{field}", "a new key for something new", there.key)
            raise Conflict(f"this key was used with another {field}", problem)
    return there


def _check(points: int, key: str) -> None:
    if type(points) is not int or not 0 < points <= MAX_POINTS:
        raise BadValue("points", points, f"a whole number from 1 to {MAX_POINTS}")
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise BadValue("key", key[:80], f"1 to {MAX_KEY} printable characters")


def _note(brand: UUID, by: str, verb: str, customer_id: UUID, after: Mapping[str, object], reason: str) -> None:
    audit.record(brand=brand, actor=by, verb=verb, subject=f"customer {customer_id}", after=after, reason=reason)
