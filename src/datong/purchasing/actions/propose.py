"""Order proposals: for each item a supplier sells, what each store should order now, with the figures behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.api import get_brand
from datong.inventory.api import in_transit, stock_of
from datong.kernel import clock, locks
from datong.kernel.db import in_brand
from datong.purchasing import models, rules
from datong.purchasing.actions.buy import create_order
from datong.purchasing.queries import on_order, policies, series, supplier_items, suppliers
from datong.purchasing.types import Forecast, Outlook, Position, Proposal, PurchaseOrder, Supplier, SupplierItem

PAST_DAYS = 112
REVIEW_DAYS = 1
"""How often proposals are made: an order must last until the one after it can arrive."""
CAREFUL = 60
"""Pairs of store and item up to which Holt-Winters is tried too; it takes a hundred times as long as the others."""
MOST_PAIRS = 20_000


def propose(brand: UUID, *, stores: Collection[UUID] | None = None, service: float = rules.SERVICE) -> list[Proposal]:
    """Make proposals anew for these stores (None: all), in place of the earlier ones.

    What is there, held, underway and on order counts; (s, S) where it is set, else the forecast that was least wrong on
    the item's own past at that store.
    """
    now = clock.now()
    with in_brand(brand):
        locks.take(f"purchasing propose {brand}")
        known, best = _sources(brand)
        today = now.astimezone(ZoneInfo(get_brand(brand).timezone)).date()
        until = today - timedelta(days=1)
        past = series(brand, until - timedelta(days=PAST_DAYS - 1), until, items=list(best), stores=stores)
        fixed = policies(brand, stores=stores)
        pairs = sorted(past.keys() | fixed.keys())[:MOST_PAIRS]
        pairs = [(store, item) for store, item in pairs if item in best and store.int]
        where = _positions(brand, pairs)
        made = []
        for store, item in pairs:
            terms = best[item]
            days = _lead(terms, known[terms.supplier_id]) + REVIEW_DAYS
            said = None
            if (store, item) in past and (store, item) not in fixed:
                said = rules.forecast(_from_first(past[store, item]), days, season=7, quick=len(pairs) > CAREFUL)
            policy = fixed.get((store, item))
            units, why, level = rules.order_units(
                where[store, item], terms, policy=policy, forecast=said, cover_days=days, service=service
            )
            if units:
                facts = _facts(where[store, item], said, level, days)
                made.append(Proposal(store, item, terms.supplier_id, units, terms.price_minor, why, facts, now))
        _replace(brand, made, stores)
        return made


def outlook(brand: UUID, store_id: UUID, items: Collection[UUID]) -> dict[UUID, Outlook]:
    """What the forecast says of some items of a store, whatever was fixed for them; items nobody sells us are absent.

    The same figures as a proposal's. Reads their past in one statement; for a page of items, not for a store.
    """
    with in_brand(brand):
        known, best = _sources(brand, items)
        today = clock.now().astimezone(ZoneInfo(get_brand(brand).timezone)).date()
        until = today - timedelta(days=1)
        past = series(brand, until - timedelta(days=PAST_DAYS - 1), until, items=list(best), stores=[store_id])
    made = {}
    for item, terms in best.items():
        days = _lead(terms, known[terms.supplier_id]) + REVIEW_DAYS
        said, level = None, 0
        if (store_id, item) in past:
            said = rules.forecast(_from_first(past[store_id, item]), days, season=7, quick=True)
            _units, _why, level = rules.order_units(Position(0, 0), terms, forecast=said, cover_days=days)
        made[item] = Outlook(days, said, level)
    return made


def _sources(
    brand: UUID, items: Collection[UUID] | None = None
) -> tuple[dict[UUID, Supplier], dict[UUID, SupplierItem]]:
    """The suppliers in use, and of each item the cheapest of their offers."""
    known = {s.id: s for s in suppliers(brand) if s.active}
    best: dict[UUID, SupplierItem] = {}
    for terms in supplier_items(brand, items=items):
        if terms.supplier_id in known:
            best.setdefault(terms.item_id, terms)
    return known, best


def _lead(terms: SupplierItem, supplier: Supplier) -> int:
    return terms.lead_days if terms.lead_days is not None else supplier.lead_days


def _from_first(series: list[float]) -> list[float]:
    """Without the days before the item was first wanted: they say nothing about how it sells."""
    first = next((n for n, units in enumerate(series) if units), len(series))
    return series[first:]


def _positions(brand: UUID, pairs: list[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Position]:
    stores, items = sorted({s for s, _ in pairs}), sorted({i for _, i in pairs})
    stock = {(r.location_id, r.item_id): r for r in stock_of(brand, items=items, locations=stores, limit=500_000)}
    coming, ordered = in_transit(brand), on_order(brand)
    return {
        pair: Position(
            on_hand=stock[pair].on_hand if pair in stock else 0,
            held=stock[pair].reserved if pair in stock else 0,
            in_transit=coming.get(pair, 0),
            on_order=ordered.get(pair, 0),
        )
        for pair in pairs
    }


def _facts(where: Position, said: Forecast | None, level: int, days: int) -> dict[str, float | int | str | None]:
    facts: dict[str, float | int | str | None] = {
        "on_hand": where.on_hand,
        "held": where.held,
        "in_transit": where.in_transit,
        "on_order": where.on_order,
        "level": level,
        "days": days,
    }
    if said is not None:
        facts |= {
            "model": said.model,
            "forecast": round(said.units, 2),
            "sd": round(said.sd, 2),
            "wape": None if said.wape is None else round(said.wape, 3),
            "naive_wape": None if said.naive_wape is None else round(said.naive_wape, 3),
            "mase": None if said.mase is None else round(said.mase, 3),
        }
    return facts


def _replace(brand: UUID, made: list[Proposal], stores: Collection[UUID] | None) -> None:
    old = models.Proposal.objects.filter(brand_id=brand)
    (old if stores is None else old.filter(store_id__in=list(stores))).delete()
    models.Proposal.objects.bulk_create(
        [
            models.Proposal(
                brand_id=brand,
                store_id=p.store_id,
                item_id=p.item_id,
                supplier_id=p.supplier_id,
                units=p.units,
                price_minor=p.price_minor,
                why=p.why,
                facts=p.facts,
                made_at=p.made_at,
            )
            for p in made
        ],
        batch_size=1_000,
    )


def order_proposed(
    brand: UUID, store_id: UUID, supplier_id: UUID, units: Mapping[UUID, int], *, by: str, key: str = ""
) -> PurchaseOrder:
    """Draft an order of proposals as they were reviewed (units by item); they are off the list then."""
    with in_brand(brand):
        order = create_order(brand, supplier_id, store_id, {item: n for item, n in units.items() if n}, by=by, key=key)
        models.Proposal.objects.filter(
            brand_id=brand, store_id=store_id, supplier_id=supplier_id, item_id__in=list(units)
        ).delete()
        return order
