"""Which product of a channel is which of ours: read off their listings, by SKU, and watched from then on.

A platform's id is believed only as long as it goes with the SKU it was learned with. An id that carries another SKU
than before was used again for another product: nothing is sent for it until a person says so, because a price or a
stock of one product would stand at another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.catalog.api import items_by_sku
from datong.catalog.types import Item
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import NotFound
from datong.sync.actions.marks import mark_prices, mark_stock
from datong.sync.connectors.registry import connector_of
from datong.sync.queries import Counterpart, address_of, counterparts
from datong.sync.types import Listing

MAX_LISTINGS = 200_000
MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Learned:
    """What the listings told. `unknown`: (sku, title) the channel shows and we do not have, the first of them."""

    seen: int
    linked: int
    new: int
    reused: int
    doubled: int
    gone: int
    without_sku: int
    unknown: tuple[tuple[str, str], ...] = ()


def learn(brand_id: UUID, channel_id: UUID, *, by: str) -> Learned:
    """Read the channel's products and link them. Asks the platform outside of any transaction.

    Raises NotConnected, Unavailable (it does not answer), NotAllowed (it does not believe us).
    """
    connector = connector_of(address_of(brand_id, channel_id))
    try:
        listings = []
        for listing in connector.listings():
            listings.append(listing)
            if len(listings) >= MAX_LISTINGS:
                break
    finally:
        connector.close()
    return apply_listings(brand_id, channel_id, listings, by=by)


def apply_listings(brand_id: UUID, channel_id: UUID, listings: Sequence[Listing], *, by: str) -> Learned:
    """Link what a full list of the channel's products shows. What is new is told its stock and price at once."""
    with in_brand(brand_id):
        locks.take(f"products {channel_id}")
        skus = Counter(listing.sku for listing in listings if listing.sku)
        items = items_by_sku(brand_id, skus)
        known = counterparts(brand_id, channel_id, limit=MAX_LISTINGS)
        plan = _plan(listings, items, skus, known)
        _write(brand_id, channel_id, plan)
        new = [row.item_id for row in plan.rows if row.fault == "" and row.item_id in plan.fresh]
        if new:
            now = clock.now()
            mark_stock(brand_id, new, at=now)
            mark_prices(brand_id, new, at=now)
        faults = Counter(row.fault for row in plan.rows)
        learned = Learned(
            seen=len(listings),
            linked=faults[""],
            new=len(new),
            reused=faults["reused"],
            doubled=faults["doubled"],
            gone=faults["gone"],
            without_sku=sum(not listing.sku for listing in listings),
            unknown=tuple((one.sku, one.title) for one in listings if one.sku and one.sku not in items)[:MAX_SHOWN],
        )
        after = {"seen": learned.seen, "linked": learned.linked, "new": learned.new, "reused": learned.reused}
        audit.record(brand=brand_id, actor=by, verb="sync.learn", subject=f"channel:{channel_id}", after=after)
        return learned


@dataclass(frozen=True, slots=True)
class _Plan:
    rows: list[Counterpart]
    fresh: set[UUID]


