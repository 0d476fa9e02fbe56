"""Products: what is sold, with its usual price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Item, ItemKind, Product
from datong.imports.kinds import grouping, named, pricing
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.db import savepoint
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.orders import api as orders

KINDS = {
    "goods": "goods", "商品": "goods", "实物": "goods", "on_site": "on_site", "on site": "on_site", "现制": "on_site",
    "堂食": "on_site", "service": "service", "服务": "service",
}  # fmt: skip
PLAIN = ("title", "tax_class", "category", "gtin", "active")
STATED = (*PLAIN, "kind")
GROUPED = ("product", "template")
LANGUAGES = {"title_en": "en", "title_zh": "zh-Hans"}
PAGE = 1000


class Products(Kind):
    name = "products"
    title = _("Products")
    about = _("What you sell, a row a SKU, with its usual price. Rows may be variants of one product.")
    icon = "package"
    needs, shows = Action.CATALOG_EDIT, Action.CATALOG_VIEW
    columns = (
        Column("sku", pgettext_lazy("column", "SKU"), cells.code(60),
               _("The number by which every system knows it; as text, with its "
               "zeros."), "CUP-01", needed=True, also=("item", "product code", "商品编码", "货号", "商品编号")),
        Column("title", pgettext_lazy("column", "Title"), cells.text(200),
               _("In the brand's language."), "Cup", first=True,
               also=("name", "product name", "商品名称", "名称", "品名"), width=32),
        Column("price", _("Price"), cells.money, _("In the brand's currency; what differs holds from now on."), "12.00",
               also=("unit price", "retail price", "售价", "零售价", "单价")),
        Column("kind", _("Kind"), cells.choice(KINDS), _("goods; on_site: made or consumed at the place; service: no "
               "stock."), "goods", choices=tuple(ItemKind), also=("type", "商品类型")),
        Column("category", pgettext_lazy("column", "Category"), cells.text(200),
               _("Free text."), "Tableware", clears=True,
               also=("类目", "品类"), width=20),
        Column("gtin", _("GTIN"), cells.gtin, _("The number under the bar code, 8 to 14 digits, as text."),
               "4006381333931", clears=True, also=("barcode", "ean", "upc", "条码", "条形码", "国际条码"), width=18),
        Column("tax_class", _("Tax class"), cells.code(40), _("Names a rate; left out: standard."), "standard",
               also=("tax class",)),
        Column("title_en", _("Title in English"), cells.text(200), _("Where the brand's language is another."), "Cup",
               also=("english title", "英文名", "英文名称"), width=24),
        Column("title_zh", _("Title in Chinese"), cells.text(200), _("Where the brand's language is another."), "杯子",
               also=("chinese title", "中文名", "中文名称"), width=24),
        Column("active", _("On sale"), cells.flag, _("no: kept, and not sold."), "yes", choices=("yes", "no"),
               also=("active", "published", "状态")),
        Column("product", _("Variant of"), grouping.code, _("Code of the product; rows with the same code are its "
               "variants, and the title is the product's. Left out: sold as it stands."), "CUP",
               also=("product", "group", "handle", "款号", "产品编码", "spu")),
        Column("options", _("Variant values"), grouping.pairs, _("Its value on each axis."), "size: L; color: white",
               also=("options", "variant options", "规格值"), width=24),
        Column("template", pgettext_lazy("column", "Template"), cells.code(60),
               _("Code of a product template; left out: retail."), "retail",
               also=("product template", "模板")),
        Column("attributes", _("Attributes"), grouping.pairs, _("What the template asks of the product, by the codes "
               "of its attributes."), "material: glass; origin: PT", also=("properties", "属性值"), width=28),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        if "sku" not in row.values:
            return []
        sku = row.values["sku"]
        return [("item", sku), *([pricing.key("", sku, _since(row))] if "price" in row.values else [])]

    def across(self, context: Context) -> Callable[[Row], None]:
        """Rows of one product say one thing of it."""
        said: dict[tuple[str, str], tuple[Any, int]] = {}
        return lambda row: grouping.across(row, said)

    def look(self, rows: Sequence[Row], context: Context) -> None:
        """A SKU that looks new, and is known with zeros in front, has lost them; at most two statements."""
        grouping.look(rows, context)
        skus = {row.values["sku"] for row in rows if "sku" in row.values}
        numbers = {sku for sku in skus if str(sku).isdigit()}
        since = context.options.get("since", "")
        padded: Mapping[str, str] = {}
        if numbers:
            padded = named.zeros(numbers - catalog.items_by_sku(context.brand.id, numbers).keys(), context)
        for row in rows:
            if since:
                row.values["since"] = since
            if row.values.get("sku") in padded:
                row.wrong("sku", "code_zeros", right=padded[row.values["sku"]])

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = list(keys)
        skus = [key[1] for key in wanted if key[0] == "item"]
        found: dict[Key, State] = {}
        items = catalog.items_by_sku(context.brand.id, skus)
        grouped = [sku for sku, item in items.items() if item.product_id is not None]
        products = catalog.products_of_skus(context.brand.id, grouped) if grouped else {}
        for sku, item in items.items():
            found["item", sku] = state_of(item, products.get(sku))
        return found | pricing.standing([key for key in wanted if key[0] == "price"], context)

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        item, *price = self.keys(row)
        known = before.get(item)
        values = row.values
        state = dict(known) if known else {**BLANK, "id": str(uuid7())}
        state |= {name: values[name] for name in STATED if name in values}
        if titles := {language: values[name] for name, language in LANGUAGES.items() if values.get(name)}:
            state["titles"] = {**state["titles"], **titles}
        if values.get("tax_class") == "":
            state["tax_class"] = "standard"
        found: dict[Key, State] = {item: grouping.wanted(state, values, context)}
        for key in price:
            found[key] = _priced(key, row.values["price"])
        return found

    def write(self, changes: Sequence[Change], context: Context) -> None:
        items = [c for c in changes if c.key[0] == "item"]
        reason = f"import of {context.file}"[:300]
        self._put([(c.key[1], c.after) for c in items], [c for c in items if _moved(c)], context, reason)
        pricing.write([c for c in changes if c.key[0] == "price"], context)

    def in_use(self, changes: Sequence[Change], context: Context) -> dict[Key, str]:
        ids = {UUID(c.after["id"]): c.key for c in changes if c.key[0] == "item"}
        if not ids:
            return {}
        ordered = orders.items_ordered(context.brand.id, ids, context.at)
        stocked = inventory.items_in_stock(context.brand.id, ids)
        return {ids[i]: "ordered" for i in ordered} | {ids[i]: "in_stock" for i in stocked}

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        pricing.take_back([c for c in changes if c.key[0] == "price"], context)
        items = [c for c in changes if c.key[0] == "item"]
        left = [c for c in items if c.after.get("product") and not _same_product(c)]
        reason = f"undo of {context.file}"[:300]
        self._put([(c.key[1], c.before) for c in items if c.before is not None], left, context, reason)
        _remove([c for c in items if c.before is None], context)

    def apart(self, changes: Sequence[Change], context: Context) -> set[Key]:
        return pricing.apart(changes, context)

    def waits(self, context: Context) -> bool:
        return pricing.waits(context)

    def settle(self, context: Context) -> None:
        pricing.settle(context)

    def unsettle(self, context: Context) -> None:
        pricing.unsettle(context)

    def _put(self, states: Sequence[tuple[str, State]], left: Sequence[Change], context: Context, reason: str) -> None:
        """Items first, so that each has the id it was given; then the products that some are variants of."""
        if left:
            grouping.leave(left, context, reason)
        if states:
            catalog.put_items(context.brand.id, [item_of(sku, state) for sku, state in states], by=context.by)
        if grouped := [(sku, state) for sku, state in states if state.get("product")]:
            grouping.put(grouped, context, reason)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        currency, after = brands.get_brand(brand_id).currency, ""
        while page := catalog.list_items(brand_id, after=after, limit=PAGE):
            held = catalog.prices_in_force(brand_id, [("", item.sku) for item in page], clock.now())
            grouped = [item.sku for item in page if item.product_id is not None]
            products = catalog.products_of_skus(brand_id, grouped) if grouped else {}
            for item in page:
                price = held.get(("", item.sku))
                state = state_of(item, products.get(item.sku))
                yield {
                    **{name: state[name] for name in (*STATED, *GROUPED) if name in state},
                    **{name: state["titles"].get(language, "") for name, language in LANGUAGES.items()},
                    **{name: grouping.told(state.get(name, {})) for name in ("options", "attributes")},
                    "sku": item.sku,
                    "price": str(Money(price[0], currency).decimal) if price else "",
                }
            after = page[-1].sku


def _remove(new: Sequence[Change], context: Context) -> None:
    """Take new items away; one on which a price of another list or a later day stands is off sale instead."""
    if not new:
        return
    try:
        with savepoint():
            catalog.remove_items(context.brand.id, [c.key[1] for c in new], by=context.by)
    except Conflict:
        if len(new) == 1:
            catalog.put_items(
                context.brand.id, [item_of(new[0].key[1], {**new[0].after, "active": False})], by=context.by
            )
            return
        middle = len(new) // 2
        _remove(new[:middle], context)
        _remove(new[middle:], context)


def _since(row: Row) -> str:
    since: str = row.values.get("since", pricing.NOW)
    return since


def _priced(key: Key, amount: int) -> State:
    return {"amount": amount} if key[3] == pricing.NOW else {"amount": amount, "until": None}


def _same_product(change: Change) -> bool:
    return (change.before or {}).get("product") == change.after.get("product")


def _moved(change: Change) -> bool:
    """Whether a SKU leaves one product for another."""
    return bool(change.before and change.before.get("product")) and not _same_product(change)


def state_of(item: Item, product: Product | None = None) -> State:
    """A SKU as it stands; one of a product says what the product says."""
    grouped = grouping.state_of(item, product) if product else {}
    return {
        "title": item.title,
        "tax_class": item.tax_class,
        "category": item.category,
        "gtin": item.gtin,
        "active": item.active,
        "id": str(item.id),
        "kind": item.kind.value,
        "titles": dict(item.titles),
        **grouped,
    }


BLANK = state_of(Item(UUID(int=0), "", ""))
KIND_OF = {kind.value: kind for kind in ItemKind}


def item_of(sku: str, state: Mapping[str, Any]) -> Item:
    return Item(
        UUID(state["id"]), sku, state["title"], KIND_OF[state["kind"]], state["tax_class"], state["category"],
        state["gtin"], state["titles"], state["active"],
    )  # fmt: skip
