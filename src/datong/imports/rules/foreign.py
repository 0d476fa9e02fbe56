"""Exports of other systems as they are: Shopify, WooCommerce, Odoo. Our columns are put beside theirs.

The headings are those that the systems write today: Shopify's product CSV (both its forms) and inventory CSV, the
built-in product export of WooCommerce, and Odoo's exports with labels or with technical names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from datong.imports.rules.cells import plain
from datong.imports.rules.headings import normal
from datong.imports.types import Raw, Table

Cells = Mapping[str, Raw]
"""A row by its normal headings; what is empty is absent."""
Found = dict[str, Raw]


@dataclass(frozen=True, slots=True)
class Source:
    """An export that is recognised. `needs`: one heading of each group is there. `read` gives our columns of a row, or
    None for a line that is no row of its own; it may remember the lines before (`make` is called once a file)."""

    name: str
    kind: str
    needs: tuple[frozenset[str], ...]
    columns: tuple[str, ...]
    make: Callable[[], Callable[[Cells], Found | None]]

    def fits(self, headings: Iterable[str]) -> int:
        there = {normal(heading) for heading in headings if heading}
        return len(self.needs) if all(group & there for group in self.needs) else 0

    def translate(self, table: Table) -> Table:
        """The table with our columns behind its own; lines that are no rows are left out and counted."""
        names = [normal(heading) for heading in table.headings]
        read, skipped = self.make(), 0
        kept: list[tuple[int, list[Raw], Found]] = []
        for line, cells in table.rows:
            given = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell is not None}
            found = read(given)
            if found is None:
                skipped += 1
                continue
            own = [*cells, *[None] * (len(names) - len(cells))][: len(names)]
            kept.append((line, own, found))
        # Only now: a line may have added to the one above it.
        rows = [(line, [*own, *(found.get(column) for column in self.columns)]) for line, own, found in kept]
        own_count = len(table.headings)
        mapping = {column: own_count + at for at, column in enumerate(self.columns)}
        notes = {**table.notes, "own": own_count, "skipped": skipped, "mapping": mapping}
        return Table((*table.headings, *self.columns), rows, notes)


def pick(cells: Cells, *names: str) -> Raw:
    """The first of these cells that holds something."""
    return next((cells[name] for name in names if plain(cells.get(name)) != ""), None)


def word(cells: Cells, *names: str) -> str:
    return plain(pick(cells, *names))


def _shopify_products() -> Callable[[Cells], Found | None]:
    """A product is a block of lines under one handle; the first has the title, each with a price is a variant."""
    product: dict[str, str] = {}

    def read(cells: Cells) -> Found | None:
        if word(cells, "handle", "urlhandle") != product.get("handle"):
            product.clear()
            product["handle"] = word(cells, "handle", "urlhandle")
        axes = [(f"axis{n}", (f"option{n}name",)) for n in (1, 2, 3)]
        for name, headings in (("title", ("title",)), ("category", ("type", "productcategory")),
                               ("status", ("status",)), *axes):  # fmt: skip
            if word(cells, *headings):
                product[name] = word(cells, *headings)
        sku, price = pick(cells, "variantsku", "sku"), pick(cells, "variantprice", "price")
        if sku is None and price is None:
            return None  # a line that only brings one more picture
        options = {product.get(f"axis{n}", f"option {n}"): word(cells, f"option{n}value") for n in (1, 2, 3)}
        options = {axis: value for axis, value in options.items() if value and value != "Default Title"}
        service = word(cells, "variantrequiresshipping", "requiresshipping").lower() == "false"
        return {
            "sku": _unquoted(sku),
            "title": product.get("title"),
            "product": _code(product["handle"]) if options else None,
            "options": _pairs(options),
            "price": price,
            "gtin": _unquoted(pick(cells, "variantbarcode", "barcode")),
            "category": product.get("category"),
            "kind": "service" if service or word(cells, "giftcard").lower() == "true" else "goods",
            "active": "no" if product.get("status", "active").lower() in ("draft", "archived", "unlisted") else "yes",
        }

    return read


def _code(text: str) -> str | None:
    """A product's code of what the other system calls it. Where letters are lost (绿茶), a mark of the whole text
    stands in for them, so that two products never share a code."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")
    if re.fullmatch(r"[A-Za-z0-9._\s/-]*", text) and len(kept) <= 60:
        return kept or None
    mark = hashlib.sha256(text.encode()).hexdigest()[:10]
    return f"{kept[:48].strip('-')}-{mark}".lstrip("-")


