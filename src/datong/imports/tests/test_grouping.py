"""Rows of one file as variants of a product: in, unchanged through an export, and back out."""

from __future__ import annotations

import pytest

from datong.catalog.api import items_by_sku, products_by_code, products_of_skus
from datong.catalog.types import Product, ProductState
from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.imports.types import RunState

HEAD = "sku,title,price,product,options,template,attributes,category\n"
TEA = (
    HEAD
    + "MT-M,Milk tea,18.00,MILK-TEA,size: M,tea_drink,kcal: 320; ingredients: tea,Drinks\n"
    + "MT-L,,22.00,MILK-TEA,size: L,,,\n"
    + "CUP,Cup,12.00,,,,,Tableware\n"
)


def product(desk: Desk, code: str = "MILK-TEA") -> Product:
    return products_by_code(desk.brand.id, [code])[code]


def titles(desk: Desk) -> dict[str, tuple[str, bool]]:
    found = items_by_sku(desk.brand.id, ["MT-M", "MT-L", "CUP"])
    return {sku: (item.title, item.active) for sku, item in found.items()}


def test_rows_with_one_code_are_variants_of_a_product_that_is_on_sale(desk: Desk) -> None:
    run = desk.take("products", TEA)
    assert (run.counts.new, run.counts.bad, desk.told(run)) == (3, 0, [])
    found = product(desk)
    assert (found.title, found.template, found.state, found.category) == (
        "Milk tea", "tea_drink", ProductState.ON_SALE, "Drinks",
    )  # fmt: skip
    assert found.attributes == {"kcal": 320, "ingredients": "tea"}
    assert [(v.sku, v.values) for v in found.variants] == [("MT-M", {"size": "M"}), ("MT-L", {"size": "L"})]
    assert found.modifiers  # those of the template
    assert titles(desk) == {"MT-M": ("Milk tea (M)", True), "MT-L": ("Milk tea (L)", True), "CUP": ("Cup", True)}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_that_comes_back_changes_nothing(desk: Desk, form: str) -> None:
    desk.take("products", TEA)
    before = product(desk)
    data = b"".join(imports.export_file(desk.brand.id, "products", form, "zh-hans", by="ann"))
    run = desk.take("products", data, name=f"products.{form}")
    assert (run.counts.same, run.counts.new, run.counts.changed, desk.told(run)) == (3, 0, 0, [])
    assert product(desk) == before


def test_undo_takes_the_variants_out_again_and_the_same_file_brings_them_back(desk: Desk) -> None:
    run = desk.take("products", TEA)
    back = desk.undo(run)
    assert (back.state, back.left) == (RunState.UNDONE, 0)
    assert titles(desk) == {}
    assert (product(desk).state, product(desk).variants) == (ProductState.WITHDRAWN, ())
    again = desk.take("products", TEA)
    assert (again.counts.new, again.counts.bad) == (3, 0)
    assert (product(desk).state, len(product(desk).variants)) == (ProductState.ON_SALE, 2)


def test_a_product_gets_a_variant_more_and_another_title_and_loses_both_by_undo(desk: Desk) -> None:
    desk.take("products", TEA)
    run = desk.take("products", HEAD + "MT-S,Bubble tea,15.00,MILK-TEA,size: S,,,\nMT-M,,,MILK-TEA,,,,\n")
    assert (run.counts.new, run.counts.changed, run.counts.bad) == (1, 1, 0)
    assert (product(desk).title, [v.sku for v in product(desk).variants]) == ("Bubble tea", ["MT-M", "MT-L", "MT-S"])
    assert product(desk).attributes == {"kcal": 320, "ingredients": "tea"}
    assert desk.undo(run).left == 0
    assert (product(desk).title, [v.sku for v in product(desk).variants]) == ("Milk tea", ["MT-M", "MT-L"])


def test_a_sku_that_was_sold_as_it_stands_becomes_a_variant_and_is_itself_again_by_undo(desk: Desk) -> None:
    desk.take("products", "sku,title\nCUP,Cup\n")
    known = items_by_sku(desk.brand.id, ["CUP"])["CUP"]
    run = desk.take("products", "sku,title,product,options\nCUP,Glass cup,CUPS,color: clear\n")
    assert (run.counts.changed, titles(desk)["CUP"]) == (1, ("Glass cup (clear)", True))
    assert desk.undo(run).left == 0
    assert items_by_sku(desk.brand.id, ["CUP"])["CUP"] == known
    assert products_of_skus(desk.brand.id, ["CUP"]) == {}


def test_rows_that_disagree_about_their_product_are_named(desk: Desk) -> None:
    rows = "A,One,1,P,size: S,,,\nB,Two,1,P,size: M,,,\nC,One,1,P?,size,nope,,\n"
    run = desk.check("products", HEAD + rows)
    assert desk.told(run) == [
        (3, "title", "differs"), (4, "product", "product_code"), (4, "options", "pairs"), (4, "template", "choice"),
    ]  # fmt: skip
    assert desk.faults(run)[0].facts == {"product": "P", "above": 2}


def test_what_a_template_demands_is_named_in_the_row_that_lacks_it(desk: Desk) -> None:
    run = desk.take("products", HEAD + "DINNER,Dinner,88,DINNER,,catering,,\n")
    (fault,) = desk.faults(run)
    assert (fault.line, fault.code) == (2, "refused")
    assert "people: People: required" in str(fault.facts["why"]), fault.facts
    assert products_by_code(desk.brand.id, ["DINNER"]) == {}
