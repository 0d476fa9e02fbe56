"""Quotes, and the rules they are made by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from datong.brand import api as brands
from datong.brand.types import AddressText, Channel, Store
from datong.catalog import rules
from datong.catalog.queries.categories import range_of
from datong.catalog.queries.live import dated_of, tables_of
from datong.catalog.queries.offers import offers_of
from datong.catalog.queries.promotions import policy_of, promotion_of
from datong.catalog.queries.taxmap import list_of_row, tax_map
from datong.catalog.types import (
    Ask,
    Item,
    ItemKind,
    LiveTable,
    Offer,
    PriceList,
    PricePolicy,
    Promotion,
    Quote,
    Rate,
    Scene,
)
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7

MAX_BRANDS_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What is the same for all baskets of a brand, as of `stamp`."""

    stamp: UUID | None = None
    lists: Mapping[str, PriceList] = field(default_factory=dict)
    promotions: Sequence[Promotion] = ()
    taxes: rules.TaxMap = rules.NO_TAXES
    certified: bool = False
    """Whether any customer of the brand has a certificate that frees them of a tax."""
    policies: Sequence[PricePolicy] = ()
    tables: Mapping[str, Sequence[LiveTable]] = field(default_factory=dict)
    dated: Mapping[tuple[str, str], Sequence[Rate]] = field(default_factory=dict)
    since: datetime | None = None
    """`tables` are the live versions by name, the latest first; `dated` the interest and exchange rates that hold at
    `since` or later, by kind and key, the latest first."""
    zone: str = "UTC"
    looks: bool = False
    """Whether a promotion looks at hours or has a condition, so that the facts of store and channel are gathered."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What asks are priced by beside the book: the channels, and the stores that were named when they are needed."""

    policies: Mapping[UUID, tuple[str, str]]
    channels: Mapping[UUID, Channel] = field(default_factory=dict)
    stores: Mapping[UUID, Store] = field(default_factory=dict)
    sold: rules.Range = rules.EVERYWHERE


_books: OrderedDict[UUID, RuleBook] = OrderedDict()

PRICES = """
    SELECT a.n, (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'rules'),
           i.id, i.sku, i.title, i.kind, i.tax_class, i.active, i.category, i.offer,
           own.amount_minor, base.amount_minor,
           i.product_id, (SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'range')
      FROM unnest(%(ns)s::int[], %(skus)s::text[], %(lists)s::text[], %(ats)s::timestamptz[]) a(n, sku, list, at)
      LEFT JOIN catalog_item i ON i.brand_id = %(brand)s AND i.sku = a.sku
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = a.list AND p.item_id = i.id
             AND p.valid_from <= a.at AND (p.valid_to IS NULL OR p.valid_to > a.at)
           ORDER BY p.valid_from DESC LIMIT 1) own ON a.list <> ''
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = '' AND p.item_id = i.id
             AND p.valid_from <= a.at AND (p.valid_to IS NULL OR p.valid_to > a.at)
           ORDER BY p.valid_from DESC LIMIT 1) base ON true
"""


def quote(asks: Sequence[Ask], *, brand: UUID) -> list[Quote]:
    """Price many baskets at once, each at its own moment and door: two statements, whatever their number.

    The channels' policies, the prices with the stamps of the rules, of the assortments and of the items' offers, and
    what of these changed since this process read it (a statement each); so a change holds from its commit on, in every
    process. Raises BadInput for units that are not whole or below one. What cannot be sold as it
    was asked for, and why, is in Quote.problems.
    """
    return [rules.price_ask(ask, terms, uuid7()) for ask, terms in zip(asks, terms_of(asks, brand), strict=True)]


def terms_of(asks: Sequence[Ask], brand: UUID, *, drafts: Sequence[Promotion] = ()) -> list[rules.Terms]:
    """What each basket is priced by; see `quote`. `drafts` stand in for the promotions of the same codes."""
    rules.check_asks(asks)
    if not any(ask.lines for ask in asks):
        return [rules.Terms({}, {}) for _ in asks]
    with in_brand(brand):
        channels = {c.id: c for c in brands.list_channels(brand)}
        book = _books.get(brand) or rule_book(None, brand)
        doors = _doors(asks, channels, book, brand)
        found, by_key = _priced_keys(asks, doors, book, brand)
        fresh = rule_book(found[0][1], brand)
        if fresh is not book:  # the rules changed since this process read them: perhaps the lists, too
            moved = fresh.policies != book.policies or fresh.lists != book.lists
            book, doors = fresh, _doors(asks, channels, fresh, brand)
            if moved:
                found, by_key = _priced_keys(asks, doors, book, brand)
        if drafts:
            book = _with_drafts(book, drafts, brand)
            doors = _doors(asks, channels, book, brand)
        offers = offers_of({row[2]: row[9] for row in found if row[9]}, brand)
        doors = replace(doors, sold=range_of(found[0][-1], brand))
    return [_terms(ask, by_key, doors, book, offers) for ask in asks]


