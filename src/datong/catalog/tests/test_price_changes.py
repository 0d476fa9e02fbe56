"""Many prices at once: formula, preview, approval by another person, effect at its date, undo; policies; the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.access import api as access
from datong.access.types import Role
from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.catalog import api
from datong.catalog.rules import changes as reckon
from datong.catalog.types import (
    Ask,
    AskLine,
    ChangeState,
    Cost,
    Flag,
    Formula,
    Item,
    Price,
    PricePolicy,
    Rounding,
    Wanted,
)
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotAllowed
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
NOW = clock.now()
LONG_AGO = NOW - timedelta(days=365)


@pytest.fixture
def shop(brand):
    """Tea 20.00 (cost 5.00), cake 30.00 (cost 28.00), cup 80.00 without cost; the airport sells tea at 25.00."""
    api.put_items(brand.id, [Item(uuid7(), sku, sku.title(), category=cat) for sku, cat in ITEMS])
    api.put_prices(
        brand.id, [Price("tea", 2000, LONG_AGO), Price("cake", 3000, LONG_AGO), Price("cup", 8000, LONG_AGO)]
    )
    api.put_costs(brand.id, [Cost("tea", 500, LONG_AGO), Cost("cake", 2800, LONG_AGO)])
    return brand


ITEMS = [("tea", "food/drinks"), ("cake", "food"), ("cup", "things")]


def person(brand, role):
    user = access.create_user(f"{role.value.replace('_', '')}-{uuid7().hex[-8:]}")
    access.assign(brand.id, user, role, by="test")
    return access.staff_of(user, brand.id)


def costs(brand, sku="tea", at=None, **ask):
    wanted = Ask(ask.pop("channel", uuid7()), brand.currency, at or clock.now(), (AskLine(1, sku, 1),), **ask)
    return api.quote([wanted], brand=brand.id)[0].total_minor


def a_channel(brand, code="airport"):
    return register_channel(brand.id, Channel(uuid7(), code, code, ChannelKind.SITE, role="sell")).id


def airport(brand, channel, **kw):
    policy = PricePolicy(uuid7(), "airport", "rent", "ann", LONG_AGO, channels=frozenset({channel}))
    return api.open_policy(brand.id, replace(policy, **kw))


@pytest.mark.parametrize(
    ("amount", "rounding", "rounded"),
    [
        (2149, Rounding.NONE, 2149),
        (2149, Rounding.WHOLE, 2100),
        (2150, Rounding.WHOLE, 2200),
        (2149, Rounding.NINETY_NINE, 2099),
        (2150, Rounding.NINETY_NINE, 2199),
        (10, Rounding.NINETY_NINE, 99),
        (2340, Rounding.NINE, 1900),
        (2400, Rounding.NINE, 2900),
        (0, Rounding.NINE, 0),
    ],
)
def test_prices_end_as_the_brand_writes_them(amount, rounding, rounded):
    assert reckon.round_price(amount, rounding, "CNY") == rounded


@given(st.integers(1, 10**8), st.sampled_from(Rounding))
def test_a_rounded_price_is_near_and_never_nothing(amount, rounding):
    after = reckon.round_price(amount, rounding, "CNY")
    assert after > 0
    assert abs(after - amount) <= {Rounding.NONE: 0, Rounding.WHOLE: 99, Rounding.NINETY_NINE: 99}.get(rounding, 900)


def test_a_preview_says_what_changes_and_what_to_look_at(shop):
    change = api.preview_change(shop.id, Wanted("", Formula.PERCENT, -1000, category="food"), by="ann")
    lines = {line.sku: line for line in api.change_lines(shop.id, change.id)}
    assert {sku: (line.before_minor, line.after_minor) for sku, line in lines.items()} == {
        "cake": (3000, 2700),
        "tea": (2000, 1800),
    }
    assert lines["cake"].flags == (Flag.BELOW_COST,)
    assert (lines["tea"].margin_before_bps, lines["tea"].margin_after_bps) == (7500, 7222)
    assert (change.state, change.count, change.below_cost, change.worth_minor) == (ChangeState.DRAFT, 2, 1, 50_000)
    assert costs(shop) == 2000
    jump = api.preview_change(shop.id, Wanted("", Formula.SET, 3000, skus=("tea", "cake")), by="ann")
    assert (jump.count, jump.left_out, jump.big_jumps) == (1, 1, 1)
    assert [line.flags for line in api.change_lines(shop.id, jump.id)] == [(Flag.BIG_JUMP,)]


@pytest.mark.requirement("S-120")
def test_a_change_waits_for_another_person_and_holds_everywhere_from_its_date(shop):
    asker, finance = person(shop, Role.MERCHANDISER), person(shop, Role.FINANCE)
    start = clock.now() + timedelta(hours=1)
    wanted = Wanted("", Formula.AMOUNT, 300, everything=True, begins=start)
    change = api.preview_change(shop.id, wanted, by=asker.username)
    waiting = api.submit_change(shop.id, change.id, by=asker, reason="rent")
    assert waiting == api.submit_change(shop.id, change.id, by=asker, reason="rent")
    assert waiting.state is ChangeState.WAITING
    with pytest.raises(NotAllowed):
        api.decide_change(shop.id, change.id, by=asker, approve=True)
    assert costs(shop, at=start) == 2000
    done = api.decide_change(shop.id, change.id, by=finance, approve=True)
    assert (done.state, done.decided_by, done.begins) == (ChangeState.DONE, finance.username, start)
    for channel in (a_channel(shop, "web"), a_channel(shop, "till")):
        assert costs(shop, at=start, channel=channel) == 2300
    assert costs(shop, at=start - timedelta(seconds=1)) == 2000
    with in_brand(shop.id):
        told = rows("SELECT payload->>'sku', payload->>'amount_minor' FROM kernel_outboxevent"
                    " WHERE name = 'catalog.price_changed' ORDER BY 1")  # fmt: skip
    assert told == [("cake", "3300"), ("cup", "8300"), ("tea", "2300")]
    assert [entry.verb for entry in audit.page(shop.id, verb="price.change").entries] == ["price.change"]


def test_a_refused_change_changes_nothing_and_says_so(shop):
    asker, finance = person(shop, Role.MERCHANDISER), person(shop, Role.FINANCE)
    change = api.preview_change(shop.id, Wanted("", Formula.SET, 1, everything=True), by="x", reason="typing error")
    api.submit_change(shop.id, change.id, by=asker)
    refused = api.decide_change(shop.id, change.id, by=finance, approve=False)
    assert (refused.state, costs(shop)) == (ChangeState.REFUSED, 2000)


def test_within_the_limit_it_is_done_at_once_and_undone_with_a_new_row(shop):
    owner = person(shop, Role.OWNER)
    change = api.preview_change(shop.id, Wanted("", Formula.PERCENT, 1000, skus=("tea", "cup")), by="x", reason="milk")
    assert api.submit_change(shop.id, change.id, by=owner).state is ChangeState.DONE
    assert (costs(shop), costs(shop, "cup")) == (2200, 8800)
    api.change_price(shop.id, "cup", 9000, None, by=person(shop, Role.OWNER), reason="again")
    undoing = api.undo_change(shop.id, change.id, by=owner, reason="too much")
    assert (undoing.state, undoing.count) == (ChangeState.DONE, 1)
    assert (costs(shop), costs(shop, "cup")) == (2000, 9000)
    assert api.get_change(shop.id, change.id).state is ChangeState.UNDONE
    assert [record.amount_minor for record in api.price_history(shop.id, "tea")] == [2000, 2200, 2000]
    with pytest.raises(Conflict):
        api.undo_change(shop.id, change.id, by=owner, reason="twice")


def test_a_change_of_tomorrow_is_undone_before_it_begins(shop):
    owner = person(shop, Role.OWNER)
    wanted = Wanted("", Formula.PERCENT, 1000, skus=("tea",), begins=clock.now() + timedelta(days=1))
    change = api.preview_change(shop.id, wanted, by="x", reason="milk")
    api.submit_change(shop.id, change.id, by=owner)
    api.undo_change(shop.id, change.id, by=owner, reason="no")
    assert costs(shop, at=wanted.begins) == 2000


def test_what_was_approved_is_what_was_seen(shop):
    asker, finance = person(shop, Role.MERCHANDISER), person(shop, Role.FINANCE)
    change = api.preview_change(shop.id, Wanted("", Formula.PERCENT, 1000, everything=True), by="x", reason="milk")
    api.submit_change(shop.id, change.id, by=asker)
    api.change_price(shop.id, "tea", 2100, None, by=person(shop, Role.OWNER), reason="meanwhile")
    with pytest.raises(Conflict, match=r"1 prices are other than in the preview \(tea\)"):
        api.decide_change(shop.id, change.id, by=finance, approve=True)
    assert (costs(shop), costs(shop, "cup")) == (2100, 8000)


def test_ten_thousand_prices_change_in_a_few_statements(brand):
    items = [Item(uuid7(), f"sku{n:05}", f"Item {n}", category="all") for n in range(10_000)]
    api.put_items(brand.id, items)
    api.put_prices(brand.id, [Price(item.sku, 1000, LONG_AGO) for item in items])
    owner = person(brand, Role.OWNER)
    with in_brand(brand.id), count_statements() as seen:
        change = api.preview_change(brand.id, Wanted("", Formula.PERCENT, 500, category="all"), by="x", reason="all")
        done = api.submit_change(brand.id, change.id, by=owner)
    assert (done.state, done.count) == (ChangeState.DONE, 10_000)
    assert len(seen) < 50
    assert costs(brand, "sku09999") == 1050


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("", Formula.PERCENT, 500), "selection"),
        (Wanted("", Formula.PERCENT, -10_000, everything=True), "value"),
        (Wanted("", Formula.AMOUNT, 0, everything=True), "value"),
        (Wanted("", Formula.MATCH, everything=True), "price_list"),
        (Wanted("gone", Formula.PERCENT, 1, everything=True), "price_list"),
        (Wanted("", Formula.PERCENT, 1, skus=("tea", "nope")), "skus"),
        (Wanted("", Formula.PERCENT, 1, everything=True, begins=NOW - timedelta(days=1)), "begins"),
        (Wanted("", Formula.PERCENT, 1, everything=True, ends=NOW - timedelta(days=1)), "ends"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_by_field(shop, wanted, field):
    with pytest.raises(BadInput) as caught:
        api.preview_change(shop.id, wanted, by="ann")
    assert [problem.field for problem in caught.value.problems] == [field]


@pytest.mark.requirement("S-15", "S-118")
def test_a_list_of_its_own_holds_only_where_and_while_a_policy_says_so(shop):
    channel = a_channel(shop)
    policy = airport(shop, channel)
    api.put_prices(shop.id, [Price("tea", 2500, LONG_AGO, price_list="airport")])
    assert (costs(shop, channel=channel), costs(shop)) == (2500, 2000)
    api.end_policy(shop.id, policy.id, by="ann")
    assert costs(shop, channel=channel) == 2000
    airport(shop, channel, channels=frozenset(), regions=frozenset({"Hainan"}), valid_from=clock.now())
    assert (costs(shop, region="Hainan"), costs(shop, region="Beijing")) == (2500, 2000)


@pytest.mark.requirement("S-15")
@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": " "}, "reason"), ({"channels": frozenset()}, "where"), ({"by": ""}, "by"),
     ({"price_list": ""}, "price_list"),
     ({"channels": frozenset({uuid7()})}, "channels"), ({"valid_to": LONG_AGO}, "valid_to")],
)  # fmt: skip
def test_a_list_without_a_recorded_policy_is_refused(shop, change, field):
    with pytest.raises(BadValue) as caught:
        airport(shop, a_channel(shop), **change)
    assert caught.value.problems[0].field == field
    assert set(api.list_rules(shop.id).lists) == {""}


def test_two_policies_for_the_same_doors_name_each_other_and_the_fix(shop):
    channel = a_channel(shop)
    airport(shop, channel)
    with pytest.raises(BadValue) as caught:
        airport(shop, channel, price_list="other", valid_from=NOW)
    assert "end the policy for list airport" in caught.value.problems[0].fix


@pytest.mark.requirement("S-117", "S-118")
def test_the_price_table_marks_what_differs_and_one_action_closes_the_gap(shop):
    channel, owner = a_channel(shop), person(shop, Role.OWNER)
    airport(shop, channel)
    later = clock.now() + timedelta(days=3)
    api.put_prices(shop.id, [Price("tea", 2500, LONG_AGO, price_list="airport"), Price("cup", 8500, later)])
    table = {row.sku: row for row in api.price_table(shop.id)}
    assert (table["tea"].differs, table["cake"].differs) == (("airport",), ())
    assert table["tea"].cells["airport"].amount_minor == 2500
    assert (table["cup"].cells[""].next_minor, table["cup"].cells[""].next_from) == (8500, later)
    assert [row.sku for row in api.price_table(shop.id, differing=True)] == ["tea"]
    change = api.preview_change(shop.id, Wanted("airport", Formula.MATCH, everything=True), by="x", reason="one price")
    api.submit_change(shop.id, change.id, by=owner)
    assert costs(shop, channel=channel) == 2000
    assert api.price_table(shop.id, differing=True) == []


def test_specials_that_hold_at_the_same_time_are_named_both(shop):
    day = timedelta(days=1)
    first, second = Price("tea", 1500, NOW, NOW + 3 * day), Price("tea", 1600, NOW + 2 * day, NOW + 4 * day)
    api.put_prices(shop.id, [first, second, Price("tea", 1700, NOW + 4 * day, NOW + 5 * day)])
    [found] = api.price_overlaps(shop.id)
    assert (found.first_minor, found.second_minor, found.second_from) == (1500, 1600, NOW + 2 * day)
    wanted = Wanted("", Formula.SET, 1400, skus=("tea",), begins=NOW + day, ends=NOW + 3 * day)
    [line] = api.change_lines(shop.id, api.preview_change(shop.id, wanted, by="x").id)
    assert Flag.OVERLAPS in line.flags
