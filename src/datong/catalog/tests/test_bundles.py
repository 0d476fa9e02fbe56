"""What a bundle is made of and which bundles use an item, as those who show stock at other doors ask it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.catalog import api
from datong.catalog.types import (
    Component,
    ItemKind,
    Modifier,
    ModifierChoice,
    Product,
    ProductState,
    Variant,
)
from datong.kernel.db import count_statements, in_brand, savepoint
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db


def goods(code: str, parts: Mapping[str, int] | None = None, **fields: object) -> Product:
    variant = Variant(code, parts=tuple(Component(sku, units) for sku, units in (parts or {}).items()))
    basis = {"title": code, "variants": (variant,), "composed": bool(parts), "state": ProductState.ON_SALE}
    return Product(uuid7(), code, "retail", **{**basis, **fields})  # type: ignore[arg-type]


def asked(brand, *skus: str):
    """(parts of each by SKU, bundles using them by SKU)."""
    items = api.items_by_sku(brand.id, [*"ABCDEFG", "FIX", "TEA"])
    sku_of = {item.id: sku for sku, item in items.items()}
    ids = [items[sku].id for sku in skus]
    parts = api.parts_of(brand.id, ids)
    using = api.bundles_using(brand.id, ids)
    return (
        {sku_of[item]: {sku_of[part]: units for part, units in found} for item, found in parts.items()},
        {sku_of[item] for item in using},
    )


@pytest.mark.requirement("S-121")
def test_the_parts_of_a_bundle_are_what_lies_on_a_shelf_and_an_item_alone_has_none(brand):
    plain = [goods("A"), goods("B"), goods("FIX", kind=ItemKind.SERVICE)]
    api.put_products(brand.id, [*plain, goods("C", {"A": 2, "B": 1}), goods("E", {"FIX": 1})], by="mia")
    api.put_products(brand.id, [goods("D", {"C": 3, "A": 1, "FIX": 1})], by="mia")
    parts, _ = asked(brand, "A", "C", "D", "E")
    assert parts == {"C": {"A": 2, "B": 1}, "D": {"A": 7, "B": 3}, "E": {}}


@pytest.mark.requirement("S-121")
def test_the_bundles_using_an_item_are_found_through_bundles_within_them_but_not_through_options(brand):
    topping = Modifier("top", "Topping", 0, 1, (ModifierChoice("a", "A", uses=(Component("A"),)),))
    api.put_products(brand.id, [goods("A"), goods("B"), goods("C", {"A": 2})], by="mia")
    api.put_products(brand.id, [goods("D", {"C": 1, "B": 1}), goods("TEA", modifiers=(topping,))], by="mia")
    assert asked(brand, "A")[1] == {"C", "D"}
    assert asked(brand, "B")[1] == {"D"} and asked(brand, "D")[1] == set()
    assert asked(brand, "A", "B")[1] == {"C", "D"}


def test_both_reads_are_one_statement_whatever_the_count(brand, make_brand):
    api.put_products(brand.id, [goods(sku) for sku in "ABC"], by="mia")
    api.put_products(brand.id, [goods("D", {"A": 1}), goods("E", {"A": 1, "B": 2}), goods("F", {"C": 1})], by="mia")
    ids = [item.id for item in api.list_items(brand.id)]
    for some in (ids[:1], ids):
        with in_brand(brand.id), count_statements() as seen:
            api.parts_of(brand.id, some)
            api.bundles_using(brand.id, some)
        assert len(seen) == 2
    other = make_brand()
    assert api.parts_of(other.id, ids) == {} and api.bundles_using(other.id, ids) == set()


made_of = st.fixed_dictionaries(
    {sku: st.dictionaries(st.sampled_from([s for s in "ABCDEFG" if s < sku]), st.integers(1, 3), max_size=3)
     for sku in "DEFG"}
)  # fmt: skip


@given(made_of)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_item_is_a_part_of_exactly_the_bundles_that_use_it(brand, uses):
    class Undo(Exception):
        pass

    try:
        with in_brand(brand.id), savepoint():
            api.put_products(brand.id, [goods(sku) for sku in "ABC"], by="mia")
            for sku, parts in sorted(uses.items()):
                api.put_products(brand.id, [goods(sku, parts)], by="mia")
            parts, _ = asked(brand, *"ABCDEFG")
            for leaf in "ABC":
                assert asked(brand, leaf)[1] == {bundle for bundle, found in parts.items() if leaf in found}
            raise Undo
    except Undo:
        pass