def _pairs(options: Mapping[str, str]) -> str | None:
    plain = [f"{axis.replace(':', ' ')}: {value.replace(';', ',')}" for axis, value in options.items()]
    return "; ".join(plain) or None


def _unquoted(raw: Raw) -> Raw:
    """Shopify writes an apostrophe before a bar code, so that spreadsheets leave it alone."""
    return raw.lstrip("'") if isinstance(raw, str) else raw


def _shopify_stock() -> Callable[[Cells], Found | None]:
    def read(cells: Cells) -> Found | None:
        units = pick(cells, "onhand", "variantinventoryqty", "inventoryquantity", "available")
        sku = pick(cells, "sku", "variantsku")
        if plain(units).lower() == "not stocked" or (units is None and sku is None):
            return None
        return {"sku": _unquoted(sku), "store": pick(cells, "location"), "on_hand": _at_least_zero(units)}

    return read


def _at_least_zero(raw: Raw) -> Raw:
    """What was sold beyond stock is nothing on the shelf."""
    return 0 if re.fullmatch(r"-\d+(?:\.0+)?", plain(raw)) else raw


def _woo_type(cells: Cells) -> set[str]:
    return {part.strip().lower() for part in word(cells, "type").split(",")}


def _woo_value(n: int) -> tuple[str, str]:
    """'Attribute 1 value(s)', as headings are compared."""
    return f"attribute{n}value", f"attribute{n}value(s)"


def _woo_products() -> Callable[[Cells], Found | None]:
    """A variable or grouped product is not sold itself; its variations are lines of their own, below it."""
    above: dict[str, Cells] = {}

    def read(cells: Cells) -> Found | None:
        kinds = _woo_type(cells)
        if kinds & {"variable", "grouped"}:
            above.update({name: cells for name in (word(cells, "sku"), f"id:{word(cells, 'id')}") if name})
            return None
        parent = above.get(word(cells, "parent")) if "variation" in kinds else None
        category = word(parent or cells, "categories").split(",")[0].strip()
        axes = [n for n in range(1, 6) if word(cells, f"attribute{n}name") and word(cells, *_woo_value(n))]
        options = {word(cells, f"attribute{n}name"): word(cells, *_woo_value(n)) for n in axes}
        return {
            "sku": pick(cells, "sku"),
            "title": pick(parent or cells, "name"),
            "product": _code(word(parent, "sku") or f"woo-{word(parent, 'id')}") if parent else None,
            "options": _pairs(options) if parent else None,
            "price": pick(cells, "regularprice"),
            "gtin": pick(cells, "gtin,upc,ean,orisbn", "gtinupceanorisbn", "gtin"),
            "category": category or None,
            "kind": "service" if kinds & {"virtual", "downloadable"} else "goods",
            "tax_class": word(cells, "taxclass").replace("parent", "") or None,
            "active": "yes" if word(cells, "published") in ("1", "") else "no",
        }

    return read


def _woo_stock() -> Callable[[Cells], Found | None]:
    def read(cells: Cells) -> Found | None:
        units = pick(cells, "stock")
        if units is None or plain(units) == "parent" or _woo_type(cells) & {"variable", "grouped"}:
            return None
        return {"sku": pick(cells, "sku"), "on_hand": _at_least_zero(units)}

    return read


_ODOO_SKU = ("internalreference", "defaultcode")
_ODOO_NAME = ("name", "displayname", "productname")


_ODOO_VALUES = ("variantvalues", "producttemplatevariantvalueids", "attributevalues",
                "variantvaluesdisplayname", "producttemplatevariantvalueidsdisplayname")  # fmt: skip
_ODOO_TEMPLATE = (
    "producttemplateexternalid",
    "producttemplateid",
    "producttmplidid",
    "producttemplate",
    "producttmplid",
)


def _odoo_products() -> Callable[[Cells], Found | None]:
    """Lines with variant values are variants of the product they name, or whose name they share. A record with several
    values has lines below it that hold only those values."""
    above: list[tuple[Found, dict[str, str]]] = []

    def read(cells: Cells) -> Found | None:
        variant = word(cells, *_ODOO_VALUES)
        if pick(cells, *_ODOO_NAME) is None and pick(cells, *_ODOO_SKU) is None:
            if variant and above:
                _odoo_variant(*above[0], variant, cells)
            return None
        kind = word(cells, "producttype", "detailedtype", "type").lower()
        if kind == "combo":
            return None
        sold = word(cells, "canbesold", "saleok", "sales").lower()
        active = word(cells, "active").lower()
        found: Found = {
            "sku": pick(cells, *_ODOO_SKU),
            "title": re.sub(r"^\[[^\]]+\]\s*", "", word(cells, *_ODOO_NAME)),
            "price": pick(cells, "salesprice", "saleprice", "listprice", "lstprice", "publicprice"),
            "gtin": pick(cells, "barcode"),
            "category": pick(cells, "productcategory", "productcategorycompletename", "categid", "categidcompletename",
                             "category"),
            "kind": "service" if kind.startswith("service") else "goods",
            "active": "no" if "false" in (sold, active) or "0" in (sold, active) or "no" in (sold, active) else "yes",
        }  # fmt: skip
        above[:] = [(found, {})]
        if variant:
            _odoo_variant(*above[0], variant, cells)
        return found

    return read


