"""Options of a product: which are taken, what they cost, what they use up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.catalog import rules
from datong.catalog.types import Ask, AskLine, Choice, Group, Item, ItemKind, Offer, Part, Promotion, PromotionKind
from datong.kernel.ids import uuid7

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CUP, TEA, PEARL = (Item(uuid7(), sku, sku.title(), ItemKind.ON_SITE) for sku in ("CUP", "TEA", "PEARL"))
FIX = Item(uuid7(), "FIX", "Repair", ItemKind.SERVICE)


def part(item: Item, units: int = 1) -> Part:
    return Part(item.id, item.sku, units)


SUGAR = Group("sugar", "Sugar", 1, 1, (Choice("full", "Full"), Choice("half", "Half", -50)))
TOPPING = Group(
    "topping", "Topping", 0, 3, (Choice("pearl", "Pearls", 200, 2, (part(PEARL),)), Choice("jelly", "Jelly", 150))
)
TEA_OFFER = Offer(UUID(int=1), groups=(SUGAR, TOPPING))


def codes(line: AskLine, offer: Offer | None = TEA_OFFER) -> list[tuple[str, str]]:
    return [(problem.code, problem.value) for problem in rules.choose(line, offer, NOON)[1]]


def test_choices_are_kept_in_the_order_of_their_groups_with_how_often_they_were_taken():
    chosen, problems = rules.choose(AskLine(1, "TEA", 1, ("pearl", "half", "pearl")), TEA_OFFER, NOON)
    assert [(c.group, c.code, c.delta_minor, c.units) for c in chosen] == [
        ("Sugar", "half", -50, 1),
        ("Topping", "pearl", 200, 2),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), [("option_required", "sugar")]),
        (("full", "half"), [("too_many_options", "full, half")]),
        (("full", "salt"), [("unknown_option", "salt")]),
        (("full", "pearl", "pearl", "pearl"), [("too_many_options", "pearl")]),
        (
            ("full", "pearl", "pearl", "jelly", "jelly"),
            [("too_many_options", "pearl, jelly"), ("too_many_options", "jelly")],
        ),
    ],
)
def test_options_that_do_not_do_are_named_with_their_group_and_the_fix(options, found):
    assert codes(AskLine(1, "TEA", 1, options)) == found
    assert all(problem.fix for problem in rules.choose(AskLine(1, "TEA", 1, options), TEA_OFFER, NOON)[1])


def test_a_limited_offer_is_sold_between_its_moments_only():
    day = timedelta(days=1)
    for offer, found in (
        (Offer(UUID(int=1), sold_from=NOON, sold_to=NOON + day), []),
        (Offer(UUID(int=1), sold_from=NOON + day), [("not_on_sale", "TEA")]),
        (Offer(UUID(int=1), sold_to=NOON), [("not_on_sale", "TEA")]),
    ):
        assert codes(AskLine(1, "TEA", 1), offer) == found


def test_an_option_of_an_item_that_has_none_is_unknown():
    assert codes(AskLine(1, "TEA", 1, ("half",)), None) == [("unknown_option", "half")]


def test_what_is_not_on_sale_is_named():
    assert codes(AskLine(1, "TEA", 1), Offer(UUID(int=1), sold=False)) == [("not_on_sale", "TEA")]


def test_a_plain_item_leaves_the_shelf_itself_and_a_service_nothing():
    assert rules.leaving(AskLine(1, "CUP", 3), CUP, None) == (part(CUP, 3),)
    assert rules.leaving(AskLine(1, "FIX", 3), FIX, None) == ()


@given(units=st.integers(1, 50), cups=st.integers(1, 5), pearls=st.integers(0, 2))
def test_parts_and_choices_are_summed_by_item(units, cups, pearls):
    group = Group(
        "extra",
        "Extra",
        0,
        3,
        (Choice("pearl", "Pearls", 0, 2, (part(PEARL, 2),)), Choice("cup", "Cup", 0, 1, (part(CUP),))),
    )
    offer = Offer(UUID(int=2), parts=(part(CUP, cups), part(TEA)), groups=(group,))
    left = rules.leaving(AskLine(1, "SET", units, ("pearl",) * pearls + ("cup",)), FIX, offer)
    expected = {CUP.id: (cups + 1) * units, TEA.id: units} | ({PEARL.id: 2 * pearls * units} if pearls else {})
    assert {p.item_id: p.units for p in left} == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (("half", "pearl"), ("half", "pearl")),
        (("半糖", "Pearls"), ("half", "pearl")),
        (("FULL", "pearls", "pearls"), ("full", "pearl", "pearl")),
        (("Jelly", "nothing"), ("jelly", "nothing")),
        (("none",), ("none",)),
    ],
)
def test_a_choice_is_known_by_its_name_when_only_one_has_it(written, read):
    sugar = Group("sugar", "Sugar", 0, 1, (*SUGAR.choices[:1], Choice("half", "Half", titles={"zh-Hans": "半糖"})))
    twice = [Group(c, c, 0, 1, (Choice(f"{c}-0", "None"),)) for c in ("ice", "milk")]
    offer = Offer(UUID(int=3), groups=(sugar, TOPPING, *twice))
    assert rules.named(AskLine(1, "TEA", 1, written), offer).options == read
    assert rules.named(AskLine(1, "TEA", 1, written), None).options == written


def test_the_explanation_of_a_line_with_options_adds_them_to_the_unit_and_takes_the_promotion_off_both():
    tenth = Promotion(uuid7(), "tenth", "A tenth off", PromotionKind.PERCENTAGE, value=1000)
    ask = Ask(UUID(int=2), "CNY", NOON, (AskLine(1, "TEA", 2, ("half", "pearl", "pearl")),))
    terms = rules.Terms({"TEA": TEA}, {"TEA": 1000}, (tenth,), offers={"TEA": TEA_OFFER})
    (line,) = rules.explain_ask(ask, terms, {}, uuid7()).lines
    assert (line.options_minor, line.quoted.unit_minor, line.gross_minor) == (350, 1350, 2700)
    assert [(step.code, step.off_minor, step.left_minor) for step in line.steps] == [("tenth", 270, 2430)]
    assert line.quoted.total_minor == 2430