def _plan(
    listings: Sequence[Listing], items: dict[str, Item], skus: Counter[str], known: Sequence[Counterpart]
) -> _Plan:
    """The counterparts as they should stand: one an item, those of items that are not listed any more as gone."""
    now = clock.now()
    by_ref = {(k.product_ref, k.variant_ref): k for k in known}
    by_item = {k.item_id: k for k in known}
    made: dict[UUID, Counterpart] = {}
    fresh: set[UUID] = set()
    for one in listings:
        before = by_ref.get((one.ref.product, one.ref.variant))
        if before and before.sku != one.sku:  # the id was another product's
            found = f"{_id(one)} was {before.sku}, now it is {one.sku or 'without a SKU'} ({one.title})"[:300]
            made[before.item_id] = _row(before.item_id, before.sku, one, "reused", found)
            continue
        item = items.get(one.sku) if one.sku else None
        if item is None or (item.id in made and made[item.id].fault == "reused"):
            continue
        fault = "doubled" if skus[one.sku] > 1 else ""
        found = f"{skus[one.sku]} products carry {one.sku}" if fault else ""
        was = by_item.get(item.id)
        if was is None or (was.fault and not fault) or (was.product_ref, was.variant_ref) != _refs(one):
            fresh.add(item.id)
        made.setdefault(item.id, _row(item.id, one.sku, one, fault, found))
    for was in known:
        if was.item_id not in made:
            found = f"{was.product_ref} {was.variant_ref}".strip() + " is not listed any more"
            made[was.item_id] = Counterpart(
                was.item_id,
                was.sku,
                was.product_ref,
                was.variant_ref,
                was.stock_ref,
                was.title,
                "gone",
                found[:300],
                now,
            )
    return _Plan(list(made.values()), fresh)


def _refs(one: Listing) -> tuple[str, str]:
    return one.ref.product, one.ref.variant


def _id(one: Listing) -> str:
    return "/".join(part for part in _refs(one) if part)


def _row(item_id: UUID, sku: str, one: Listing, fault: str, found: str) -> Counterpart:
    return Counterpart(
        item_id, sku, one.ref.product, one.ref.variant, one.ref.stock, one.title[:300], fault, found, clock.now()
    )


CLEAR = """
    DELETE FROM sync_counterpart WHERE brand_id = %(brand)s AND channel_id = %(channel)s
"""
PUT = """
    INSERT INTO sync_counterpart (brand_id, channel_id, item_id, sku, product_ref, variant_ref, stock_ref, title,
                                  fault, found, learned_at)
    SELECT %(brand)s, %(channel)s, u.* FROM unnest(%(items)s::uuid[], %(skus)s::text[], %(products)s::text[],
           %(variants)s::text[], %(stocks)s::text[], %(titles)s::text[], %(faults)s::text[], %(founds)s::text[],
           %(ats)s::timestamptz[]) u
"""


def _write(brand_id: UUID, channel_id: UUID, plan: _Plan) -> None:
    """Anew as a whole: references may have changed hands between items. A ref that two claim stays with the first."""
    held: set[tuple[str, str]] = set()
    kept = []
    for row in sorted(plan.rows, key=lambda row: (row.fault == "gone", row.item_id)):
        if (ref := (row.product_ref, row.variant_ref)) not in held:
            held.add(ref)
            kept.append(row)
    key = {"brand": brand_id, "channel": channel_id}
    execute(CLEAR, key)
    execute(
        PUT,
        {
            **key,
            "items": [row.item_id for row in kept],
            "skus": [row.sku for row in kept],
            "products": [row.product_ref for row in kept],
            "variants": [row.variant_ref for row in kept],
            "stocks": [row.stock_ref for row in kept],
            "titles": [row.title for row in kept],
            "faults": [row.fault for row in kept],
            "founds": [row.found for row in kept],
            "ats": [row.learned_at for row in kept],
        },
    )


FORGET = """
    DELETE FROM sync_counterpart
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND item_id = %(item)s AND fault <> '' RETURNING sku, found
"""


def accept_product(brand_id: UUID, channel_id: UUID, item_id: UUID, *, by: str) -> Learned:
    """A person says that what stands at the channel now is right: the old link is forgotten and the products learned
    again. Raises NotFound when nothing is wrong with this product."""
    with in_brand(brand_id):
        found = rows(FORGET, {"brand": brand_id, "channel": channel_id, "item": item_id})
        if not found:
            raise NotFound("nothing is wrong with this product at the channel")
        before = {"sku": found[0][0], "found": found[0][1]}
        audit.record(brand=brand_id, actor=by, verb="sync.accept", subject=f"channel:{channel_id}", before=before)
    return learn(brand_id, channel_id, by=by)
