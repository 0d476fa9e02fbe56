from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.catalog import rules
from datong.catalog.types import (
    Ask,
    AskLine,
    Item,
    ItemKind,
    Piece,
    Price,
    PriceList,
    Promotion,
    PromotionKind,
    Quote,
    TaxRate,
    Tier,
)
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOOR, OTHER_DOOR = uuid7(), uuid7()


def a_promotion(kind: PromotionKind, **kw: object) -> Promotion:
    return Promotion(id=uuid7(), code=str(kw.pop("code", kind.value)), title="", kind=kind, **kw)  # type: ignore[arg-type]


def priced(
    basket: dict[str, tuple[int, int]],
    *promotions: Promotion,
    rate_bps: int = 0,
    inclusive: bool = True,
    at: datetime = NOON,
    channel: UUID = DOOR,
) -> Quote:
    """Price {sku: (unit price, units)}."""
    ask = Ask(
        channel, "CNY", at, tuple(AskLine(i + 1, sku, units) for i, (sku, (_, units)) in enumerate(basket.items()))
    )
    terms = rules.Terms(
        items={sku: Item(uuid7(), sku, sku.title()) for sku in basket},
        prices={sku: unit for sku, (unit, _) in basket.items()},
        promotions=promotions,
        taxes=rules.TaxMap(rates=[TaxRate("standard", rate_bps * 100, NOON - timedelta(days=1))]),
        sells_by=PriceList("", "CNY", inclusive),
    )
    return rules.price_ask(ask, terms, uuid7())


def totals(quote: Quote) -> list[int]:
    return [line.total_minor for line in quote.lines]


@pytest.mark.requirement("S-120")
def test_the_price_that_began_last_and_has_not_ended_holds():
    at = NOON
    base = Price("tea", 1500, at - timedelta(days=30))
    special = Price("tea", 990, at - timedelta(days=1), at + timedelta(days=1))
    later = Price("tea", 1600, at + timedelta(days=1))
    history = [later, special, base]
    assert rules.pick_price(history, at) is special
    assert rules.pick_price(history, at - timedelta(days=2)) is base
    assert rules.pick_price(history, at + timedelta(days=1)) is later
    assert rules.pick_price([special, base], at + timedelta(days=1)) is base
    assert rules.pick_price([later], at) is None
    assert rules.pick_price([special], special.valid_from) is special
    assert rules.pick_price([special], at + timedelta(days=1)) is None


@given(
    st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 20))), max_size=8), st.integers(0, 30)
)
def test_the_price_in_force_is_the_one_a_plain_scan_finds(spans, hour):
    prices = [
        Price("a", i, NOON + timedelta(hours=start), None if length is None else NOON + timedelta(hours=start + length))
        for i, (start, length) in enumerate({start: (start, length) for start, length in spans}.values())
    ]
    at = NOON + timedelta(hours=hour)
    expected = None
    for price in sorted(prices, key=lambda p: p.valid_from):
        if price.valid_from <= at and (price.valid_to is None or at < price.valid_to):
            expected = price
    assert rules.pick_price(prices, at) == expected


@pytest.mark.requirement("S-115")
def test_every_door_sells_by_the_one_list_unless_a_reason_is_recorded():
    lists = {"": PriceList("", "CNY"), "airport": PriceList("airport", "CNY")}
    ask = Ask(DOOR, "CNY", NOON, ())
    assert rules.list_of(ask, {DOOR: ("airport", "rent at the airport")}, lists) == "airport"
    assert rules.list_of(ask, {DOOR: ("airport", " ")}, lists) == ""
    assert rules.list_of(ask, {DOOR: ("gone", "a reason")}, lists) == ""
    assert rules.list_of(ask, {}, lists) == ""


def test_a_list_of_its_own_falls_back_to_the_default_only_when_both_mean_the_same():
    base, own = PriceList("", "CNY"), PriceList("app", "CNY")
    assert rules.unit_price(900, 1000, own, base) == 900
    assert rules.unit_price(0, 1000, own, base) == 0
    assert rules.unit_price(None, 1000, own, base) == 1000
    assert rules.unit_price(None, 1000, replace(own, currency="USD"), base) is None
    assert rules.unit_price(None, 1000, replace(own, tax_inclusive=False), base) is None


