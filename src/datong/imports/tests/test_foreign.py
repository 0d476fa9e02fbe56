"""Exports of Shopify, WooCommerce and Odoo as they are; small files of our own in the shape that each system writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from datong.catalog.api import items_by_sku, prices_in_force, products_by_code, products_of_skus
from datong.catalog.types import ItemKind, ProductState
from datong.imports.tests.conftest import Desk, xlsx
from datong.inventory.api import stock_of
from datong.kernel import clock

FIXTURES = Path(__file__).parent / "fixtures"
SHOPIFY = (FIXTURES / "shopify-products.csv").read_text()
SHOPIFY_STOCK = (FIXTURES / "shopify-inventory.csv").read_text()
WOO = (FIXTURES / "woocommerce-products.csv").read_text()


def titles(desk: Desk, *skus: str) -> dict[str, tuple[str, str, bool]]:
    found = items_by_sku(desk.brand.id, skus)
    return {sku: (item.title, item.kind.value, item.active) for sku, item in found.items()}


def prices(desk: Desk, *skus: str) -> dict[str, int]:
    held = prices_in_force(desk.brand.id, [("", sku) for sku in skus], clock.now())
    return {sku: amount for (_, sku), (amount, _since) in held.items()}


@pytest.mark.requirement("S-60")
def test_the_products_of_shopify_and_its_stock(desk: Desk) -> None:
    run = desk.take("products", SHOPIFY)
    assert (run.source, run.counts.new, run.counts.bad, run.counts.skipped) == ("shopify", 3, 0, 1)
    assert titles(desk, "TEE-S", "TEE-M", "WRAP") == {
        "TEE-S": ("Linen tee (S / Sand)", "goods", True),
        "TEE-M": ("Linen tee (M / Sand)", "goods", True),
        "WRAP": ("Gift wrap", "service", False),
    }
    (tee,) = products_by_code(desk.brand.id, ["tee", "wrap"]).values()
    assert (tee.title, tee.state, tee.axes) == ("Linen tee", ProductState.ON_SALE, ("Size", "Color"))
    assert [(v.sku, v.values) for v in tee.variants] == [
        ("TEE-S", {"Size": "S", "Color": "Sand"}), ("TEE-M", {"Size": "M", "Color": "Sand"}),
    ]  # fmt: skip
    assert items_by_sku(desk.brand.id, ["TEE-S"])["TEE-S"].gtin == "4006381333931"
    assert prices(desk, "TEE-S", "TEE-M", "WRAP") == {"TEE-S": 2400, "TEE-M": 2400, "WRAP": 350}
    stock = desk.take("stock", SHOPIFY_STOCK)
    assert (stock.source, stock.counts.new, stock.counts.bad, stock.counts.skipped) == ("shopify", 2, 0, 1)
    assert sorted(row.on_hand for row in stock_of(desk.brand.id)) == [5, 7]


def test_the_products_file_of_shopify_gives_the_stock_of_one_store(desk: Desk) -> None:
    desk.take("products", SHOPIFY)
    run = desk.take("stock", SHOPIFY, constants={"store": "0001"})
    assert (run.counts.new, [fault.code for fault in desk.faults(run)]) == (2, ["needed", "no_stock"])
    assert sorted(row.on_hand for row in stock_of(desk.brand.id)) == [0, 5]


@pytest.mark.requirement("S-60")
def test_the_products_of_woocommerce(desk: Desk) -> None:
    run = desk.take("products", WOO)
    assert (run.source, run.counts.new, run.counts.bad, run.counts.skipped) == ("woocommerce", 3, 0, 1)
    assert titles(desk, "HOOD-B", "CARD", "MUG", "HOOD") == {
        "HOOD-B": ("Hoodie (Blue)", "goods", True),
        "CARD": ("Gift card", "service", True),
        "MUG": ("Mug", "goods", False),
    }
    hood = products_by_code(desk.brand.id, ["HOOD"])["HOOD"]
    assert (hood.title, hood.category) == ("Hoodie", "Clothing > Hoodies")
    assert [(v.sku, v.values) for v in hood.variants] == [("HOOD-B", {"Color": "Blue"})]
    mug = items_by_sku(desk.brand.id, ["MUG"])["MUG"]
    assert (mug.tax_class, mug.category, mug.kind) == ("reduced-rate", "Cups", ItemKind.GOODS)
    assert prices(desk, "HOOD-B", "CARD", "MUG") == {"HOOD-B": 4500, "CARD": 1000, "MUG": 1250}
    stock = desk.take("stock", WOO, constants={"store": "0002"})
    assert (stock.counts.new, stock.counts.bad) == (2, 0)


@pytest.mark.requirement("S-61", "S-62")
def test_the_products_and_the_stock_of_odoo_from_a_workbook(desk: Desk) -> None:
    products = xlsx(
        ["External ID", "Internal Reference", "Name", "Sales Price", "Barcode", "Product Category", "Product Type",
         "Variant Values", "Can be Sold"],
        ["__export__.p1", "DESK-W", "Desk", 540.0, "4006381333931", "All / Furniture", "Goods", "Color: White", True],
        [None, None, None, None, None, None, None, "Legs: Steel", None],
        ["__export__.p3", "DESK-B", "Desk", 560.0, None, "All / Furniture", "Goods", "Color: Black", True],
        [None, None, None, None, None, None, None, "Legs: Steel", None],
        ["__export__.p2", "FIT", "Fitting", 80, None, "All / Services", "Service", None, True],
    )  # fmt: skip
    run = desk.take("products", products, name="product.xlsx")
    assert (run.source, run.counts.new, run.counts.bad, run.counts.skipped) == ("odoo", 3, 0, 2)
    assert titles(desk, "DESK-W", "FIT")["FIT"] == ("Fitting", "service", True)
    assert titles(desk, "DESK-W")["DESK-W"][0] == "Desk (White / Steel)"
    (desk_code,) = {product.code for product in products_of_skus(desk.brand.id, ["DESK-W", "DESK-B"]).values()}
    table = products_by_code(desk.brand.id, [desk_code])[desk_code]
    assert (table.title, table.axes) == ("Desk", ("Color", "Legs"))
    assert [(v.sku, v.values) for v in table.variants] == [
        ("DESK-W", {"Color": "White", "Legs": "Steel"}), ("DESK-B", {"Color": "Black", "Legs": "Steel"}),
    ]  # fmt: skip
    assert prices(desk, "DESK-W", "DESK-B") == {"DESK-W": 54000, "DESK-B": 56000}
    quants = "id,Product,Location,Quantity\n1,[DESK-W] Desk (White),0001/Stock,12.00\n2,[FIT] Fitting,0002/Stock,1\n"
    stock = desk.take("stock", quants)
    assert (stock.source, stock.counts.new, [f.code for f in desk.faults(stock)]) == ("odoo", 1, ["no_stock"])
    assert [row.on_hand for row in stock_of(desk.brand.id)] == [12]


def test_variants_of_odoo_are_of_the_product_that_is_named_whatever_their_writing(desk: Desk) -> None:
    odoo = """Internal Reference,Name,Sales Price,Variant Values,Product Template
