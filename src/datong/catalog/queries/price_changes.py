"""Changes of many prices: what one would come to, and those that were made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.types import AddressText
from datong.catalog import rules
from datong.catalog.queries.quoting import RuleBook, list_rules
from datong.catalog.rules import changes as reckon
from datong.catalog.types import ChangeLine, ChangeState, Flag, Formula, Overlap, Price, PriceChange, PriceList, Wanted
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.pages import read_cursor, write_cursor

SELECTED = """
    SELECT i.id, i.sku, i.title, i.tax_class, own.amount_minor, base.amount_minor, cost.cost_minor, special.n > 0
      FROM catalog_item i
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = i.brand_id AND p.price_list = %(list)s AND p.item_id = i.id
             AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
           ORDER BY p.valid_from DESC LIMIT 1) own ON true
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = i.brand_id AND p.price_list = '' AND p.item_id = i.id
             AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
           ORDER BY p.valid_from DESC LIMIT 1) base ON true
      LEFT JOIN LATERAL (
          SELECT c.cost_minor FROM catalog_cost c
           WHERE c.brand_id = i.brand_id AND c.item_id = i.id AND c.valid_from <= %(at)s
           ORDER BY c.valid_from DESC LIMIT 1) cost ON true
      LEFT JOIN LATERAL (
          SELECT count(*) n FROM catalog_price p
           WHERE p.brand_id = i.brand_id AND p.price_list = %(list)s AND p.item_id = i.id
             AND p.valid_to > %(at)s AND (%(ends)s::timestamptz IS NULL OR p.valid_from < %(ends)s::timestamptz)
             AND p.valid_from <> %(at)s) special ON true
     WHERE i.brand_id = %(brand)s AND i.active
       AND (%(category)s = '' OR i.category = %(category)s OR starts_with(i.category, %(category)s || '/'))
       AND (%(skus)s::text[] IS NULL OR i.sku = ANY(%(skus)s::text[]))
       AND (%(words)s::text[] IS NULL OR i.words LIKE ALL (%(words)s::text[]))
     ORDER BY i.sku LIMIT %(limit)s
"""


def reckon_change(brand_id: UUID, wanted: Wanted) -> tuple[str, list[ChangeLine]]:
    """The list's currency and the line of every selected product, those left out with why; one statement.

    Raises BadInput for what cannot be used, an unknown list, SKUs that do not exist, and more products than one change
    may hold.
    """
    now = clock.now()
    rules.check_wanted(wanted, now)
    with in_brand(brand_id):
        book = list_rules(brand_id)
        price_list = book.lists.get(wanted.price_list)
        if price_list is None:
            raise BadValue("price_list", wanted.price_list, "a price list of the brand")
        named = list(wanted.own or wanted.skus)
        words = [f"%{word.translate(_LITERAL)}%" for word in wanted.search.lower().split()][:8]
        at = wanted.begins or now
        found = rows(
            SELECTED,
            {
                "brand": brand_id,
                "list": wanted.price_list,
                "at": at,
                "ends": wanted.ends,
                "category": wanted.category,
                "skus": [sku for sku in named if rules.is_sku(sku)] if named else None,
                "words": words or None,
                "limit": reckon.MAX_LINES + 1,
            },
        )
    if len(found) > reckon.MAX_LINES:
        raise BadValue("selection", len(found), f"at most {reckon.MAX_LINES} products; choose fewer")
    missing = sorted(set(named) - {row[1] for row in found}) if not (wanted.category or words) else []
    if missing:
        fix = f"SKUs on sale; {len(missing)} are not: {', '.join(missing[:10])}"
        raise BadValue("skus", missing[0], fix)
    return price_list.currency, [_line(row, wanted, price_list, book, at) for row in found]


_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _line(row: tuple[Any, ...], wanted: Wanted, price_list: PriceList, book: RuleBook, at: datetime) -> ChangeLine:
    item_id, sku, title, tax_class, own, base, cost, special = row
    after = reckon.new_price(own, base, wanted, wanted.own.get(sku), price_list.currency)
    if wanted.formula is Formula.MATCH and own is None:
        after = None
    rate = book.taxes.taxed(tax_class, AddressText(), at).ppm
    before = own if own is not None or wanted.price_list else base
    was, will = (reckon.margin_bps(p, cost, rate, inclusive=price_list.tax_inclusive) for p in (before, after))
    flags = reckon.flags_of(before, after, will)
    if special and not reckon.LEFT_OUT & set(flags):
        flags.append(Flag.OVERLAPS)
    kept = after if after is not None and after >= 0 else before or 0
    return ChangeLine(item_id, sku, title, before, kept, cost, was, will, tuple(flags))


CHANGES = """
    SELECT id, state, wanted::text, reason, currency, made_by, made_at, count, left_out, below_cost, big_jumps,
           worth_minor, begins, approval_id, decided_by, decided_at, undoes
      FROM catalog_pricechange
     WHERE brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
       AND (%(cursor)s::uuid IS NULL OR id < %(cursor)s::uuid) AND (%(id)s::uuid IS NOT NULL OR state <> 'draft')
     ORDER BY id DESC LIMIT %(limit)s
