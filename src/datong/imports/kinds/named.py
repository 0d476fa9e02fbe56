"""What rows name: stores by number or name, products by SKU. What is not there is noted with what comes near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from datong.brand import api as brands
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.catalog.types import Item
from datong.imports.types import Context, Row

LONGEST = 14
MOST_NEAR = 12


def stores(rows: Sequence[Row], context: Context, column: str = "store") -> Mapping[str, Store]:
    """Stores by number. The cells' values become numbers, whether a number or a name stood there."""
    known: Mapping[str, Store] = context.once(
        "stores", lambda: {store.code: store for store in brands.list_stores(context.brand.id)}
    )
    by_name: Mapping[str, str | None] = context.once("store names", lambda: _by_name(known.values()))
    for row in rows:
        wanted = row.values.get(column)
        if wanted is None or wanted in known:
            continue
        code = by_name.get(str(wanted).casefold()) or _padded(str(wanted), known)
        if code is None:
            row.wrong(column, "unknown_store", near=among(str(wanted), known))
            del row.values[column]
        elif code.isdigit() and code != wanted and str(wanted).isdigit():
            row.wrong(column, "code_zeros", right=code)
            del row.values[column]
        else:
            row.values[column] = code
    return known


def _by_name(found: Iterable[Store]) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for store in found:
        name = store.name.casefold()
        names[name] = None if name in names else store.code  # a name that two share is nobody's
    return names


def _padded(wanted: str, known: Mapping[str, object]) -> str | None:
    if not wanted.isdigit():
        return None
    return next((wanted.zfill(n) for n in range(len(wanted) + 1, LONGEST + 1) if wanted.zfill(n) in known), None)


def items(rows: Sequence[Row], context: Context) -> Mapping[str, Item]:
    """Items by SKU, of the SKUs that rows name; at most two statements. Those that are not there are noted."""
    wanted = {row.values["sku"] for row in rows if "sku" in row.values}
    known = catalog.items_by_sku(context.brand.id, wanted)
    padded = zeros(wanted - known.keys(), context)
    for row in rows:
        sku = row.values.get("sku")
        if sku is None or sku in known:
            continue
        if sku in padded:
            row.wrong("sku", "code_zeros", right=padded[sku])
        else:
            row.wrong("sku", "unknown_sku", near="")
        del row.values["sku"]
    return known


def zeros(skus: Iterable[str], context: Context) -> dict[str, str]:
    """SKUs of digits that are not known, whose form with zeros in front is; one statement."""
    tried = {
        sku.zfill(n): sku for sku in skus if sku.isdigit() and len(sku) < LONGEST for n in range(len(sku) + 1, LONGEST)
    }
    found = catalog.items_by_sku(context.brand.id, tried) if tried else {}
    return {tried[right]: right for right in sorted(found, reverse=True)}


def among(wanted: str, known: Iterable[str]) -> str:
    """Those that come near, or all of a few."""
    names = sorted(known)
    if len(names) <= MOST_NEAR:
        return ", ".join(names) or "-"
    return ", ".join(get_close_matches(wanted, names[:5000], 5, 0.4) or names[:5]) + ", ..."
