"""Products of the demo brands: options and a set menu for the tea chain, sizes and a bundle for the retailer.

No group is required, for what platforms and tills send has no options, and what they send must stay orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from datong.catalog import api as catalog
from datong.catalog.types import (
    Category,
    CategoryRun,
    Component,
    Item,
    ItemKind,
    Modifier,
    ModifierChoice,
    Price,
    Product,
    ProductState,
    Variant,
    Words,
)
from datong.inventory import api as inventory
from datong.inventory.types import StockRow
from datong.kernel.ids import uuid7
from datong.site.demo.pictures import hang
from datong.site.demo.types import Good, World

BY = "demo"
DRINKS = frozenset({"原叶茶", "奶茶", "果茶", "咖啡"})
TOPPINGS = (
    ("T-PEARL", "珍珠", "Pearls", 200),
    ("T-COCO", "椰果", "Coconut jelly", 200),
    ("T-TARO", "芋圆", "Taro balls", 300),
)
TOPPING_UNITS = 400
STOCKED_STORES = 40


def make(brand_id: UUID, world: World, stores: Mapping[str, UUID], since: datetime) -> None:
    """Write the products of the world's brand, on sale; a few statements."""
    (_tea if world.brand.key == "tea" else _retail)(brand_id, world, stores, since)


def _choice(code: str, zh: str, en: str, delta: int = 0, uses: str = "") -> ModifierChoice:
    parts = (Component(uses),) if uses else ()
    return ModifierChoice(code, zh, delta, 1, parts, {"en": en, "zh-Hans": zh})


def _group(code: str, zh: str, en: str, most: int, *choices: ModifierChoice) -> Modifier:
    return Modifier(code, zh, 0, most, choices, {"en": en, "zh-Hans": zh})


SIZE = _group("size", "规格", "Size", 1, _choice("size-m", "中杯", "Medium"), _choice("size-l", "大杯", "Large", 300))
SUGAR = _group(
    "sugar", "糖度", "Sugar", 1,
    _choice("sugar-100", "正常糖", "Normal sugar"), _choice("sugar-70", "七分糖", "Less sugar"),
    _choice("sugar-50", "半糖", "Half sugar"), _choice("sugar-0", "无糖", "No sugar"),
)  # fmt: skip
ICE = _group(
    "ice", "冰量", "Ice", 1,
    _choice("ice-normal", "正常冰", "Normal ice"), _choice("ice-less", "少冰", "Less ice"),
    _choice("ice-none", "去冰", "No ice"), _choice("ice-hot", "热", "Hot"),
)  # fmt: skip
EXTRAS = _group(
    "extra", "加料", "Toppings", 3, *(_choice(sku.lower(), zh, en, delta, sku) for sku, zh, en, delta in TOPPINGS)
)


def _tea(brand_id: UUID, world: World, stores: Mapping[str, UUID], since: datetime) -> None:
    toppings = [
        Item(uuid7(), sku, zh, ItemKind.ON_SITE, category="加料", titles={"zh-Hans": zh, "en": en})
        for sku, zh, en, _ in TOPPINGS
    ]
    catalog.put_items(brand_id, toppings, by=BY)
    rows = [StockRow(store, item.id, TOPPING_UNITS) for store in stores.values() for item in toppings]
    inventory.put_stock(brand_id, rows)
    tree = [Category("饮品", "饮品", titles={"en": "Drinks"})]
    tree += [
        Category(c, c, "饮品" if c in DRINKS else "", titles={}) for c in dict.fromkeys(g.category for g in world.goods)
    ]
    tree += [Category("套餐", "套餐", titles={"en": "Set menus"}), Category("周边", "周边", run=CategoryRun.OPEN)]
    catalog.put_categories(brand_id, tree, by=BY)
    products = [
        _plain(good, "tea_drink" if good.category in DRINKS else "retail" if good.kind is ItemKind.GOODS else "food",
               (SIZE, SUGAR, ICE, EXTRAS) if good.category in DRINKS else ())
        for good in world.goods
    ]  # fmt: skip
    drinks = sorted((g for g in world.goods if g.category in DRINKS), key=lambda g: -g.baskets)[:4]
    slots = tuple(
        Modifier(
            f"drink-{n}", f"饮品{n}", 1, 1,
            tuple(_choice(f"d{n}-{g.sku.lower()}", g.title, g.titles["en"], 0, g.sku) for g in drinks),
            {"en": f"Drink {n}", "zh-Hans": f"饮品{n}"},
        )
        for n in (1, 2)
    )  # fmt: skip
    menu = Product(
        uuid7(), "DUO", "set_menu", "午后双人套餐", ProductState.ON_SALE, ItemKind.ON_SITE, owner="总部",
        category="套餐", composed=True, variants=(Variant("DUO", parts=(Component("S02"),)),), modifiers=slots,
        attributes={"serves": 2}, texts={"en": Words("Afternoon set for two"), "zh-Hans": Words("午后双人套餐")},
    )  # fmt: skip
    idea = Product(
        uuid7(), "W01", "tea_drink", "桂花酒酿奶茶", ProductState.IDEA, ItemKind.ON_SITE, owner="研发", category="奶茶",
        tags=("新品",), modifiers=(SUGAR, ICE), texts={"en": Words("Osmanthus rice wine milk tea")},
    )  # fmt: skip
    hang(brand_id, catalog.put_products(brand_id, [*products, menu, idea], by=BY))
    catalog.put_prices(brand_id, [Price("DUO", 3600, since)], by=BY, reason="price list of the demo")