def test_ten_percent_off_is_rounded_per_line_half_up():
    quote = priced({"a": (1005, 1), "b": (333, 3)}, a_promotion(PromotionKind.PERCENTAGE, value=1000))
    assert [line.discount_minor for line in quote.lines] == [101, 100]  # 100.5 and 99.9
    assert totals(quote) == [904, 899]
    assert quote.total_minor == 1803


def test_an_amount_off_is_spread_over_the_lines_to_the_last_cent():
    quote = priced(
        {"a": (3333, 1), "b": (3333, 1), "c": (3334, 1)},
        a_promotion(PromotionKind.AMOUNT, value=1000, threshold_minor=10000),
    )
    assert [line.discount_minor for line in quote.lines] == [333, 333, 334]
    assert quote.total_minor == 9000


def test_an_amount_off_waits_for_its_threshold_and_never_exceeds_the_basket():
    off = a_promotion(PromotionKind.AMOUNT, value=1000, threshold_minor=500)
    assert priced({"a": (499, 1)}, off).total_minor == 499
    assert priced({"a": (500, 1)}, off).total_minor == 0
    assert priced({"a": (500, 1)}, off).lines[0].promotions == ("amount",)


def test_buy_two_get_one_gives_the_cheapest_units():
    deal = a_promotion(PromotionKind.BUY_X_GET_Y, x=2, y=1)
    assert totals(priced({"dear": (500, 2), "cheap": (300, 1)}, deal)) == [1000, 0]
    assert totals(priced({"dear": (500, 2)}, deal)) == [1000]
    assert totals(priced({"dear": (500, 4), "cheap": (300, 3)}, deal)) == [2000, 300]
    assert totals(priced({"a": (500, 5)}, a_promotion(PromotionKind.BUY_X_GET_Y, x=2, y=2))) == [1500]
    assert totals(priced({"a": (500, 3)}, a_promotion(PromotionKind.BUY_X_GET_Y, x=2, y=2))) == [1000]


def test_promotions_that_do_not_stack_exclude_each_other_the_higher_priority_first():
    tenth = a_promotion(PromotionKind.PERCENTAGE, code="a-tenth", value=1000)
    fifth = a_promotion(PromotionKind.PERCENTAGE, code="z-fifth", value=2000, priority=5)
    assert priced({"a": (1000, 1)}, tenth, fifth).lines[0].promotions == ("z-fifth",)
    assert priced({"a": (1000, 1)}, tenth, fifth).total_minor == 800
    stacked = priced({"a": (1000, 1)}, replace(tenth, stackable=True), fifth)
    assert stacked.lines[0].promotions == ("z-fifth", "a-tenth")
    assert stacked.total_minor == 720


def test_a_line_that_had_its_promotion_counts_towards_no_threshold():
    half = a_promotion(PromotionKind.PERCENTAGE, code="half", value=5000, priority=5, skus=frozenset({"a"}))
    off = a_promotion(PromotionKind.AMOUNT, code="off", value=100, threshold_minor=1000)
    assert totals(priced({"a": (1000, 1), "b": (900, 1)}, half, off)) == [500, 900]
    assert totals(priced({"a": (1000, 1), "b": (1000, 1)}, half, off)) == [500, 900]


def test_a_promotion_keeps_to_its_items_doors_and_days():
    off = a_promotion(
        PromotionKind.PERCENTAGE,
        value=5000,
        skus=frozenset({"a"}),
        channels=frozenset({DOOR}),
        valid_from=NOON,
        valid_to=NOON + timedelta(hours=1),
    )
    basket = {"a": (100, 1), "b": (100, 1)}
    assert totals(priced(basket, off)) == [50, 100]
    assert totals(priced(basket, off, channel=OTHER_DOOR)) == [100, 100]
    assert totals(priced(basket, off, at=NOON - timedelta(seconds=1))) == [100, 100]
    assert totals(priced(basket, off, at=NOON + timedelta(hours=1))) == [100, 100]


