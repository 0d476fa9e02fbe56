"""The planned day: the same every time, nothing real lost, and as nasty as promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.brand.rules import is_open, parse_hours
from datong.brand.types import ChannelKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import distance_m
from datong.payments.types import PaymentMethod
from datong.site.demo.retail.source import read_baskets
from datong.site.demo.types import MALFORMED, Door, Format, PlannedOrder, Trouble, World
from datong.site.demo.worlds import WORLDS, day_before

DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def retail() -> World:
    return WORLDS["retail"](DAY, None)


@pytest.fixture(scope="module")
def tea() -> World:
    return WORLDS["tea"](DAY, None)


@pytest.fixture(scope="module", params=["retail", "tea"])
def world(request: pytest.FixtureRequest) -> World:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("key", ["retail", "tea"])
def test_the_same_arguments_give_an_equal_world(key: str) -> None:
    assert WORLDS[key](DAY, 300) == WORLDS[key](DAY, 300)


def test_an_order_stays_the_same_when_others_are_left_out(retail: World) -> None:
    whole = {order.number: order for order in retail.orders}
    few = [order for order in WORLDS["retail"](DAY, 540).orders if order.note != "race"]
    same = [order for order in few if whole.get(order.number) == order]
    assert len(same) > 0.9 * len(few)


def test_the_retail_day_is_all_the_real_baskets_each_once(retail: World) -> None:
    real = {f"invoice {b.invoice}": [(x.sku, x.units) for x in b.lines] for b in read_baskets()}
    planned = {o.source: [(x.sku, x.units) for x in o.lines] for o in retail.orders if o.number}
    assert len(retail.orders) == len(real) == 5_400
    conflicting = {s.order.source for s in retail.day if s.trouble is Trouble.CONFLICT}
    assert {k: v for k, v in planned.items() if k not in conflicting} == {
        k: v for k, v in real.items() if k not in conflicting
    }


def test_a_real_basket_keeps_its_time_of_day_at_its_store(retail: World) -> None:
    at = {f"invoice {basket.invoice}": basket.at for basket in read_baskets()}
    zones = {shop.code: shop.timezone for shop in retail.shops}
    for order in retail.orders:
        local = order.placed_at.astimezone(ZoneInfo(zones[order.shop]))
        assert local.date() == DAY
        if order.note != "race":
            assert (local.hour, local.minute) == (at[order.source].hour, at[order.source].minute)


def test_real_prices_stand_where_the_channel_states_its_own(retail: World) -> None:
    real = {f"invoice {b.invoice}": [x.unit_minor for x in b.lines] for b in read_baskets()}
    own = {c.code for c in retail.channels if c.states_price and c.code != "outlet"}
    orders = [order for order in retail.orders if order.channel in own]
    assert all([line.unit_minor for line in order.lines] == real[order.source] for order in orders)
    assert len(orders) > 3_000


def test_only_the_outlet_charges_stale_prices(retail: World) -> None:
    lines = [(o.channel, line) for o in retail.orders for line in o.lines if line.unit_minor < line.list_minor]
    stale = [line for channel, line in lines if retail.stale_prices.get(line.sku) == line.unit_minor]
    assert len(stale) > 100
    assert {channel for channel, _ in lines} == {"outlet", "webshop", "quickbasket", "megamall"}


@pytest.mark.requirement("S-09")
def test_the_five_kinds_of_channel_are_there(world: World) -> None:
    kinds = {channel.kind for channel in world.channels}
    assert kinds >= {
        ChannelKind.SITE,
        ChannelKind.SOCIAL,
        ChannelKind.APP,
        ChannelKind.STORE,
        ChannelKind.SERVICE_CENTRE,
    }


@pytest.mark.requirement("S-11")
def test_at_least_seven_channels_each_with_a_role_and_an_owner_carry_orders(world: World) -> None:
    carried = Counter(order.channel for order in world.orders)
    assert len(carried) == len(world.channels) >= 7
    assert all(channel.role and channel.owner for channel in world.channels)
    assert min(carried.values()) >= 30


def test_order_numbers_are_unique_and_within_what_a_door_can_carry(world: World) -> None:
    numbers = [order.number for order in world.orders]
    assert len(set(numbers)) == len(numbers) == 5_400
    assert max(map(len, numbers)) <= 19


def test_amounts_add_up_as_the_platforms_settle_them(world: World) -> None:
    for order in world.orders:
        a = order.amounts
        assert a.goods == sum(line.amount_minor for line in order.lines)
        assert a.paid == a.goods - a.platform_subsidy - a.merchant_subsidy + a.packaging + a.delivery
        assert min(a.paid, a.commission, a.platform_subsidy, a.merchant_subsidy) >= 0
        on_platform = order.payment is PaymentMethod.PLATFORM
        assert bool(a.packaging) == on_platform


def test_a_delivery_has_an_address_near_a_store_and_a_pickup_names_its_store(world: World) -> None:
    shops = {shop.code: shop for shop in world.shops}
    for order in world.orders:
        if order.fulfilment is FulfilmentKind.DELIVERY:
            assert order.place is not None
            assert order.address.line and order.address.postcode == shops[order.shop].address.postcode
            assert 100 < distance_m(order.place, shops[order.shop].place) <= 12_000.5
        else:
            assert order.named_shop == order.shop
            assert order.place is None


def test_tills_sell_when_the_store_is_open(world: World) -> None:
    shops = {shop.code: (parse_hours(shop.hours), shop.timezone) for shop in world.shops}
    sales = [order for order in world.orders if order.completed]
    assert len(sales) > 300
    assert all(is_open(*shops[order.shop], order.placed_at) for order in sales)


def test_promises_are_kept_to_opening_hours_but_for_the_stores_with_unusual_ones(world: World) -> None:
    shops = {shop.code: (parse_hours(shop.hours), shop.timezone) for shop in world.shops}
    promised = [order for order in world.orders if order.promised_at]
    assert all(order.promised_at > order.placed_at - timedelta(minutes=1) for order in promised if order.promised_at)
    closed = [o for o in promised if o.promised_at and not is_open(*shops[o.shop], o.promised_at)]
    assert len(closed) <= 10


def test_personas_come_through_several_doors_with_signs_of_their_own(retail: World) -> None:
    doors: defaultdict[str, set[str]] = defaultdict(set)
    for order in retail.orders:
        doors[order.persona.key].add(order.channel)
    assert sum(len(through) >= 5 for through in doors.values()) > 50
    people = {order.persona.key: order.persona for order in retail.orders}.values()
    for sign in ("phone", "email", "openid", "unionid", "app_user", "card"):
        assert len({getattr(person, sign) for person in people}) == len(people)
    assert all("55501" in person.phone and person.email.endswith("@example.com") for person in people)


def test_a_regulars_first_order_of_the_day_is_made_in_the_app(retail: World) -> None:
    of: defaultdict[str, list[PlannedOrder]] = defaultdict(list)
    for order in sorted(retail.orders, key=lambda order: (order.placed_at, order.number)):
        of[order.persona.key].append(order)
    firsts = [orders[0] for orders in of.values() if len(orders) >= 5 and all(o.note != "race" for o in orders)]
    assert len(firsts) > 100
    assert sum(order.channel == "app" for order in firsts) > 0.95 * len(firsts)


def test_made_up_chinese_numbers_belong_to_no_operator(tea: World) -> None:
    assert all(order.persona.phone.startswith("+86154") and len(order.persona.phone) == 14 for order in tea.orders)


def test_platforms_show_masked_names_and_relay_numbers(world: World) -> None:
    platform = {channel.code for channel in world.channels if channel.door is Door.MARKETPLACE}
    contacts = [order.contact for order in world.orders if order.channel in platform]
    assert all(c.masked and c.name.endswith("**") and ";ext=" in c.phone and not c.email for c in contacts)


def test_the_day_is_as_troubled_as_the_documentation_says(retail: World) -> None:
    troubles = Counter(sending.trouble for sending in retail.day)
    orders = len(retail.orders)
    assert 0.035 < troubles[Trouble.TWICE] / orders < 0.045
    assert 0.008 < sum(troubles[kind] for kind in MALFORMED) / orders < 0.015
    assert 0.02 < sum(sending.late for sending in retail.day) / orders < 0.04
    assert {kind for kind in MALFORMED if troubles[kind]} == MALFORMED
    assert (troubles[Trouble.CONFLICT], troubles[Trouble.BAD_SIGNATURE]) == (12, 6)


def test_messages_go_out_in_the_order_of_time_and_none_before_its_order(world: World) -> None:
    times = [sending.at for sending in world.day]
    assert times == sorted(times)
    assert all(sending.at >= sending.order.placed_at for sending in world.day)


def test_a_conflict_is_the_same_number_with_one_unit_more(world: World) -> None:
    first = {s.order.number: s.order for s in world.day if s.trouble is Trouble.NONE}
    for sending in world.day:
        if sending.trouble is Trouble.CONFLICT:
            original = first[sending.order.number]
            assert sending.order.lines[0].units == original.lines[0].units + 1
            assert sending.order.amounts.goods == original.amounts.goods + original.lines[0].unit_minor


@pytest.mark.parametrize(("key", "races"), [("retail", 24), ("tea", 12)])
def test_two_doors_race_for_units_that_only_suffice_for_one(
    key: str, races: int, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(key)
    stock = {(row.shop, row.sku): row for row in world.stock}
    orders = {order.number: order for order in world.orders}
    assert len(world.races) == races
    for race in world.races:
        one, other = (orders[number] for number in race.orders)
        wanted = [order.lines[0].units for order in (one, other)]
        assert one.channel != other.channel
        assert one.placed_at == other.placed_at
        assert one.named_shop == other.named_shop == race.shop
        row = stock[race.shop, race.sku]
        assert max(wanted) == row.on_hand < sum(wanted)
        assert row.safety == 0
        assert [s.trouble for s in world.day if s.order.number in race.orders] == [Trouble.NONE] * 2


def test_stock_is_small_enough_to_load_quickly_and_no_row_is_negative(retail: World, tea: World) -> None:
    assert 120_000 < len(retail.stock) < 180_000
    assert len(tea.stock) < 6_000
    for world in (retail, tea):
        assert len({(row.shop, row.sku) for row in world.stock}) == len(world.stock)
        assert all(row.on_hand >= 0 <= row.safety for row in world.stock)
    hubs = {shop.code for shop in retail.shops if shop.format is Format.HUB}
    assert Counter(row.shop in hubs for row in retail.stock)[True] == 24 * 1_773


def test_what_a_till_sold_was_on_the_shelf_unless_it_was_raced_for(retail: World) -> None:
    stock = {(row.shop, row.sku): row.on_hand for row in retail.stock}
    raced = {(race.shop, race.sku) for race in retail.races}
    for order in retail.orders:
        if order.completed:
            for line in order.lines:
                assert stock[order.shop, line.sku] >= line.units or (order.shop, line.sku) in raced


def test_the_day_that_is_replayed_is_over_everywhere() -> None:
    assert day_before(datetime(2026, 11, 22, 9, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert day_before(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)) == date(2026, 11, 21)
