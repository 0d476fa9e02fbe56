"""Which SKUs of different systems are one item: by the mapping file, by GTIN, by the SKU itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datong.shadow.rules.keys import sku_key


@dataclass(frozen=True, slots=True)
class Sku:
    """A SKU as a system writes it; `keeps_stock`: its system's words are preferred for the item's name."""

    system: str
    sku: str
    gtin: str = ""
    keeps_stock: bool = False


Match = tuple[str, str]
"""(item, how): how is 'file', 'gtin' or 'sku'."""


def match_items(skus: Sequence[Sku], mapped: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], Match]:
    """(system, sku) -> (item, how). `mapped` is the mapping file, (system, sku) -> item; it decides.

    A GTIN joins the codes of all SKUs that carry it; the item is named as the system that keeps the stock names it,
    else by the least code. Equal SKUs are one item unless the file says otherwise. The order of `skus` is irrelevant.
    """
    code = {(each.system, each.sku): mapped.get((each.system, each.sku), "") or sku_key(each.sku) for each in skus}
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    preferred = {code[each.system, each.sku] for each in skus if each.keeps_stock}
    named = set(mapped.values())
    first: dict[str, str] = {}
    for each in sorted(skus, key=lambda s: (s.system, s.sku)):
        mine = code[each.system, each.sku]
        if not each.gtin:
            continue
        a, b = root(first.setdefault(each.gtin, mine)), root(mine)
        if a != b:
            best = min((a, b), key=lambda c: (c not in named, c not in preferred, c))
            parent[a] = parent[b] = best
    result = {}
    for each in skus:
        key = each.system, each.sku
        item = root(code[key])
        how = "file" if key in mapped else "sku" if item == sku_key(each.sku) else "gtin"
        result[key] = item, how
    return result