def _doors(asks: Sequence[Ask], channels: Mapping[UUID, Channel], book: RuleBook, brand: UUID) -> Doors:
    policies = {c.id: (c.price_list, c.price_policy_note) for c in channels.values()}
    needed = book.looks or any(policy.regions for policy in book.policies)
    local = book.taxes.local
    named = {ask.store_id for ask in asks if ask.store_id and (needed or (local and ask.place is None))}
    return Doors(policies, channels, brands.stores_by_id(brand, named) if named else {})


def list_of(ask: Ask, doors: Doors, book: RuleBook) -> tuple[str, str]:
    """The list an ask is priced by and why it is not the brand's: ('', '') when it is the brand's."""
    if book.policies:
        store = doors.stores.get(ask.store_id) if ask.store_id else None
        region = store.region if store else ask.region
        policy = rules.policy_of(book.policies, ask.channel_id, ask.store_id, region, ask.at)
        if policy and policy.price_list in book.lists:
            return policy.price_list, policy.reason
    code = rules.list_of(ask, doors.policies, book.lists)
    return code, doors.policies[ask.channel_id][1] if code else ""


def _priced_keys(
    asks: Sequence[Ask], doors: Doors, book: RuleBook, brand: UUID
) -> tuple[list[tuple[Any, ...]], dict[tuple[str, str, datetime], tuple[Any, ...]]]:
    keys = list(dict.fromkeys((line.sku, list_of(ask, doors, book)[0], ask.at) for ask in asks for line in ask.lines))
    found = _prices(keys, brand)
    return found, {keys[row[0]]: row for row in found}


def _prices(keys: Sequence[tuple[str, str, datetime]], brand: UUID) -> list[tuple[Any, ...]]:
    skus, lists, ats = (list(column) for column in zip(*keys, strict=True))
    skus = [sku if rules.is_sku(sku) else "" for sku in skus]
    return rows(PRICES, {"brand": brand, "ns": list(range(len(keys))), "skus": skus, "lists": lists, "ats": ats})


def _terms(
    ask: Ask,
    by_key: Mapping[tuple[str, str, datetime], tuple[Any, ...]],
    doors: Doors,
    book: RuleBook,
    offers: Mapping[UUID, Offer],
) -> rules.Terms:
    code, note = list_of(ask, doors, book)
    own_list, base_list = book.lists.get(code, PriceList(code, "")), book.lists.get("", PriceList("", ""))
    items: dict[str, Item] = {}
    prices: dict[str, int] = {}
    offered: dict[str, Offer] = {}
    for sku in {line.sku for line in ask.lines}:
        row = by_key[(sku, code, ask.at)]
        _, _, item_id, _, title, kind, tax_class, active, category, offer, own, base, product, _ = row
        if item_id is None:
            continue
        if offer and item_id in offers:
            offered[sku] = offers[item_id]
        items[sku] = Item(item_id, sku, title, ItemKind(kind), tax_class, category, active=active, product_id=product)
        unit = rules.unit_price(own if code else base, base, own_list, base_list)
        if unit is not None and ask.currency == own_list.currency:
            prices[sku] = unit
    scene = scene_of(ask, doors, book) if book.looks else rules.NOWHERE
    place = _taxed_at(ask, doors)
    return rules.Terms(items, prices, book.promotions, book.taxes, place, offered, scene, own_list, note, doors.sold)


def _taxed_at(ask: Ask, doors: Doors) -> AddressText:
    """Where tax is due: where it goes, else at the store that is named, else in the region that was said."""
    if ask.place is not None and ask.place != AddressText():
        return ask.place
    store = doors.stores.get(ask.store_id) if ask.store_id else None
    if store is not None:
        return store.address_text
    return AddressText(region=ask.region)


def scene_of(ask: Ask, doors: Doors, book: RuleBook) -> Scene:
    """What promotions may look at beside the basket."""
    channel, store = doors.channels.get(ask.channel_id), doors.stores.get(ask.store_id) if ask.store_id else None
    return Scene(
        zone=book.zone,
        store_zone=store.timezone if store else "",
        store={
            "known": True,
            **{name: getattr(store, name) for name in ("code", "name", "city", "region", "country")},
            "kind": store.kind.value,
            "tier": store.tier or 0,
        }
        if store
        else {},
        channel={"known": True, "code": channel.code, "kind": channel.kind.value} if channel else {},
    )


