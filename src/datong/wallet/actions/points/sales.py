"""Points of orders: earned when they are placed, to be spent when they are complete, taken back with the money."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from datong.brand.api import get_brand
from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.wallet import rules
from datong.wallet.actions.points.book import Open, open_book, write
from datong.wallet.actions.points.fresh import fresh_lot
from datong.wallet.actions.points.spend import burns, expire_all, given, owners_of, put_back, taken
from datong.wallet.actions.tiers import refresh_standings
from datong.wallet.queries.points import acts_by_key, acts_of_orders, earning_rules, programmes
from datong.wallet.queries.tiers import tiers_of
from datong.wallet.types import Act, ActKind, Lot, Programme, Sale

ORDERS = "orders"


def earn_sales(sales: Sequence[Sale], *, brand: UUID) -> list[Act]:
    """Points for orders, each once: they wait until the order is complete, unless it is already.

    The tier a person has multiplies them, at every door alike. A sale that earns nothing is noted all the same, for its
    money counts toward a tier. Safe to repeat.
    """
    wanted = {f"order:{sale.order_id}": sale for sale in sales}
    made: list[Act] = []
    if not wanted:
        return made
    with in_brand(brand):
        for programme in programmes(brand):
            if programme.active:
                made += _earn(programme, wanted, brand)
        refresh_standings(brand, {sale.customer_id for sale in wanted.values() if sale.done})
    return made


def _earn(programme: Programme, wanted: Mapping[str, Sale], brand: UUID) -> list[Act]:
    customers = sorted({sale.customer_id for sale in wanted.values()})
    opened = open_book(brand, programme, get_brand(brand).currency, customers, fresh=customers)
    there = acts_by_key(brand, programme.id, wanted)
    held = earning_rules(brand, programme.id)
    heads = {customer: of[0] for customer, of in records_of(brand, customers).items()}
    known = tiers_of(brand, heads.values(), programme_id=programme.id)
    tiers = {customer: known[head] for customer, head in heads.items() if head in known}
    now = clock.now()
    for key, sale in wanted.items():
        if key in there:
            continue
        tier = tiers.get(sale.customer_id)
        code, percent = (tier.code, tier.points_percent) if tier else ("", 100)
        earning = rules.earned_by_sale(sale, held, tier=code, percent=percent)
        if earning.points:
            opened.book.earn(
                fresh_lot(opened, sale.customer_id, earning.points, "order", now, order=sale.order_id, done=sale.done)
            )
        opened.act(
            Act(
                id=uuid7(),
                kind=ActKind.EARN,
                key=key,
                customer_id=sale.customer_id,
                points=earning.points,
                at=now,
                by=ORDERS,
                subject_id=sale.order_id,
                spend_minor=sale.paid_minor if sale.done else 0,
                basis_minor=sale.paid_minor,
                source="order",
                detail={
                    "lines": {str(line): points for line, points in earning.by_line.items()},
                    "rules": list(earning.rules),
                    **({"tier": code} if code else {}),
                },
            )
        )
    return write(opened)


def complete_sales(orders: Collection[UUID], *, brand: UUID) -> list[Act]:
    """Orders are with their customers: their points may be spent, or wait for the return window to close."""
    made: list[Act] = []
    with in_brand(brand):
        for programme in programmes(brand):
            made += _complete(programme, sorted(set(orders)), brand)
        refresh_standings(brand, {act.customer_id for act in made})
    return made


def _complete(programme: Programme, orders: Sequence[UUID], brand: UUID) -> list[Act]:
    earned = _earned(acts_of_orders(brand, programme.id, orders))
    if not earned:
        return []
    opened = open_book(brand, programme, get_brand(brand).currency, [a.customer_id for a in earned.values()],
                       subjects=list(earned))  # fmt: skip
    acts = acts_of_orders(brand, programme.id, list(earned))  # read again under the lock
    now = clock.now()
    dated: list[UUID] = []
    for order, act in earned.items():
        if act.spend_minor or any(a.key == f"{act.key}:done" for a in acts[order]):
            continue
        starts = now + timedelta(days=programme.pending_days)
        for lot in _lots(opened, order):
            if lot.pending and programme.pending_days:
                opened.book.lots[lot.id] = replace(lot, starts_at=starts)
                dated.append(lot.id)
            elif lot.pending:
                opened.book.activate(lot.id, rules.expiry(programme, now))
        kept = act.basis_minor - min(_refunded(acts[order]), act.basis_minor)
        opened.act(_next(act, ActKind.ACTIVATE, f"{act.key}:done", now, spend_minor=kept))
    return write(opened, changed=dated)


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """Money of an order that goes back; `amount_minor` None: all that has not yet. `key` is its own, once."""

    order_id: UUID
    key: str
    amount_minor: int | None = None


def take_back_sales(backs: Sequence[MoneyBack], *, brand: UUID) -> list[Act]:
    """What was earned goes in proportion to the money, and what was spent on the order comes back into its lots.

    The shares are reckoned over all refunds of an order together, so that many small ones take what one large one
    does. Safe to repeat, and a refund after a cancellation takes nothing twice.
    """
    made: list[Act] = []
    with in_brand(brand):
        for programme in programmes(brand):
            made += _take_back(programme, backs, brand)
        refresh_standings(brand, {act.customer_id for act in made if act.kind is ActKind.TAKE_BACK})
    return made


def _take_back(programme: Programme, backs: Sequence[MoneyBack], brand: UUID) -> list[Act]:
    orders = sorted({back.order_id for back in backs})
    known = acts_of_orders(brand, programme.id, orders)
    if not known:
        return []
    lots = sorted({lot for acts in known.values() for act in burns(acts) for lot, _ in taken(act)})
    customers = {act.customer_id for acts in known.values() for act in acts} | owners_of(brand, lots)
    opened = open_book(brand, programme, get_brand(brand).currency, customers, subjects=orders, lots=lots)
    acts = acts_of_orders(brand, programme.id, orders)  # read again under the lock
    now = clock.now()
    expire_all(opened, now)
    for back in backs:
        mine = acts.get(back.order_id, [])
        if not any(act.key.startswith(back.key) for act in mine):
            acts[back.order_id] = [*mine, *_undo(opened, mine, back, now)]
    return write(opened)


def _undo(opened: Open, mine: Sequence[Act], back: MoneyBack, now: datetime) -> list[Act]:
    """Take back this order's share of what it earned, and give back that of what was spent on it."""
    earn = _earned({back.order_id: mine}).get(back.order_id)
    total = earn.basis_minor if earn else 0
    before = _refunded(mine)
    amount = total - before if back.amount_minor is None else back.amount_minor
    gone = max(min(before + amount, total), 0)

    def share(points: int) -> int:
        return part_minor(points, gone, total) if total else points

    made: list[Act] = []
    due = share(earn.points) + sum(act.points for act in mine if act.kind is ActKind.TAKE_BACK) if earn else 0
    if earn and (due > 0 or gone > before):
        opened.book.take_back([lot.id for lot in _lots(opened, back.order_id)], max(due, 0), now,
                              opened.programme.max_owed)  # fmt: skip
        counted = any(act.spend_minor > 0 for act in mine)
        spend = -min(gone - before, earn.basis_minor) if counted else 0
        act = _next(earn, ActKind.TAKE_BACK, back.key, now, spend_minor=spend, basis_minor=gone - before)
        made.append(opened.act(act))
    for n, burn in enumerate(burns(mine)):
        points = share(-burn.points) - given(burn, mine)
        if points > 0:
            made.append(put_back(opened, burn, mine, points, f"{back.key}:spent:{n}", by=ORDERS, now=now))
    return made


def _next(earn: Act, kind: ActKind, key: str, now: datetime, *, spend_minor: int = 0, basis_minor: int = 0) -> Act:
    """Another act about the same order."""
    return replace(
        earn,
        id=uuid7(),
        kind=kind,
        key=key,
        at=now,
        by=ORDERS,
        spend_minor=spend_minor,
        basis_minor=basis_minor,
        detail={},
    )


def _earned(acts: Mapping[UUID, Sequence[Act]]) -> dict[UUID, Act]:
    return {order: act for order, found in acts.items() for act in found if act.key == f"order:{order}"}


def _refunded(acts: Sequence[Act]) -> int:
    return sum(act.basis_minor for act in acts if act.kind is ActKind.TAKE_BACK)


def _lots(opened: Open, order: UUID) -> list[Lot]:
    return [lot for lot in opened.book.lots.values() if lot.subject_id == order]