def _plain(good: Good, template: str, modifiers: tuple[Modifier, ...]) -> Product:
    return Product(
        uuid7(), good.sku, template, good.title, ProductState.ON_SALE, good.kind, owner="总部", category=good.category,
        variants=(Variant(good.sku),), modifiers=modifiers,
        texts={code: Words(title) for code, title in good.titles.items()},
    )  # fmt: skip


def _retail(brand_id: UUID, world: World, stores: Mapping[str, UUID], since: datetime) -> None:
    """Twelve of the best sellers, a shirt in sizes and colors, and two best sellers as a bundle."""
    best: Sequence[Good] = sorted(world.goods, key=lambda g: -g.baskets)[:12]
    tree = [
        Category("Home", "Home"),
        Category("Apparel", "Apparel"),
        Category("Guests", "Guest brands", run=CategoryRun.OPEN),
    ]
    tree += [
        Category(c, c, "Home") for c in dict.fromkeys(g.category for g in best) if c and c not in ("Home", "Apparel")
    ]
    catalog.put_categories(brand_id, tree, by=BY)
    plain = [
        Product(
            uuid7(), good.sku, "retail", good.title[:120], ProductState.ON_SALE, good.kind, owner="Merchandising",
            category=good.category, variants=(Variant(good.sku),),
            texts={code: Words(title[:120]) for code, title in good.titles.items()},
        )
        for good in best
        if len(good.title) <= 120
    ]  # fmt: skip
    shirts = [(f"SHIRT-{c[0]}{s}", {"size": s, "color": c}) for c in ("Blue", "Sand") for s in ("S", "M", "L")]
    shirt = Product(
        uuid7(), "SHIRT", "retail", "Market day T-shirt", ProductState.ON_SALE, owner="Merchandising",
        category="Apparel", axes=("size", "color"), tags=("new",),
        variants=tuple(Variant(sku, values) for sku, values in shirts),
        attributes={"material": "Organic cotton", "origin": "Portugal"},
    )  # fmt: skip
    first, second = best[0], best[1]
    bundle = Product(
        uuid7(), "PAIR", "bundle", "Best sellers, a pair", ProductState.ON_SALE, owner="Merchandising", category="Home",
        composed=True, variants=(Variant("PAIR", parts=(Component(first.sku), Component(second.sku))),),
    )  # fmt: skip
    hang(brand_id, catalog.put_products(brand_id, [shirt, *plain, bundle], by=BY))
    pair = (first.list_minor + second.list_minor) * 85 // 100
    prices = [Price("PAIR", pair, since), *(Price(sku, 1900, since) for sku, _ in shirts)]
    catalog.put_prices(brand_id, prices, by=BY, reason="price list of the demo")
    items = catalog.items_by_sku(brand_id, [sku for sku, _ in shirts])
    few = list(stores.values())[:STOCKED_STORES]
    inventory.put_stock(brand_id, [StockRow(store, item.id, 6) for store in few for item in items.values()])
