"""A price that waits, decided by several people at the same time."""

from __future__ import annotations

from datong.access.types import Role
from datong.catalog import api
from datong.catalog.tests.test_new_prices import person, stock_the_shelf
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import DatongError


def test_two_deciders_at_once_apply_it_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    stock_the_shelf(brand)
    asked = api.change_price(brand.id, "tea", 2600, None, by=person(brand), reason="milk")
    deciders = [person(brand, Role.FINANCE) for _ in range(6)]

    def decide() -> str:
        try:
            api.decide_change(brand.id, asked.id, by=deciders.pop(), approve=True)
        except DatongError as error:
            return type(error).__name__
        return "done"

    said = in_parallel(6, decide)
    assert sorted(said) == ["Conflict"] * 5 + ["done"]
    assert [r.amount_minor for r in api.price_history(brand.id, "tea")] == [2600, 2000]
    with in_brand(brand.id):
        told = rows("SELECT count(*) FROM kernel_outboxevent WHERE name = 'catalog.price_changed'")
    assert told == [(1,)]
