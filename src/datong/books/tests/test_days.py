from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.access.api import assign, create_user, decide, staff_of
from datong.access.types import Role
from datong.books import api
from datong.books.types import DayState
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.ledger import api as ledger
from datong.ledger.types import Asked
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
DAY = NOW.date()


@pytest.fixture
def day(shop):
    """A till sale of 17.00 at the near store, a platform's and a provider's order; the shop."""
    with clock.held_at(NOW):
        shop.place(
            shop.till_sale(("TEA", 1), ("CUP", 1), placed_at=NOW),
            shop.sold_elsewhere(("CUP", 1, 900), placed_at=NOW, store_code=shop.near.code),
            shop.intent(("TEA", 1), payment=PaymentMethod.PREPAID, paid=True, provider_ref="P1", placed_at=NOW),
        )
        yield shop


def nets(shop) -> dict[str, int]:
    return {r.account.code: r.net_minor for r in ledger.trial_balance(shop.brand.id) if r.net_minor}


def people(shop, *roles: Role):
    made = []
    for n, role in enumerate(roles):
        user = create_user(f"p{n}@{shop.brand.slug}", name=f"p{n}")
        scope = [] if role is Role.FINANCE else [shop.near.id]
        assign(shop.brand.id, user, role, by="test", store_ids=scope)
        made.append(staff_of(user, shop.brand.id))
    return made


@pytest.mark.requirement("S-209", "S-214")
def test_a_day_is_counted_closed_with_its_difference_and_deposit_matched_and_locked(day):
    brand, store = day.brand.id, day.near.id
    assert (api.day_of(brand, store, DAY).state, api.day_of(brand, store, DAY).expected_minor) == (DayState.OPEN, 1700)
    counted = api.count_cash(brand, store, DAY, {1000: 1, 500: 1, 100: 1, 25: 2}, by="mia", note="a coin rolled off")
    assert (counted.counted_minor, counted.difference_minor, counted.state) == (1650, -50, DayState.COUNTED)
    closed = api.close_day(brand, store, DAY, deposit_minor=1500, by="mia")
    assert closed.state is DayState.CLOSED
    after = nets(day)
    assert (after["asset:till:till"], after["expense:cash"], after["asset:bank"]) == (150, 50, 1500)
    assert api.close_day(brand, store, DAY, deposit_minor=1500, by="mia") == closed
    assert nets(day) == after
    with pytest.raises(Conflict):
        api.count_cash(brand, store, DAY, {1000: 1}, by="mia")
    with pytest.raises(Conflict, match="asset:platform:platform, asset:provider:web"):
        api.lock_day(brand, store, DAY, by="mia")
    with pytest.raises(Conflict, match="from the day after"):
        api.match_provider(brand, DAY, "asset:provider:web", 500, by="fin")
    with clock.held_at(NOW + timedelta(days=1)):
        api.match_provider(brand, DAY, "asset:provider:web", 500, by="fin")
        with pytest.raises(BadValue, match="reason"):
            api.match_provider(brand, DAY, "asset:platform:platform", 890, by="fin")
        api.match_provider(brand, DAY, "asset:platform:platform", 890, by="fin", reason="their fee")
        assert [m.difference_minor for m in api.provider_figures(brand, DAY)] == [-10, 0]
        assert api.lock_day(brand, store, DAY, by="mia").state is DayState.LOCKED
    verbs = [e.verb for e in audit.page(brand, verb="day").entries]
    assert verbs == ["day.lock", "day.close", "day.count"]