RULES = """
    SELECT 'stamp', jsonb_build_object('stamp', stamp) FROM catalog_epoch
     WHERE brand_id = %(brand)s AND what = 'rules'
    UNION ALL SELECT 'list', to_jsonb(l) FROM catalog_pricelist l WHERE brand_id = %(brand)s
    UNION ALL SELECT 'promotion', to_jsonb(p) FROM catalog_promotion p WHERE brand_id = %(brand)s
    UNION ALL SELECT 'policy', to_jsonb(w) FROM catalog_pricepolicy w WHERE brand_id = %(brand)s
    UNION ALL SELECT 'levy', to_jsonb(r) FROM catalog_levy r WHERE brand_id = %(brand)s
    UNION ALL SELECT 'jurisdiction', to_jsonb(j) FROM catalog_jurisdiction j WHERE brand_id = %(brand)s
    UNION ALL SELECT 'certified', jsonb_build_object('any', EXISTS (
        SELECT 1 FROM catalog_taxcertificate t WHERE t.brand_id = %(brand)s AND t.ended_at IS NULL))
    UNION ALL SELECT 'table', to_jsonb(t) FROM catalog_decisiontable t WHERE brand_id = %(brand)s AND state = 'live'
    UNION ALL SELECT 'dated', to_jsonb(d) FROM catalog_rate d
     WHERE brand_id = %(brand)s
       AND valid_from >= coalesce((SELECT max(valid_from) FROM catalog_rate h
                                    WHERE h.brand_id = d.brand_id AND h.kind = d.kind AND h.key = d.key
                                      AND h.valid_from <= %(since)s), '-infinity')
"""
STAMP = "SELECT stamp FROM catalog_epoch WHERE brand_id = %(brand)s AND what = 'rules'"
RATES_KEPT = timedelta(days=90)
"""What an order of the last months may ask for; rates of longer ago are read."""


def rule_book(stamp: UUID | None, brand: UUID) -> RuleBook:
    """The brand's lists, promotions and rates; read again when `stamp` is not the remembered one, in one statement."""
    book = _books.get(brand)
    if book is None or book.stamp != stamp:
        book = _read_rules(brand)
        _books[brand] = book
        while len(_books) > MAX_BRANDS_REMEMBERED:
            _books.popitem(last=False)
    return book


def fresh_book(brand: UUID) -> RuleBook:
    """The rule book as it stands now: one statement, two when it changed since this process read it."""
    found = rows(STAMP, {"brand": brand})
    return rule_book(found[0][0] if found else None, brand)


def book_as_quoted(brand: UUID) -> RuleBook:
    """The book the transaction's own quote was made by, without a statement; read when there is none."""
    return _books.get(brand) or rule_book(None, brand)


def _read_rules(brand: UUID) -> RuleBook:
    found: dict[str, list[dict[str, Any]]] = {
        kind: []
        for kind in ("stamp", "list", "promotion", "policy", "levy", "jurisdiction", "certified", "table", "dated")
    }
    since = clock.now() - RATES_KEPT
    for kind, row in rows(RULES, {"brand": brand, "since": since}):
        found[kind].append(msgspec.json.decode(row))
    promotions = tuple(map(promotion_of, found["promotion"]))
    looks = any(promotion.windows or promotion.condition for promotion in promotions)
    owner = brands.get_brand(brand) if looks or found["levy"] else None
    return RuleBook(
        zone=owner.timezone if owner and looks else "UTC",
        looks=looks,
        stamp=UUID(found["stamp"][0]["stamp"]) if found["stamp"] else None,
        lists={row["code"]: list_of_row(row) for row in found["list"]},
        promotions=promotions,
        policies=tuple(policy_of(row) for row in found["policy"]),
        taxes=tax_map(found["jurisdiction"], found["levy"], owner.country if owner else ""),
        certified=found["certified"][0]["any"],
        tables=tables_of(found["table"]),
        dated=dated_of(found["dated"]),
        since=since,
    )


def _with_drafts(book: RuleBook, drafts: Sequence[Promotion], brand: UUID) -> RuleBook:
    codes = {draft.code for draft in drafts}
    promotions = (*(kept for kept in book.promotions if kept.code not in codes), *drafts)
    return replace(book, promotions=promotions, looks=True, zone=brands.get_brand(brand).timezone)


def list_rules(brand_id: UUID) -> RuleBook:
    """Price lists, promotions and tax rates as they stand."""
    with in_brand(brand_id):
        return _read_rules(brand_id)
