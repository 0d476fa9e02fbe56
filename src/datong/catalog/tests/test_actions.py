from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from datong.access.types import Role, Staff
from datong.brand import api as brands
from datong.brand.types import Brand, Channel, ChannelKind
from datong.catalog import api
from datong.catalog.types import (
    Ask,
    AskLine,
    ChangeState,
    Item,
    ItemKind,
    Price,
    PriceList,
    Promotion,
    PromotionKind,
    TaxRate,
)
from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
NOW = clock.now()
LONG_AGO = NOW - timedelta(days=400)
DOOR = uuid7()


def person(name, brand):
    """Somebody whom no limit holds."""
    return Staff(uuid7(), brand.id, name, Role.OWNER)


def an_item(sku: str, title: str = "", **kw: object) -> Item:
    return Item(uuid7(), sku, title or sku.title(), **kw)  # type: ignore[arg-type]


def an_ask(*lines: tuple[str, int], channel: UUID = DOOR, at=NOW, currency="USD", region="") -> Ask:
    return Ask(channel, currency, at, tuple(AskLine(n, sku, units) for n, (sku, units) in enumerate(lines, 1)), region)


def a_channel(brand, code: str, **kw: str) -> UUID:
    return brands.register_channel(brand.id, Channel(uuid7(), code, code, ChannelKind.SITE, role="sell", **kw)).id


@pytest.fixture
def shop(brand):
    """A brand that sells tea at 3.00 and a cup at 8.00 since long ago."""
    api.put_items(brand.id, [an_item("tea", kind=ItemKind.ON_SITE), an_item("cup", "White cup")])
    api.put_prices(brand.id, [Price("tea", 300, LONG_AGO), Price("cup", 800, LONG_AGO)])
    return brand


def events(brand) -> list[tuple[str, str]]:
    with in_brand(brand.id):
        return rows("SELECT name, payload->>'what' FROM kernel_outboxevent ORDER BY id")


def test_a_basket_is_priced_line_by_line(shop):
    [quote] = api.quote([an_ask(("tea", 2), ("cup", 1))], brand=shop.id)
    assert [(q.line_no, q.sku, q.title, q.kind, q.unit_minor, q.total_minor) for q in quote.lines] == [
        (1, "tea", "Tea", ItemKind.ON_SITE, 300, 600),
        (2, "cup", "White cup", ItemKind.GOODS, 800, 800),
    ]
    assert (quote.total_minor, quote.currency, quote.tax_inclusive, quote.problems) == (1400, "USD", True, ())


def test_what_has_no_price_is_named_and_the_rest_is_priced(shop):
    api.put_items(shop.id, [an_item("old", active=False), an_item("new")])
    asks = [an_ask(("tea", 1), ("nope", 1), ("old", 1), ("new", 1)), an_ask(("tea", 1), currency="EUR"), an_ask()]
    first, second, empty = api.quote(asks, brand=shop.id)
    assert [(p.line_no, p.code) for p in first.problems] == [(2, "unknown_sku"), (3, "inactive_item"), (4, "no_price")]
    assert first.total_minor == 300
    assert [p.code for p in second.problems] == ["no_price"]
    assert (empty.total_minor, empty.lines) == (0, ())
    with pytest.raises(BadInput):
        api.quote([an_ask(("tea", 0))], brand=shop.id)


def test_what_no_database_can_hold_is_unknown_and_breaks_nothing(shop):
    strange = ["tea\x00", "\ud800", "", " tea", "a" * 61]
    [quote] = api.quote([an_ask(("tea", 1), *((sku, 1) for sku in strange))], brand=shop.id)
    assert [p.code for p in quote.problems] == ["unknown_sku"] * 5
    assert quote.total_minor == 300
    assert set(api.items_by_sku(shop.id, [*strange, "tea"])) == {"tea"}
    assert api.search_items(shop.id, "te\x00") == []
    for title in ("a\x00", "\ud800"):
        with pytest.raises(BadInput):
            api.put_items(shop.id, [an_item("new", title)])