OOL-S,"[OOL-S] 乌龙茶 (小, 热)",8.00,"规格: 小, 温度: 热",oolong
OOL-L,"[OOL-L] 乌龙茶 (大, 热)",9.00,"规格: 大, 温度: 热",oolong
GRN-S,绿茶,8.00,规格: 小,
GRN-L,绿茶,9.00,规格: 大,
RED-S,红茶,8.00,规格: 小,
"""
    run = desk.take("products", odoo)
    assert (run.source, run.counts.new, run.counts.bad) == ("odoo", 5, 0)
    found = products_of_skus(desk.brand.id, ["OOL-S", "OOL-L", "GRN-S", "GRN-L", "RED-S"])
    assert (found["OOL-S"].code, found["OOL-S"].title) == ("oolong", "乌龙茶") == (found["OOL-L"].code, "乌龙茶")
    assert [v.values for v in found["OOL-L"].variants] == [
        {"规格": "小", "温度": "热"}, {"规格": "大", "温度": "热"},
    ]  # fmt: skip
    assert found["GRN-S"].code == found["GRN-L"].code != found["RED-S"].code
    assert [desk.take("products", odoo, again=True).counts.same] == [5], "the same file finds the same products"


def test_bad_rows_of_an_export_come_back_in_its_own_shape(desk: Desk) -> None:
    from datong.imports.api import bad_rows

    run = desk.take("products", SHOPIFY.replace("24.00,true,true,,,,", "x,true,true,,,,"))
    data, _ = bad_rows(desk.brand.id, run.id)
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Handle,Title,Body (HTML),")
    assert lines[0].endswith(",Status,Problem,Fix")
    assert len(lines) == 2