@pytest.mark.requirement("S-214")
def test_a_restaurant_that_ends_at_four_counts_its_night_on_the_day_it_began(shop):
    brand, store = shop.brand.id, shop.near.id
    zone = ZoneInfo(shop.near.timezone)
    noon, night, morning = (datetime(2026, 11, d, h, 30, tzinfo=zone) for d, h in ((23, 12), (25, 2), (25, 4)))
    with clock.held_at(noon):
        ledger.put_day_end(brand, 4, ledger.first_day_of(brand, store), by="fin", store_id=store)
    ledger.forget_rulebook(brand)
    late = DAY + timedelta(days=1)
    with clock.held_at(night):
        shop.place(shop.till_sale(("TEA", 1), placed_at=night), shop.till_sale(("CUP", 1), placed_at=night))
        assert api.expected_cash(brand, store, late) == 1700
        with pytest.raises(BadValue, match="today or a day before"):
            api.count_cash(brand, store, late + timedelta(days=1), {1000: 1}, by="mia")
        with pytest.raises(Conflict, match="from the day after"):
            api.match_provider(brand, late, "asset:provider:web", 500, by="fin")
    with clock.held_at(morning):
        shop.place(shop.till_sale(("TEA", 1), placed_at=morning))
        api.count_cash(brand, store, late, {1000: 1, 500: 1, 200: 1}, by="mia")
        assert api.close_day(brand, store, late, deposit_minor=0, by="mia").expected_minor == 1700
        moved = {d: sum(r.debits_minor for r in ledger.report(brand, Asked(d, d, codes=("asset:till:",))).rows)
                 for d in (DAY, late, late + timedelta(days=1))}  # fmt: skip
    assert moved == {DAY: 0, late: 1700, late + timedelta(days=1): 500}
    assert ledger.check(brand) == [] and ledger.verify(brand).sound


def test_what_is_sold_after_the_close_is_the_next_day_s_and_before_it_asks_for_a_new_count(day):
    brand, store = day.brand.id, day.near.id
    api.count_cash(brand, store, DAY, {1000: 1, 500: 1, 200: 1}, by="mia")
    day.place(day.till_sale(("TEA", 1), placed_at=NOW))
    with pytest.raises(Conflict, match="count again"):
        api.close_day(brand, store, DAY, deposit_minor=0, by="mia")
    api.count_cash(brand, store, DAY, {1000: 2, 200: 1}, by="mia")
    api.close_day(brand, store, DAY, deposit_minor=0, by="mia")
    late = day.place(day.till_sale(("TEA", 1), placed_at=NOW))[0]
    posted = ledger.transfers_of(brand, [late.order_id])
    assert {p.transfer.business_date for p in posted} == {DAY + timedelta(days=1)}
    assert api.expected_cash(brand, store, DAY) == 2200
    assert api.expected_cash(brand, store, DAY + timedelta(days=1)) == 2700


def test_two_people_open_a_day_again_and_the_next_count_begins_from_what_was_posted(day):
    brand, store = day.brand.id, day.near.id
    manager, finance = people(day, Role.MANAGER, Role.FINANCE)
    api.count_cash(brand, store, DAY, {1000: 1, 500: 1, 100: 1}, by="mia")
    api.close_day(brand, store, DAY, deposit_minor=1000, by="mia")
    with pytest.raises(BadValue):
        api.ask_reopen(brand, store, DAY, by=manager, reason=" ")
    request = api.ask_reopen(brand, store, DAY, by=manager, reason="a bag was found")
    assert api.day_of(brand, store, DAY).state is DayState.CLOSED
    decide(request.id, brand=brand, by=finance, approve=True)
    opened = api.day_of(brand, store, DAY)
    assert (opened.state, opened.expected_minor) == (DayState.OPEN, 600)
    api.count_cash(brand, store, DAY, {500: 1, 200: 1}, by="mia")
    api.close_day(brand, store, DAY, deposit_minor=0, by="mia")
    after = nets(day)
    assert (after["asset:till:till"], after["expense:cash"], after["income:cash"]) == (700, 100, -100)
    assert ledger.check(brand) == []


def test_a_count_that_cannot_be_and_a_deposit_of_more_than_there_is_are_refused(day):
    brand, store = day.brand.id, day.near.id
    for pieces in ({300: 1}, {1000: -1}, {1000: 10**9}):
        with pytest.raises(BadInput) as caught:
            api.count_cash(brand, store, DAY, pieces, by="mia")
        assert caught.value.problems[0].field.startswith("pieces/")
    with pytest.raises(BadValue):
        api.count_cash(brand, store, DAY + timedelta(days=1), {1000: 1}, by="mia")
    with pytest.raises(Conflict, match="count the cash first"):
        api.close_day(brand, store, DAY, deposit_minor=0, by="mia")
    api.count_cash(brand, store, DAY, {1000: 1}, by="mia")
    with pytest.raises(BadValue):
        api.close_day(brand, store, DAY, deposit_minor=1001, by="mia")
    assert [d.state for d in api.days_of(brand, DAY)] == [DayState.COUNTED]