def test_another_brand_has_none_of_it(shop, make_brand):
    [quote] = api.quote([an_ask(("tea", 1))], brand=make_brand().id)
    assert [p.code for p in quote.problems] == ["unknown_sku"]


@pytest.mark.requirement("S-115")
def test_every_door_quotes_one_price_unless_a_policy_with_a_reason_says_otherwise(shop):
    web, till = a_channel(shop, "web"), a_channel(shop, "till")
    airport = a_channel(shop, "airport", price_list="airport", price_policy_note="rent of the airport")
    api.put_price_lists(shop.id, [PriceList("airport", "USD")])
    api.put_prices(shop.id, [Price("tea", 450, LONG_AGO, price_list="airport")])
    asks = [an_ask(("tea", 1), ("cup", 1), channel=channel) for channel in (web, till, airport, DOOR)]
    quotes = api.quote(asks, brand=shop.id)
    assert [[line.unit_minor for line in quote.lines] for quote in quotes] == [
        [300, 800],
        [300, 800],
        [450, 800],  # what the airport's list does not name costs the same as everywhere
        [300, 800],
    ]


@pytest.mark.requirement("S-115")
def test_a_list_without_a_recorded_reason_does_not_count(shop):
    web = a_channel(shop, "web", price_list="web", price_policy_note="a reason")
    api.put_price_lists(shop.id, [PriceList("web", "USD")])
    api.put_prices(shop.id, [Price("tea", 100, LONG_AGO, price_list="web")])
    with in_brand(shop.id):  # as an old record might be
        execute("UPDATE brand_channel SET price_policy_note = '' WHERE id = %(id)s", {"id": web})
    [quote] = api.quote([an_ask(("tea", 1), channel=web)], brand=shop.id)
    assert quote.total_minor == 300


@pytest.mark.requirement("S-120")
def test_a_price_holds_from_its_date_on_at_every_door(shop):
    doors = [a_channel(shop, code) for code in ("web", "till", "app")]
    start = clock.now() + timedelta(hours=1)
    api.change_price(shop.id, "tea", 350, start, by=person("ann", shop), reason="milk is dearer")
    for at, unit in ((start - timedelta(seconds=1), 300), (start, 350), (start + timedelta(days=9), 350)):
        quotes = api.quote([an_ask(("tea", 1), channel=door, at=at) for door in doors], brand=shop.id)
        assert [quote.total_minor for quote in quotes] == [unit] * 3


