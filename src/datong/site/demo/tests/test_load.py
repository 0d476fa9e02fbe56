"""A world in the database: complete, without gaps, and a new brand every time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import distance_m
from datong.site.demo.load import Loaded, load, new_slug
from datong.site.demo.types import World
from datong.site.demo.worlds import WORLDS

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def tea() -> World:
    return WORLDS["tea"](DAY, 300)


def loaded(world: World) -> Loaded:
    return load(world, slug=new_slug("test", clock.now()), now=clock.now())


@pytest.mark.requirement("S-09", "S-11")
def test_every_channel_is_registered_with_role_and_owner_so_that_no_gap_is_listed(tea: World) -> None:
    made = loaded(tea)
    channels = brands.list_channels(made.brand.id)
    owners = access.owners(made.brand.id)
    assert {channel.code for channel in channels} == {*(channel.code for channel in tea.channels), "shop"}
    assert brands.gaps(channels, owners) == []
    assert owners[made.channels["meituan"]] == "陈远航"


def test_stores_stock_and_goods_are_all_there(tea: World) -> None:
    made = loaded(tea)
    assert len(brands.list_stores(made.brand.id)) == 120
    items = catalog.items_by_sku(made.brand.id, {good.sku for good in tea.goods})
    assert len(items) == 50
    with in_brand(made.brand.id):
        ids = [item.id for item in items.values()]
        of_goods = rows("SELECT count(*), sum(on_hand) FROM inventory_stock WHERE item_id = ANY(%s)", [ids])
    assert of_goods == [(len(tea.stock), sum(row.on_hand for row in tea.stock))]
    assert inventory.audit(made.brand.id).sound


@pytest.mark.requirement("S-115")
def test_all_channels_quote_the_list_price_but_the_resellers_who_have_a_recorded_policy() -> None:
    world = WORLDS["retail"](DAY, 60)
    made = loaded(world)
    good = next(good for good in world.goods if good.trade_minor < good.list_minor)
    now = clock.now() + timedelta(seconds=1)
    asks = [Ask(made.channels[c.code], "USD", now, (AskLine(1, good.sku, 2),)) for c in world.channels]
    quotes = catalog.quote(asks, brand=made.brand.id)
    prices = {c.code: quote.total_minor for c, quote in zip(world.channels, quotes, strict=True)}
    assert prices.pop("trade") == 2 * good.trade_minor
    assert set(prices.values()) == {2 * good.list_minor}
    trade = next(c for c in brands.list_channels(made.brand.id) if c.code == "trade")
    assert trade.price_policy_note
    assert quotes[0].tax_inclusive
    assert quotes[0].tax_minor == (2 * good.list_minor * 800 + 5400) // 10800


def test_an_address_without_coordinates_is_found_near_the_stores_of_its_postcode(tea: World) -> None:
    made = loaded(tea)
    shop = tea.shops[0]
    [place, nowhere] = brands.locate(
        made.brand.id, [shop.address, AddressText(city="Atlantis", postcode="000000", country="CN")]
    )
    assert place is not None
    assert min(distance_m(place, other.place) for other in tea.shops) < 2_500
    assert nowhere is None


def test_people_of_every_kind_can_log_in_by_link_and_the_manager_sees_one_store(tea: World) -> None:
    made = loaded(tea)
    staff = {member.user_id: member for member in access.list_staff(made.brand.id)}
    assert {staff[user].role for user in made.staff.values()} == set(Role) - {Role.HQ, Role.MANAGER}
    assert len(staff[made.staff[Role.STORE]].store_ids) == 1
    token = access.login_token(made.staff[Role.HQ], made.brand.id)
    assert access.redeem_login_token(token) == (made.staff[Role.HQ], made.brand.id)


def test_a_second_run_is_a_brand_of_its_own(tea: World) -> None:
    first, second = loaded(tea), loaded(tea)
    assert first.brand.slug != second.brand.slug
    with in_brand(second.brand.id):
        assert rows("SELECT count(*) FROM brand_store") == [(120,)]