def test_tax_lies_inside_an_inclusive_price_and_on_top_of_an_exclusive_one():
    inside = priced({"a": (1130, 1), "b": (100, 1)}, rate_bps=1300)
    assert [line.tax_minor for line in inside.lines] == [130, 12]  # 11.50 rounds up
    assert (inside.total_minor, inside.tax_minor) == (1230, 142)
    on_top = priced({"a": (1000, 1), "b": (50, 1)}, rate_bps=825, inclusive=False)
    assert [line.tax_minor for line in on_top.lines] == [83, 4]  # 82.5 and 4.125
    assert (on_top.total_minor, on_top.tax_minor) == (1137, 87)


def test_a_line_without_a_price_is_named_and_costs_nothing():
    off = a_promotion(PromotionKind.AMOUNT, value=10)
    ask = Ask(DOOR, "CNY", NOON, tuple(AskLine(n, sku, 1) for n, sku in enumerate(["ok", "old", "new", "none"], 1)))
    terms = rules.Terms(
        items={
            "ok": Item(uuid7(), "ok", "Ok"),
            "old": Item(uuid7(), "old", "Old", ItemKind.ON_SITE, active=False),
            "new": Item(uuid7(), "new", "New"),
        },
        prices={"ok": 100, "old": 100},
        promotions=[off],
    )
    quote = rules.price_ask(ask, terms, uuid7())
    assert [(p.line_no, p.code) for p in quote.problems] == [(2, "inactive_item"), (3, "no_price"), (4, "unknown_sku")]
    assert totals(quote) == [90, 0, 0, 0]
    assert [line.item_id is None for line in quote.lines] == [False, False, False, True]
    assert quote.lines[1].kind is ItemKind.ON_SITE
    assert quote.total_minor == 90


SKUS = [f"sku{i}" for i in range(6)]
baskets = st.dictionaries(st.sampled_from(SKUS), st.tuples(st.integers(0, 10**7), st.integers(1, 60)), min_size=1)
tiers = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**5)), min_size=1, max_size=3).map(
    lambda found: tuple(Tier(sum(a for a, _ in found[: n + 1]) + 10**5, n + off) for n, (_, off) in enumerate(found))
)
bundles = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3), min_size=1, max_size=3).map(
    lambda found: tuple(Piece(sku, units) for sku, units in found.items())
)
names = st.frozensets(st.sampled_from(SKUS), max_size=3)


@st.composite
def promotions(draw: st.DrawFn) -> Promotion:
    """Any promotion at all, of any kind, in any group."""
    kind = draw(st.sampled_from(PromotionKind))
    stackable = draw(st.booleans())
    return a_promotion(
        kind,
        code=draw(st.text("abcdef", min_size=1, max_size=4)),
        value=draw(st.integers(1, 10_000)),
        threshold_minor=draw(st.integers(0, 10**6)),
        x=draw(st.integers(2, 5)),
        y=draw(st.integers(1, 5)),
        skus=draw(names),
        excluded_skus=draw(names),
        priority=draw(st.integers(-3, 3)),
        stackable=stackable,
        group="" if stackable else draw(st.sampled_from(["", "a", "b"])),
        best_of=not stackable and draw(st.booleans()),
        cap_minor=draw(st.sampled_from([0, 0, 1, 777])),
        times=draw(st.sampled_from([0, 0, 1])),
        tiers=draw(tiers) if kind is PromotionKind.THRESHOLDS else (),
        bundle=draw(bundles) if kind is PromotionKind.BUNDLE_PRICE else (),
    )


@given(baskets, st.lists(promotions(), max_size=6, unique_by=lambda p: p.code), st.integers(0, 10_000), st.booleans())
def test_no_promotion_takes_a_line_below_zero_and_the_quote_is_the_sum_of_its_lines(basket, offs, rate, inclusive):
    quote = priced(basket, *offs, rate_bps=rate, inclusive=inclusive)
    for line in quote.lines:
        unit, units = basket[line.sku]
        assert line.total_minor == unit * units - line.discount_minor
        assert 0 <= line.discount_minor <= unit * units
        assert bool(line.discount_minor) == bool(line.promotions)
        base = 10_000 + rate if inclusive else 10_000
        assert abs(line.tax_minor * base - line.total_minor * rate) * 2 <= base
    assert quote.tax_minor == sum(line.tax_minor for line in quote.lines)
    assert quote.total_minor == sum(totals(quote)) + (0 if inclusive else quote.tax_minor)
    group = {promotion.code: promotion.group for promotion in offs if not promotion.stackable}
    for line in quote.lines:
        had = [group[code] for code in line.promotions if code in group]
        assert len(had) == len(set(had))  # one of each group


