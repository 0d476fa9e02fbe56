"""Choose stores and hold their stock: the plan is made in memory, the database has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from datong.inventory.api import lock_for, release, reserve, sell
from datong.inventory.types import Short, Want
from datong.kernel.errors import Problem
from datong.orders.actions import claims
from datong.orders.actions.draft import Draft
from datong.orders.sourcing import choose, scarce
from datong.orders.sourcing.choose import units_by_item
from datong.orders.sourcing.supply import Supply
from datong.orders.sourcing.types import Candidate, Condition, Plan, Share
from datong.orders.types import ExceptionKind, Refused

ROUNDS = 2
"""Reservations tried for an order, the first included, before it waits in the queue."""


class StockBusyError(Exception):
    """A place that could serve was held by another transaction: decide the batch again, it is free in a moment."""


def assign(drafts: Sequence[Draft], picture: Supply, brand: UUID, *, last_try: bool) -> None:
    """Give every order its plan: till sales are booked where they happened, the others get a store with held stock.

    Raises StockBusyError, unless it is the last try, rather than letting an order wait for units that are free.
    """
    with picture.lock:
        looking = [draft for draft in drafts if draft.needs_store]
        done = [draft for draft in drafts if not draft.needs_store]
        sales = [_sale(draft, picture) for draft in done]
        _plan(looking, picture)
        if done:
            # All stock this batch will touch is locked at once, or it could deadlock with another batch.
            lock_for([s for s in sales if s], [want for draft in looking for want in _wants(draft)], brand=brand)
            _sell(done, [s for s in sales if s], brand)
        for round_no in range(ROUNDS):
            looking, busy = _confirm(looking, picture, brand, first=round_no == 0 and not done)
            if not looking:
                break
            if busy and not last_try:
                _forget_plans(drafts, picture)
                raise StockBusyError(f"{busy} places were held")
            _plan(looking, picture)
        for draft in looking:
            _wait(draft, picture)
    for draft in drafts:
        draft.settle_state()
        _explain(draft)


def _plan(drafts: Sequence[Draft], picture: Supply) -> None:
    needing = [draft for draft in drafts if draft.lines or draft.intent.fulfilment]
    demands = []
    for draft in needing:
        demand = draft.demand()
        tried = {c.store_id for c in draft.plan.refused if c.refused is Condition.TAKEN} if draft.plan else set()
        demands.append(replace(demand, excluded=frozenset(tried)) if tried else demand)
    for draft, plan in zip(needing, scarce.share_out(demands, picture.index, picture.rules), strict=True):
        earlier = tuple(c for c in draft.plan.refused if c.refused is Condition.TAKEN) if draft.plan else ()
        draft.plan = replace(plan, refused=(*earlier, *(c for c in plan.refused if c.store_id not in _ids(earlier))))


def _forget_plans(drafts: Sequence[Draft], picture: Supply) -> None:
    """The transaction is taken back: so is what its plans took from the picture."""
    for draft in drafts:
        if draft.needs_store and draft.plan is not None:
            for share in draft.plan.shares:
                choose.give_back(picture.index, share)


def _confirm(drafts: Sequence[Draft], picture: Supply, brand: UUID, *, first: bool) -> tuple[list[Draft], int]:
    """Hold the planned stock; the drafts whose hold was refused, with the store marked as tried.

    Also how many of them were refused only because another transaction held the place.
    """
    wants = [want for draft in drafts for want in _wants(draft)]
    if not wants:
        return [], 0
    result = reserve(wants, brand=brand, wait=first)
    short = {s.order_id: s for s in result.refused}
    if not short:
        return [], 0
    failed = [draft for draft in drafts if draft.order_id in short]
    partly = {want.order_id for want in result.served} & set(short)
    if partly:
        release(sorted(partly), brand=brand)
    for draft in failed:
        _mark_taken(draft, short[draft.order_id], picture)
    capped = [draft for draft in failed if short[draft.order_id].capped]
    for draft in capped:
        why = short[draft.order_id]
        fix = f"to pay for what is held already, or at most {why.free} more units"
        draft.outcome = Refused("too_many_held", (Problem("/lines", "too_many_held", fix, why.wanted),))
    claims.give_up(capped)
    return [draft for draft in failed if draft not in capped], sum(why.busy for why in result.refused)


def _mark_taken(draft: Draft, short: Short, picture: Supply) -> None:
    """The picture was wrong about one place: set it right, and remember that this order tried there."""
    assert draft.plan is not None
    for share in draft.plan.shares:
        choose.give_back(picture.index, share)
    if not short.capped and not short.busy:
        floor = draft.channel.buffer_units if draft.channel else 0
        picture.index.set_free(short.location_id, short.item_id, short.free + floor)
    metres = {share.store_id: share.distance_m for share in draft.plan.shares}
    detail = f"{short.item_id}:{short.free}/{short.wanted}"
    tried = Candidate(short.location_id, metres.get(short.location_id, 0), refused=Condition.TAKEN, detail=detail)
    kept = tuple(c for c in draft.plan.refused if c.refused is Condition.TAKEN)
    draft.plan = Plan(draft.order_id, (), "", "not_enough_stock", (), (*kept, tried), waits=True)


def _wait(draft: Draft, picture: Supply) -> None:
    """Two rounds were in vain: the order waits in the queue, and the picture takes its units back."""
    if draft.plan is not None and draft.plan.shares:
        for share in draft.plan.shares:
            choose.give_back(picture.index, share)
        draft.plan = replace(draft.plan, shares=(), chosen=(), reason="stock_taken_meanwhile", waits=True)


def _wants(draft: Draft) -> list[Want]:
    return [draft.want(share) for share in draft.plan.shares if share.lines] if draft.plan else []


def _sale(draft: Draft, picture: Supply) -> Want | None:
    """What a completed sale took, at the store where it happened; None when that store is not known."""
    store = draft.store_id
    if store is None or store.int == 0 or not draft.lines:
        draft.plan = Plan(draft.order_id, (), "till", "sold_at_counter" if store and store.int else "store_unknown")
        return None
    share = Share(store, 0, draft.lines)
    draft.plan = Plan(draft.order_id, (share,), "till", "sold_at_counter", (Candidate(store, 0),))
    return Want(draft.order_id, store, units_by_item(draft.lines))


def _sell(drafts: Sequence[Draft], sales: Sequence[Want], brand: UUID) -> None:
    """Book the sales; a shortfall is a finding on the order. Clashing holds are re-sourced by their own event."""
    result = sell(sales, brand=brand)
    by_id = {draft.order_id: draft for draft in drafts}
    for shortfall in result.shortfalls:
        by_id[shortfall.order_id].find(
            ExceptionKind.STOCK_SHORT, item_id=str(shortfall.item_id), missing=shortfall.units
        )


def _explain(draft: Draft) -> None:
    """An order that waits says why on the board."""
    plan = draft.plan
    if plan is None or not plan.waits or draft.outcome is not None:
        return
    kind = {
        "address_not_located": ExceptionKind.ADDRESS_UNKNOWN,
        "named_store_lacks_stock": ExceptionKind.STOCK_SHORT,
        "named_store_unknown": ExceptionKind.STORE_UNKNOWN,
    }.get(plan.reason, ExceptionKind.NO_STORE)
    if kind not in {k for k, _ in draft.findings}:
        draft.find(kind, reason=plan.reason)


def _ids(candidates: Sequence[Candidate]) -> set[UUID]:
    return {c.store_id for c in candidates}
