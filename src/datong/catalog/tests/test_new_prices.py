"""The one door for a new price: within the limit at once, above it by another person, once, on what was seen."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from datong.access import api as access
from datong.access.types import PROGRAM, Machine, Role, Staff
from datong.catalog import api
from datong.catalog.types import (
    Ask,
    AskLine,
    ChangeState,
    Cost,
    Flag,
    Item,
    ItemKind,
    NewPrice,
    Price,
    PriceList,
    Promotion,
    PromotionKind,
    Verdict,
)
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, Conflict, NotAllowed
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
NOW = clock.now()
LONG_AGO = NOW - timedelta(days=365)


def stock_the_shelf(brand) -> None:
    api.put_items(brand.id, [Item(uuid7(), sku, sku.title()) for sku in ("tea", "cup", "pot")])
    api.put_prices(brand.id, [Price("tea", 2000, LONG_AGO), Price("cup", 8000, LONG_AGO)])
    api.put_price_lists(brand.id, [PriceList("airport", brand.currency)])


@pytest.fixture
def shop(brand):
    """Tea 20.00 and cup 80.00; the pot has no price yet; a list for the airport that says nothing."""
    stock_the_shelf(brand)
    return brand


def person(brand, role: Role = Role.MERCHANDISER) -> Staff:
    user = access.create_user(f"{role.value.replace('_', '')}-{uuid7().hex[-8:]}")
    access.assign(brand.id, user, role, by="test")
    found = access.staff_of(user, brand.id)
    assert found
    return found


def costs(brand, sku: str = "tea", price_list: str = "") -> int | None:
    held = api.prices_in_force(brand.id, [(price_list, sku)], clock.now()).get((price_list, sku))
    return held[0] if held else None


def waiting(brand, sku: str = "tea") -> list[int]:
    return [one.after_minor for one in api.waiting_prices(brand.id, [sku]).get(sku, [])]


def test_one_price_above_the_limit_waits_and_holds_once_another_person_says_so(shop):
    asker, finance = person(shop), person(shop, Role.FINANCE)
    asked = api.change_price(shop.id, "tea", 2600, None, by=asker, reason="milk")
    assert (asked.state, asked.worth_minor, costs(shop), waiting(shop)) == (ChangeState.WAITING, 60_000, 2000, [2600])
    with pytest.raises(NotAllowed):
        api.decide_change(shop.id, asked.id, by=asker, approve=True)
    api.decide_change(shop.id, asked.id, by=finance, approve=True)
    assert (costs(shop), waiting(shop)) == (2600, [])
    record = api.price_history(shop.id, "tea")[0]
    assert (record.set_by, record.reason) == (asker.username, "milk")
    (entry,) = audit.page(shop.id, verb="price.change").entries
    assert (entry.actor, entry.before["amount_minor"], entry.after["amount_minor"]) == (finance.username, 2000, 2600)


def test_within_the_limit_one_price_holds_at_once(shop):
    asked = api.change_price(shop.id, "tea", 2500, None, by=person(shop), reason="milk")
    assert (asked.state, costs(shop), waiting(shop)) == (ChangeState.DONE, 2500, [])


def test_who_may_not_edit_may_not_even_ask(shop):
    with pytest.raises(NotAllowed):
        api.change_price(shop.id, "tea", 2001, None, by=person(shop, Role.FINANCE), reason="x")
    assert (costs(shop), waiting(shop)) == (2000, [])


def test_the_same_wish_twice_waits_once_and_a_refused_one_may_be_asked_again_by_a_person(shop):
    asker, finance = person(shop), person(shop, Role.FINANCE)
    first, second = (api.change_price(shop.id, "tea", 2600, None, by=asker, reason="milk") for _ in range(2))
    assert first.id == second.id
    api.decide_change(shop.id, first.id, by=finance, approve=False)
    assert waiting(shop) == []
    third = api.change_price(shop.id, "tea", 2600, None, by=asker, reason="milk, really")
    assert (third.id != first.id, third.state) == (True, ChangeState.WAITING)


def test_a_program_asks_above_the_limit_for_programs_and_does_not_repeat_what_was_refused(shop):
    erp, finance = Machine(uuid7(), shop.id, "erp sap"), person(shop, Role.FINANCE)
    assert api.change_price(shop.id, "tea", 2500, None, by=erp, reason="ERP").state is ChangeState.DONE
    asked = api.change_price(shop.id, "tea", 3100, None, by=erp, reason="ERP")
    assert asked.state is ChangeState.WAITING
    api.decide_change(shop.id, asked.id, by=finance, approve=False)
    again = api.change_price(shop.id, "tea", 3100, None, by=erp, reason="ERP")
    assert (again.id, again.state, costs(shop)) == (asked.id, ChangeState.REFUSED, 2500)


@pytest.mark.parametrize(("limit", "state"), [(-1, ChangeState.WAITING), (None, ChangeState.DONE)])
def test_a_brand_sets_what_programs_do_alone(shop, limit, state):
    access.set_limits(shop.id, api.KIND_OF_PRICE_CHANGE, {PROGRAM: limit}, by="owner")
    asked = api.change_price(shop.id, "tea", 9000, None, by=Machine(uuid7(), shop.id, "client x"), reason="x")
    assert asked.state is state


def test_a_first_price_is_no_change_but_one_in_a_list_beside_the_brands_is(shop):
    asker = person(shop)
    assert api.change_prices(shop.id, [NewPrice("pot", 900_000)], by=asker, reason="new") is None
    assert costs(shop, "pot") == 900_000
    asked = api.change_prices(shop.id, [NewPrice("cup", 100, price_list="airport")], by=asker, reason="x")
    assert asked is not None
    assert (asked.state, asked.worth_minor) == (ChangeState.WAITING, 790_000)
    assert costs(shop, "cup", "airport") is None


def test_prices_of_several_lists_and_dates_are_one_change(shop):
    asker, finance = person(shop), person(shop, Role.FINANCE)
    later = clock.now() + timedelta(days=2)
    wanted = [
        NewPrice("tea", 2600), NewPrice("tea", 3000, later, later + timedelta(days=1)),
        NewPrice("cup", 7000, price_list="airport"),
    ]  # fmt: skip
    asked = api.change_prices(shop.id, wanted, by=asker, reason="autumn")
    assert asked is not None
    assert (asked.state, asked.count) == (ChangeState.WAITING, 3)
    api.decide_change(shop.id, asked.id, by=finance, approve=True)
    assert (costs(shop), costs(shop, "cup", "airport"), costs(shop, "cup")) == (2600, 7000, 8000)
    with clock.held_at(later):
        assert costs(shop) == 3000
    undone = api.undo_change(shop.id, asked.id, by=person(shop, Role.OWNER), reason="no")
    assert (undone.state, costs(shop)) == (ChangeState.DONE, 2000)


def test_a_value_that_cannot_be_used_is_named_and_nothing_is_asked(shop):
    with pytest.raises(BadInput) as caught:
        api.change_prices(shop.id, [NewPrice("tea", 1), NewPrice("nope", 1)], by=person(shop), reason="x")
    assert [p.field for p in caught.value.problems] == ["prices/1/sku"]
    assert (costs(shop), waiting(shop)) == (2000, [])


def test_a_price_that_moved_while_another_waited_is_seen(shop):
    asker, finance = person(shop), person(shop, Role.FINANCE)
    asked = api.change_price(shop.id, "tea", 2600, None, by=asker, reason="milk")
    api.change_price(shop.id, "tea", 2100, None, by=person(shop, Role.OWNER), reason="first")
    with pytest.raises(Conflict, match=r"1 prices are other than in the preview \(tea\)"):
        api.decide_change(shop.id, asked.id, by=finance, approve=True)
    assert (costs(shop), waiting(shop)) == (2100, [2600])
    assert api.drop_change(shop.id, asked.id, by=asker, note="gone")
    assert waiting(shop) == []
    assert access.approval(shop.id, asked.approval_id).state.value == "withdrawn"


def test_what_waited_past_its_date_begins_when_it_is_approved(shop):
    asker, finance = person(shop), person(shop, Role.FINANCE)
    begins = clock.now() + timedelta(hours=1)
    asked = api.change_price(shop.id, "tea", 2600, begins, by=asker, reason="milk")
    with clock.held_at(begins + timedelta(days=1)):
        api.decide_change(shop.id, asked.id, by=finance, approve=True)
        assert costs(shop) == 2600
    assert api.price_history(shop.id, "tea")[0].valid_from == begins + timedelta(days=1)


def test_prices_gathered_in_parts_are_one_change_under_their_mark(shop):
    asker, mark = person(shop), UUID(int=7)
    given = {"by": asker, "reason": "file", "at": NOW}
    assert api.gather_prices(shop.id, mark, [NewPrice("tea", 2100), NewPrice("pot", 5)], **given) == 1
    assert api.gather_prices(shop.id, mark, [NewPrice("cup", 8100)], **given) == 1
    assert (costs(shop), costs(shop, "cup"), costs(shop, "pot")) == (2000, 8000, 5)
    change_id = api.change_marked(shop.id, mark)
    assert change_id
    done = api.submit_change(shop.id, change_id, by=asker)
    assert (done.state, done.count, costs(shop), costs(shop, "cup")) == (ChangeState.DONE, 2, 2100, 8100)
    assert [line.number for line in api.change_lines(shop.id, change_id)] == [1, 2]


@pytest.mark.requirement("S-141")
def test_a_last_minute_offer_is_sold_at_the_margin_it_shows_until_it_ends_tonight(shop):
    owner, tonight = person(shop, Role.OWNER), clock.now() + timedelta(hours=6)
    api.put_items(shop.id, [Item(uuid7(), "room", "Room", kind=ItemKind.SERVICE)])
    api.put_prices(shop.id, [Price("room", 30_000, LONG_AGO)])
    api.put_costs(shop.id, [Cost("room", 12_000, LONG_AGO)])
    offer = api.change_prices(shop.id, [NewPrice("room", 15_000, None, tonight)], by=owner, reason="tonight")
    assert offer is not None
    (line,) = api.change_lines(shop.id, offer.id)
    assert (line.margin_before_bps, line.margin_after_bps, line.flags) == (6_000, 2_000, (Flag.BIG_JUMP,))
    for at, asked in ((tonight - timedelta(seconds=1), 15_000), (tonight, 30_000)):
        ask = Ask(uuid7(), shop.currency, at, (AskLine(1, "room", 1),))
        assert api.quote([ask], brand=shop.id)[0].total_minor == asked
    below = api.change_prices(shop.id, [NewPrice("room", 11_000, None, tonight)], by=owner, reason="too far")
    assert below is not None
    assert below.below_cost == 1


@pytest.mark.requirement("S-127")
def test_a_group_deal_has_its_price_in_its_period_and_with_enough_people_only(shop):
    begins, ends = clock.now() + timedelta(days=1), clock.now() + timedelta(days=3)
    deal = Promotion(
        uuid7(), "group", "Three together", PromotionKind.UNIT_PRICE, value=1500, skus=frozenset({"tea"}),
        min_people=3, valid_from=begins, valid_to=ends,
    )  # fmt: skip
    api.put_promotions(shop.id, [deal])

    def costs_then(at, people: int) -> int:
        ask = Ask(uuid7(), shop.currency, at, (AskLine(1, "tea", 1),), people=people)
        return api.quote([ask], brand=shop.id)[0].total_minor

    during = begins + timedelta(hours=1)
    assert [costs_then(during, people) for people in (1, 2, 3, 4)] == [2000, 2000, 1500, 1500]
    assert [costs_then(at, 3) for at in (begins - timedelta(seconds=1), begins, ends)] == [2000, 1500, 2000]
    ask = Ask(uuid7(), shop.currency, during, (AskLine(1, "tea", 1),), people=2)
    (finding,) = api.explain(ask, brand=shop.id).findings
    assert finding.verdict is Verdict.TOO_FEW_PEOPLE
