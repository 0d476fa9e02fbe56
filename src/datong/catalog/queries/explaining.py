"""A basket explained: the quote with where every part of it is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.catalog import rules
from datong.catalog.queries.quoting import terms_of
from datong.catalog.queries.tables import delivery_fees
from datong.catalog.types import Ask, Explanation, FeeAsk, ListWhy, PriceFrom, Promotion, tax_of_fee
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7

IN_FORCE = """
    SELECT w.sku, w.list, p.amount_minor, p.valid_from, p.valid_to, p.set_by, p.reason
      FROM (SELECT sku, list FROM unnest(%(skus)s::text[]) sku, unnest(%(lists)s::text[]) list) w
      JOIN catalog_item i ON i.brand_id = %(brand)s AND i.sku = w.sku
      JOIN LATERAL (
          SELECT amount_minor, valid_from, valid_to, set_by, reason FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = w.list AND p.item_id = i.id
             AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
           ORDER BY p.valid_from DESC LIMIT 1) p ON true
"""


def explain(ask: Ask, *, brand: UUID, drafts: Sequence[Promotion] = (), distance_m: int | None = None) -> Explanation:
    """The basket priced exactly as `quote` prices it, with why, line by line.

    `drafts` are promotions as they might be: they stand beside the brand's own, in place of those of the same code.
    With a distance, also what its delivery costs. Raises BadInput as `quote` does, and for a draft that could not be
    put.
    """
    rules.check_promotions(drafts)
    with in_brand(brand):
        (terms,) = terms_of([ask], brand, drafts=drafts)
        code, note = terms.sells_by.code, terms.list_note
        skus = [sku for sku in dict.fromkeys(line.sku for line in ask.lines) if rules.is_sku(sku)]
        found = {
            (sku, price_list): row
            for sku, price_list, *row in rows(
                IN_FORCE, {"brand": brand, "skus": skus, "lists": list({code, ""}), "at": ask.at}
            )
        }
        prices = {sku: _from(sku, code, note, found, terms.prices.get(sku)) for sku in skus}
        found_quote = rules.explain_ask(ask, terms, prices, uuid7())
        if distance_m is None:
            return found_quote
        quoted = found_quote.quote
        fee = delivery_fees(brand, [FeeAsk(distance_m, quoted.total_minor, ask.region, ask.at)])[0]
        lines = [(line.taxed, line.total_minor) for line in quoted.lines]
        charged = (quoted.delivery, fee.minor if fee else 0)
        tax = tax_of_fee(charged, lines, inclusive=quoted.tax_inclusive, rounding=quoted.tax_rounding)
        return replace(found_quote, delivery=fee, delivery_tax_minor=tax)


def _from(
    sku: str, code: str, note: str, found: Mapping[tuple[str, str], Sequence[Any]], unit_minor: int | None
) -> PriceFrom:
    base = found.get((sku, ""))
    if unit_minor is None:
        return PriceFrom(ListWhy.NONE, base_minor=base[0] if base else None)
    own = found.get((sku, code)) if code else None
    why = ListWhy.POLICY if own else ListWhy.FALLBACK if code else ListWhy.DEFAULT
    row = own or base
    said = dict(zip(("amount_minor", "valid_from", "valid_to", "set_by", "reason"), row or (), strict=False))
    return PriceFrom(why, code if own else "", note=note if own else "", base_minor=base[0] if base else None, **said)