@given(baskets, st.integers(1, 10**8), st.integers(0, 10**8))
def test_an_amount_off_is_given_exactly_or_not_at_all(basket, value, threshold):
    gross = sum(unit * units for unit, units in basket.values())
    quote = priced(basket, a_promotion(PromotionKind.AMOUNT, value=value, threshold_minor=threshold))
    off = sum(line.discount_minor for line in quote.lines)
    assert off == (min(value, gross) if gross >= threshold else 0)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=6), st.integers(1, 4), st.integers(1, 4))
def test_buy_x_get_y_gives_as_many_units_as_counting_one_by_one(units, x, y):
    """Walk the basket unit by unit: pay x, take y, pay x, ..."""
    basket = {f"sku{i}": (100, n) for i, n in enumerate(units)}
    quote = priced(basket, a_promotion(PromotionKind.BUY_X_GET_Y, x=x, y=y))
    free = sum(1 for i in range(sum(units)) if i % (x + y) >= x)
    assert sum(line.discount_minor for line in quote.lines) == 100 * free


@pytest.mark.parametrize(
    ("check", "value", "fields"),
    [
        (rules.check_items, [Item(uuid7(), " a", "")], ["items/0/sku", "items/0/title"]),
        (rules.check_items, [Item(uuid7(), "a", "A", gtin="4006381333932")], ["items/0/gtin"]),
        (rules.check_items, [Item(uuid7(), "a", "A"), Item(uuid7(), "a", "B")], ["items/1"]),
        (rules.check_prices, [Price("a", -1, NOON)], ["prices/0/amount_minor"]),
        (rules.check_prices, [Price("a", 1.5, NOON)], ["prices/0/amount_minor"]),  # type: ignore[arg-type]
        (rules.check_prices, [Price("a", 1, NOON.replace(tzinfo=None))], ["prices/0/valid_from"]),
        (rules.check_prices, [Price("a", 1, NOON, NOON)], ["prices/0/valid_to"]),
        (rules.check_price_lists, [PriceList("A b", "cny")], ["price_lists/0/code", "price_lists/0/currency"]),
        (rules.check_promotions, [a_promotion(PromotionKind.PERCENTAGE, value=10_001)], ["promotions/0/value"]),
        (rules.check_promotions, [a_promotion(PromotionKind.AMOUNT)], ["promotions/0/value"]),
        (rules.check_promotions, [a_promotion(PromotionKind.BUY_X_GET_Y, x=2)], ["promotions/0/x"]),
        (rules.check_tax_rates, [TaxRate("standard", 1_000_001, NOON)], ["tax_rates/0/rate_ppm"]),
        (rules.check_asks, [Ask(DOOR, "CNY", NOON, (AskLine(1, "a", 0),))], ["asks/0/lines/0/units"]),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(check, value, fields):
    with pytest.raises(BadInput) as caught:
        check(value)
    assert [problem.field for problem in caught.value.problems] == fields


def test_good_reference_data_passes():
    rules.check_items([Item(uuid7(), "85123A", "White hanging heart", gtin="4006381333931")])
    rules.check_prices([Price("a", 0, NOON), Price("a", 0, NOON, price_list="app")])
    needs = {"tiers": (Tier(30, 5), Tier(60, 12)), "bundle": (Piece("a"),), "skus": frozenset({"a"})}
    rules.check_promotions([a_promotion(kind, value=1, x=2, y=1, **needs) for kind in PromotionKind])
    rules.check_tax_rates([TaxRate("standard", 0, NOON), TaxRate("standard", 72_500, NOON, "US-CA")], {})
