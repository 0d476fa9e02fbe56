"""A topping that is out: named by quotes where it is out, until it comes back; stores that lack it are passed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.brand import api as brands
from datong.brand.types import Store
from datong.catalog import api
from datong.catalog.types import Ask, AskLine, Modifier, ModifierChoice, Price, Product, ProductState, Variant
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadInput
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

LONG_AGO = clock.now() - timedelta(days=400)


@pytest.fixture
def stores(brand) -> list[Store]:
    top = Modifier("top", "Topping", 0, 2, (ModifierChoice("pearl", "Pearls", 200), ModifierChoice("coco", "Coco")))
    teas = [
        Product(uuid7(), code, "food", code, ProductState.ON_SALE, variants=(Variant(code),), modifiers=(top,))
        for code in ("TEA", "MILK")
    ]
    api.put_products(brand.id, teas, by="mia")
    api.put_prices(brand.id, [Price(code, 500, LONG_AGO) for code in ("TEA", "MILK")])
    made = [
        Store(
            id=uuid7(),
            code=code,
            name=code,
            place=Point(120.1, 30.2),
            city="Hangzhou",
            timezone="Asia/Shanghai",
            hours=brands.always_open(),
        )
        for code in ("A", "B")
    ]
    brands.put_stores(brand.id, made)
    return made


def quoted(brand, *options: str, store: Store | None = None, sku: str = "TEA", at=None):
    when = at or clock.now()
    ask = Ask(uuid7(), "USD", when, (AskLine(1, sku, 1, options),), store_id=store.id if store else None)
    return api.quote([ask], brand=brand.id)[0]


def codes(*args, **kwargs) -> list[tuple[str, object]]:
    return [(p.code, p.value) for p in quoted(*args, **kwargs).problems]


def test_a_choice_that_is_out_at_a_store_is_named_there_and_sold_elsewhere(brand, stores):
    a, b = stores
    assert codes(brand, "pearl", store=a) == []
    assert api.sell_choices_out(brand.id, ["pearl"], store_id=a.id, by="bo", reason="none left") == 1
    assert api.sell_choices_out(brand.id, ["pearl"], store_id=a.id, by="bo") == 0
    assert (
        codes(brand, "pearl", store=a) == codes(brand, "pearl", store=a, sku="MILK") == [("option_sold_out", "pearl")]
    )
    assert codes(brand, "pearl", store=b) == codes(brand, "coco", store=a) == codes(brand, store=a) == []
    nowhere = quoted(brand, "pearl")
    assert nowhere.problems == () and nowhere.lines[0].not_at == {a.id}
    assert quoted(brand, "coco").lines[0].not_at == set()
    assert api.sell_choices_again(brand.id, ["pearl"], store_id=a.id, by="bo") == 1
    assert api.sell_choices_again(brand.id, ["pearl"], store_id=a.id, by="bo") == 0
    assert codes(brand, "pearl", store=a) == []
    trail = audit.page(brand.id, subject="choice pearl").entries
    assert [(e.verb, e.store_id, e.reason) for e in trail] == [
        ("choice.back", a.id, ""), ("choice.sold_out", a.id, "none left"),
    ]  # fmt: skip


def test_a_choice_that_is_out_everywhere_comes_back_by_itself(brand, stores):
    morning = clock.now() + timedelta(hours=9)
    api.sell_choices_out(brand.id, ["pearl", "coco"], until=morning, by="bo")
    quote = quoted(brand, "pearl", "coco")
    assert [p.code for p in quote.problems] == ["option_sold_out"] * 2 and morning.isoformat() in quote.problems[0].fix
    assert codes(brand, "pearl", store=stores[0]) == [("option_sold_out", "pearl")]
    assert codes(brand, "pearl", at=morning) == []
    assert [o.code for o in api.choices_out(brand.id, clock.now())] == ["coco", "pearl"]
    assert api.choices_out(brand.id, morning) == []


def test_what_is_no_choice_no_store_or_no_time_to_come_is_named(brand, stores, make_brand):
    for wrong in (
        {"codes": ["salt"]},
        {"codes": ["pearl"], "store_id": uuid7()},
        {"codes": ["pearl"], "until": clock.now() - timedelta(minutes=1)},
    ):
        with pytest.raises(BadInput) as error:
            api.sell_choices_out(brand.id, by="bo", **wrong)
        assert error.value.problems[0].fix
    assert api.choices_out(brand.id, clock.now()) == []
    other = make_brand()
    assert api.choices_of(other.id) == {} and list(api.choices_of(brand.id)) == ["coco", "pearl"]


def test_a_quote_reads_no_more_for_choices_that_are_out(brand, stores):
    api.sell_choices_out(brand.id, ["pearl"], by="bo")
    quoted(brand, "pearl")
    with in_brand(brand.id), count_statements() as seen:
        quoted(brand, "pearl")
    assert len(seen) <= 3
