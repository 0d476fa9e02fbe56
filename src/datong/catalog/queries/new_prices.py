"""Prices that somebody asks for one by one: what each comes to, and those that wait for a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.brand.types import AddressText
from datong.catalog import rules
from datong.catalog.queries.quoting import RuleBook, list_rules
from datong.catalog.rules import changes as reckon
from datong.catalog.types import ChangeLine, NewPrice, PriceList, WaitingPrice
from datong.kernel.bulk import array
from datong.kernel.db import in_brand, rows

ASKED = """
    SELECT a.n, i.id, i.title, i.tax_class, own.amount_minor, own.valid_from, base.amount_minor, cost.cost_minor
      FROM unnest(%(ns)s::int[], %(skus)s::text[], %(lists)s::text[], %(ats)s::timestamptz[]) a(n, sku, list, at)
      JOIN catalog_item i ON i.brand_id = %(brand)s AND i.sku = a.sku
      LEFT JOIN LATERAL (
          SELECT p.amount_minor, p.valid_from FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = a.list AND p.item_id = i.id
             AND p.valid_from <= a.at AND (p.valid_to IS NULL OR p.valid_to > a.at)
           ORDER BY p.valid_from DESC LIMIT 1) own ON true
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = '' AND p.item_id = i.id
             AND p.valid_from <= a.at AND (p.valid_to IS NULL OR p.valid_to > a.at)
           ORDER BY p.valid_from DESC LIMIT 1) base ON a.list <> ''
      LEFT JOIN LATERAL (
          SELECT c.cost_minor FROM catalog_cost c
           WHERE c.brand_id = %(brand)s AND c.item_id = i.id AND c.valid_from <= a.at
           ORDER BY c.valid_from DESC LIMIT 1) cost ON true
     ORDER BY a.n
"""


class Reckoned:
    """A price that was asked for, beside what holds: its line, since when that holds, and what it comes to."""

    __slots__ = ("asked", "first", "line", "since", "worth_minor")

    def __init__(self, asked: NewPrice, line: ChangeLine, since: datetime | None, base_minor: int | None) -> None:
        self.asked, self.line, self.since = asked, line, since
        held = line.before_minor if line.before_minor is not None else base_minor
        self.first = held is None
        """Nothing was ever sold at another price: a first price is no change, and nobody has to approve it."""
        self.worth_minor = 0 if held is None else reckon.worth_minor([(held, line.after_minor)])


def reckon_new(brand_id: UUID, asked: Sequence[NewPrice], now: datetime) -> list[Reckoned]:
    """Each price beside what holds when it begins; one statement. Those of unknown products are left out."""
    if not asked:
        return []
    with in_brand(brand_id):
        book = list_rules(brand_id)
        found = rows(
            ASKED,
            {
                "brand": brand_id,
                "ns": array(map(str, range(len(asked)))),
                "skus": array(one.sku if rules.is_sku(one.sku) else "" for one in asked),
                "lists": array(one.price_list for one in asked),
                "ats": array((one.begins or now).isoformat() for one in asked),
            },
        )
    return [_reckoned(asked[row[0]], row, book, now) for row in found]


def _reckoned(one: NewPrice, row: tuple[Any, ...], book: RuleBook, now: datetime) -> Reckoned:
    _, item_id, title, tax_class, own, since, base, cost = row
    inclusive = book.lists.get(one.price_list, PriceList(one.price_list, "")).tax_inclusive
    rate = book.taxes.taxed(tax_class, AddressText(), one.begins or now).ppm
    was, will = (reckon.margin_bps(p, cost, rate, inclusive=inclusive) for p in (own, one.amount_minor))
    flags = tuple(flag for flag in reckon.flags_of(own, one.amount_minor, will) if flag not in reckon.LEFT_OUT)
    line = ChangeLine(
        item_id, one.sku, title, own, one.amount_minor, cost, was, will, flags, one.price_list, one.begins, one.ends
    )
    return Reckoned(one, line, since, base)


WAITING = """
    SELECT c.id, i.sku, l.price_list, c.currency, l.before_minor, l.after_minor, l.begins, c.made_by, c.made_at,
           c.reason
      FROM catalog_item i
      JOIN catalog_pricechangeline l ON l.brand_id = i.brand_id AND l.item_id = i.id
      JOIN catalog_pricechange c ON c.brand_id = l.brand_id AND c.id = l.change_id AND c.state = 'waiting'
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
     ORDER BY i.sku, c.id DESC, l.number LIMIT 1000
"""


def waiting_prices(brand_id: UUID, skus: Iterable[str]) -> Mapping[str, list[WaitingPrice]]:
    """The prices of these products that wait for a second person, by SKU, the latest request first; one statement."""
    found: dict[str, list[WaitingPrice]] = {}
    with in_brand(brand_id):
        for row in rows(WAITING, {"brand": brand_id, "skus": [sku for sku in skus if rules.is_sku(sku)]}):
            found.setdefault(row[1], []).append(WaitingPrice(*row))
    return found


MARKED = """
    SELECT id FROM catalog_pricechange WHERE brand_id = %(brand)s AND mark = %(mark)s ORDER BY id DESC LIMIT 1
"""


def change_marked(brand_id: UUID, mark: UUID) -> UUID | None:
    """The latest change that was asked for under a mark."""
    with in_brand(brand_id):
        found = rows(MARKED, {"brand": brand_id, "mark": mark})
    return found[0][0] if found else None