"""


def get_change(brand_id: UUID, change_id: UUID) -> PriceChange:
    """One change; a refused or withdrawn request shows as refused. NotFound when there is none."""
    with in_brand(brand_id):
        found = rows(CHANGES, {"brand": brand_id, "id": change_id, "cursor": None, "limit": 1})
        if not found:
            raise NotFound(f"no price change {change_id}")
    return _change(found[0])


def list_changes(brand_id: UUID, *, cursor: str = "", limit: int = 50) -> tuple[list[PriceChange], str]:
    """Changes that were submitted, newest first, and the cursor of the next page."""
    limit = max(1, min(limit, 200))
    with in_brand(brand_id):
        found = rows(CHANGES, {"brand": brand_id, "id": None, "cursor": read_cursor(cursor), "limit": limit + 1})
    changes = [_change(row) for row in found[:limit]]
    return changes, write_cursor(changes[-1].id) if len(found) > limit else ""


def _change(row: tuple[Any, ...]) -> PriceChange:
    change_id, state, wanted, *rest = row
    return PriceChange(change_id, ChangeState(state), msgspec.json.decode(wanted, type=Wanted), *rest)


LINES = """
    SELECT l.item_id, i.sku, i.title, l.before_minor, l.after_minor, l.cost_minor, l.margin_before_bps,
           l.margin_after_bps, l.flags, l.price_list, l.begins, l.ends, l.number
      FROM catalog_pricechangeline l JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
     WHERE l.brand_id = %(brand)s AND l.change_id = %(change)s AND l.number > %(after)s
       AND (%(flag)s = '' OR %(flag)s = ANY(l.flags))
     ORDER BY l.number LIMIT %(limit)s
"""


def change_lines(
    brand_id: UUID, change_id: UUID, *, after: int = 0, flag: str = "", limit: int = 100
) -> list[ChangeLine]:
    """The lines of a change, from the one after number `after` on; those with a flag only, if named."""
    with in_brand(brand_id):
        found = rows(
            LINES, {"brand": brand_id, "change": change_id, "after": after, "flag": flag, "limit": min(limit, 20_000)}
        )
    return [_change_line(*row) for row in found]


def _change_line(
    item: UUID, sku: str, title: str, before: int | None, after: int, cost: int | None, was: int | None,
    will: int | None, flags: Sequence[str], price_list: str, begins: datetime | None, ends: datetime | None,
    number: int,
) -> ChangeLine:  # fmt: skip
    looks = tuple(map(Flag, flags))
    return ChangeLine(item, sku, title, before, after, cost, was, will, looks, price_list, begins, ends, number)


SPECIALS = """
    SELECT i.sku, p.amount_minor, p.valid_from, p.valid_to, p.price_list
      FROM catalog_price p JOIN catalog_item i ON i.brand_id = p.brand_id AND i.id = p.item_id
     WHERE p.brand_id = %(brand)s AND p.valid_to > %(now)s ORDER BY i.sku LIMIT 20000
"""


def price_overlaps(brand_id: UUID) -> list[Overlap]:
    """Dated specials that hold at the same time now or later: while both do, the one that began last wins."""
    with in_brand(brand_id):
        return rules.overlaps([Price(*row) for row in rows(SPECIALS, {"brand": brand_id, "now": clock.now()})])