@pytest.mark.requirement("S-120")
def test_a_special_lies_over_the_price_and_ends_by_itself(shop):
    special = Price("tea", 200, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    api.put_prices(shop.id, [special])
    asks = [an_ask(("tea", 1), at=NOW + timedelta(hours=hours)) for hours in (-2, 0, 1)]
    assert [quote.total_minor for quote in api.quote(asks, brand=shop.id)] == [300, 200, 300]


def test_a_change_of_price_says_who_why_and_what_held_before(shop):
    with clock.held_at(NOW):
        change = api.change_price(shop.id, "tea", 350, None, by=person("ann", shop), reason="milk is dearer")
    assert (change.state, change.begins, change.made_by, change.currency) == (ChangeState.DONE, NOW, "ann", "USD")
    assert [(r.amount_minor, r.set_by, r.reason, r.replaced) for r in api.price_history(shop.id, "tea")] == [
        (350, "ann", "milk is dearer", False),
        (300, "import", "", False),
    ]
    with in_brand(shop.id):
        [event] = rows(
            "SELECT payload->>'sku', (payload->>'amount_minor')::int, (payload->>'previous_minor')::int, payload->>'by'"
            " FROM kernel_outboxevent WHERE name = 'catalog.price_changed'"
        )
    assert event == ("tea", 350, 300, "ann")


def test_a_corrected_price_keeps_what_stood_before(shop):
    with clock.held_at(NOW):
        api.change_price(shop.id, "tea", 350, None, by=person("ann", shop), reason="milk is dearer")
        api.change_price(shop.id, "tea", 360, None, by=person("ben", shop), reason="typing error")
        api.change_price(shop.id, "tea", 360, None, by=person("cid", shop), reason="says the same")
    assert [(r.amount_minor, r.set_by, r.replaced) for r in api.price_history(shop.id, "tea")] == [
        (360, "ben", False),
        (350, "ann", True),
        (300, "import", False),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_minor": -1}, "prices/0/amount_minor"),
        ({"valid_from": NOW - timedelta(days=1)}, "valid_from"),
        ({"reason": ""}, "reason"),
        ({"price_list": "gone"}, "price_list"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_changes(shop, change, field):
    before = events(shop)
    good = {"sku": "tea", "amount_minor": 350, "valid_from": None, "by": person("ann", shop), "reason": "milk"}
    with pytest.raises(BadInput) as caught:
        api.change_price(shop.id, **{**good, **change})
    assert [problem.field for problem in caught.value.problems] == [field]
    assert [r.amount_minor for r in api.price_history(shop.id, "tea")] == [300]
    assert events(shop) == before
    with pytest.raises(NotFound):
        api.change_price(shop.id, **{**good, "sku": "nope"})


def test_a_promotion_holds_from_the_next_quote_on_and_ends_when_told(shop):
    ask = an_ask(("tea", 10))
    assert api.quote([ask], brand=shop.id)[0].total_minor == 3000
    tenth = Promotion(uuid7(), "tenth", "Ten per cent", PromotionKind.PERCENTAGE, value=1000, skus=frozenset({"tea"}))
    api.put_promotions(shop.id, [tenth])
    [quote] = api.quote([ask], brand=shop.id)
    assert (quote.total_minor, quote.lines[0].promotions) == (2700, ("tenth",))
    fields = {"id": uuid7(), "value": 2000, "channels": frozenset({DOOR}), "valid_from": LONG_AGO}
    api.put_promotions(shop.id, [replace(tenth, **fields)])
    assert api.quote([ask, replace(ask, channel_id=uuid7())], brand=shop.id)[0].total_minor == 2400
    assert api.list_rules(shop.id).promotions == (replace(tenth, **{**fields, "id": tenth.id}),)
    with clock.held_at(NOW - timedelta(seconds=1)):
        api.end_promotion(shop.id, "tenth", by="ann")
        with pytest.raises(NotFound):
            api.end_promotion(shop.id, "tenth", by="ann")
    assert api.quote([ask], brand=shop.id)[0].total_minor == 3000


def test_a_change_that_is_taken_back_is_not_remembered(shop):
    """What a process remembers goes by a random stamp: a rolled-back change cannot pass for a later one."""
    ask = an_ask(("tea", 1))

    class TakenBackError(Exception):
        pass

    with in_brand(shop.id):
        with pytest.raises(TakenBackError), savepoint():
            api.put_promotions(shop.id, [Promotion(uuid7(), "half", "", PromotionKind.PERCENTAGE, value=5000)])
            assert api.quote([ask], brand=shop.id)[0].total_minor == 150
            raise TakenBackError
        assert api.quote([ask], brand=shop.id)[0].total_minor == 300


def test_tax_on_top_or_inside_by_region_and_date(shop):
    rates = [
        TaxRate("standard", 70_000, LONG_AGO),
        TaxRate("standard", 82_500, LONG_AGO, "US-TX"),
        TaxRate("standard", 90_000, NOW + timedelta(days=1), "US-TX"),
    ]
    api.put_tax_rates(shop.id, rates, inclusive=False)
    asks = [
        an_ask(("cup", 1), region="US-TX"),
        an_ask(("cup", 1), region="US-TX", at=NOW + timedelta(days=1)),
        an_ask(("cup", 1)),
    ]
    quotes = api.quote(asks, brand=shop.id)
    assert [(q.total_minor, q.tax_minor, q.tax_inclusive) for q in quotes] == [
        (866, 66, False),
        (872, 72, False),
        (856, 56, False),
    ]
    api.put_tax_rates(shop.id, [], inclusive=True)
    assert [(q.total_minor, q.tax_minor) for q in api.quote(asks[:1], brand=shop.id)] == [(800, 61)]


def test_a_quote_costs_at_most_three_statements_whatever_its_size(shop):
    def cost(asks: list[Ask]) -> int:
        with in_brand(shop.id), count_statements() as seen:
            api.quote(asks, brand=shop.id)
        return len(seen)

    one, many = [an_ask(("tea", 1))], [an_ask(("tea", n), ("cup", 1), ("nope", 2)) for n in range(1, 200)]
    api.put_promotions(shop.id, [])
    assert cost(one) == 3
    assert cost(one) == 2
    assert cost(many) == 2


def test_thousands_of_rows_are_put_in_a_few_statements(brand):
    items = [an_item(f"sku{n:05}") for n in range(12_000)]
    prices = [Price(item.sku, n, LONG_AGO) for n, item in enumerate(items)]
    with in_brand(brand.id), count_statements() as seen:
        assert api.put_items(brand.id, items) == 12_000
        assert api.put_prices(brand.id, prices) == 12_000
        assert api.put_prices(brand.id, prices) == 0
    assert len(seen) < 30
    [quote] = api.quote([an_ask(("sku11999", 1))], brand=brand.id)
    assert quote.total_minor == 11_999


def test_items_are_replaced_by_sku_and_keep_their_id(shop):
    before = api.items_by_sku(shop.id, ["tea", "nope"])
    new = an_item("tea", "Green tea", tax_class="food", gtin="4006381333931", titles={"zh-Hans": "绿茶"})
    api.put_items(shop.id, [new])
    after = api.items_by_sku(shop.id, ["tea"])["tea"]
    assert after == replace(new, id=before["tea"].id)
    assert api.items_by_id(shop.id, [after.id]) == {after.id: after}
    assert [item.sku for item in api.list_items(shop.id)] == ["cup", "tea"]
    assert [item.sku for item in api.list_items(shop.id, after="cup")] == ["tea"]
    with pytest.raises(Conflict):
        api.put_items(shop.id, [Item(after.id, "other", "Other")])
    assert api.items_by_sku(shop.id, ["other"]) == {}


def test_bad_rows_are_named_and_none_is_put(shop):
    with pytest.raises(BadInput) as caught:
        api.put_prices(shop.id, [Price("tea", 1, NOW), Price("nope", 1, NOW)])
    assert [(p.field, p.value) for p in caught.value.problems] == [("prices/1/sku", "nope")]
    with pytest.raises(BadInput) as caught:
        api.put_prices(shop.id, [Price("tea", 1, NOW, price_list="gone")])
    assert [p.field for p in caught.value.problems] == ["prices/0/price_list"]
    with pytest.raises(BadInput) as caught:
        api.put_price_lists(shop.id, [PriceList("", "EUR")])
    assert [p.field for p in caught.value.problems] == ["price_lists/0/currency"]
    assert [r.amount_minor for r in api.price_history(shop.id, "tea")] == [300]


@pytest.mark.requirement("S-116")
def test_items_are_found_by_words_in_any_language_and_by_number(shop, make_brand):
    api.put_items(
        shop.id,
        [
            an_item("T-100%", "Jasmine green tea", titles={"zh-Hans": "茉莉绿茶"}, gtin="4006381333931"),
            an_item("T-200", "Green jasmine candle", active=False),
        ],
    )

    def found(text: str) -> list[str]:
        return [item.sku for item in api.search_items(shop.id, text)]

    assert found("GREEN jasmine") == ["T-100%", "T-200"]
    assert found("绿茶") == ["T-100%"]
    assert found("638133") == ["T-100%"]
    assert found("0%") == ["T-100%"]
    assert found("%") == ["T-100%"]
    assert found("jasmine coffee") == []
    assert found("  ") == []
    other = make_brand()
    assert api.search_items(other.id, "tea") == []


def test_a_first_large_put_tells_the_planner_how_large_the_catalogue_is(brand: Brand) -> None:
    """A check of a foreign key would keep the plan of an empty table: each price then read all items of the brand."""
    api.put_items(brand.id, [Item(uuid7(), f"MANY-{n:04}", "One of many") for n in range(1000)])
    with in_brand(brand.id):
        ((known,),) = rows("SELECT reltuples >= 1000 FROM pg_class WHERE oid = 'catalog_item'::regclass")
    assert known