def _odoo_variant(found: Found, options: dict[str, str], variant: str, cells: Cells) -> None:
    """Add 'Color: Red, Size: M' to what is chosen of this SKU. Odoo shows a variant as 'Tee (Red, M)': its product's
    name is what stands before."""
    for part in variant.split(","):
        axis, _, value = (text.strip() for text in part.rpartition(":"))
        options[axis or f"option {len(options) + 1}"] = value
    shown = f" ({', '.join(options.values())})"
    found["title"] = title = plain(found["title"]).removesuffix(shown)
    if "product" not in found:
        found["product"] = _code(word(cells, *_ODOO_TEMPLATE) or f"{title} odoo")
    found["options"] = _pairs(options)


def _odoo_stock() -> Callable[[Cells], Found | None]:
    def read(cells: Cells) -> Found | None:
        product = word(cells, "product", "productid")
        coded = re.match(r"\[([^\]]+)\]", product)
        sku = pick(cells, "productinternalreference", "productiddefaultcode", *_ODOO_SKU)
        units = pick(cells, "onhandquantity", "quantity", "inventoriedquantity", "countedquantity", "inventoryquantity",
                     "inventoryquantityautoapply", "quantityonhand", "qtyavailable")  # fmt: skip
        if sku is None and not product:
            return None
        place = word(cells, "warehouse", "warehouseid") or word(cells, "location", "locationid").split("/")[0].strip()
        return {
            "sku": sku if sku is not None else (coded[1] if coded else product),
            "store": place or None,
            "on_hand": _at_least_zero(units),
        }

    return read


def _groups(*groups: str | Sequence[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset([group] if isinstance(group, str) else group) for group in groups)


GOODS = ("sku", "title", "price", "gtin", "category", "kind", "active")
VARIANTS = (*GOODS, "product", "options")
ODOO_UNITS = ("onhandquantity", "quantity", "inventoriedquantity", "countedquantity", "inventoryquantity",
              "inventoryquantityautoapply")  # fmt: skip
SOURCES = (
    Source("shopify", "products", _groups("handle", "variantsku", "variantprice"), VARIANTS, _shopify_products),
    Source("shopify", "products", _groups("urlhandle", "sku", "price"), VARIANTS, _shopify_products),
    Source("shopify", "stock", _groups("handle", "sku", "location", ("onhand", "available")),
           ("store", "sku", "on_hand"), _shopify_stock),
    Source("shopify", "stock", _groups("handle", "variantsku", "variantinventoryqty"), ("sku", "on_hand"),
           _shopify_stock),
    Source("shopify", "stock", _groups("urlhandle", "sku", "inventoryquantity"), ("sku", "on_hand"), _shopify_stock),
    Source("woocommerce", "products", _groups("type", "sku", "name", "regularprice"), (*VARIANTS, "tax_class"),
           _woo_products),
    Source("woocommerce", "stock", _groups("type", "sku", "name", "stock"), ("sku", "on_hand"), _woo_stock),
    Source("odoo", "products", _groups(_ODOO_SKU, _ODOO_NAME), VARIANTS, _odoo_products),
    Source("odoo", "stock", _groups(("product", "productid", "productinternalreference", "productiddefaultcode"),
           ("location", "locationid"), ODOO_UNITS), ("store", "sku", "on_hand"), _odoo_stock),
    Source("odoo", "stock", _groups(_ODOO_SKU, ("quantityonhand", "qtyavailable")), ("sku", "on_hand"), _odoo_stock),
)  # fmt: skip


def recognise(kind: str, headings: Sequence[str]) -> Source | None:
    """Whose export of this kind it is; None for a table that is nobody's we know."""
    fitting = [source for source in SOURCES if source.kind == kind and source.fits(headings)]
    return max(fitting, key=lambda source: source.fits(headings), default=None)


def score(kind: str, headings: Sequence[str]) -> int:
    source = recognise(kind, headings)
    return source.fits(headings) + 1 if source else 0
