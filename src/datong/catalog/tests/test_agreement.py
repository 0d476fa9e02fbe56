"""The statement that picks prices says the same as the rule it repeats."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from datong.catalog import api, rules
from datong.catalog.types import Ask, AskLine, Item, Price
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.requirement("S-120")
@pytest.mark.parametrize("seed", range(3))
def test_the_database_picks_the_price_that_the_rule_picks(brand, seed):
    dice = random.Random(seed)
    items = [Item(uuid7(), f"sku{n}", f"Item {n}") for n in range(40)]
    prices = [
        Price(item.sku, dice.randrange(10_000), START + timedelta(hours=begin), end and START + timedelta(hours=end))
        for item in items
        for begin in dice.sample(range(30), dice.randrange(6))
        for end in [dice.choice([None, begin + dice.randint(1, 10)])]
    ]
    api.put_items(brand.id, items)
    api.put_prices(brand.id, prices)
    moments = [START + timedelta(hours=dice.randrange(-2, 45)) for _ in range(20)]
    lines = tuple(AskLine(n, item.sku, 1) for n, item in enumerate(items))
    quotes = api.quote([Ask(uuid7(), "USD", at, lines) for at in moments], brand=brand.id)
    for at, quote in zip(moments, quotes, strict=True):
        missing = {problem.sku for problem in quote.problems}
        for line in quote.lines:
            picked = rules.pick_price([price for price in prices if price.sku == line.sku], at)
            assert (None if line.sku in missing else line.unit_minor) == (picked and picked.amount_minor)
