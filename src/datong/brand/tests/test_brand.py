from datetime import UTC, datetime

import pytest

from datong.brand import api
from datong.brand.types import AddressText, Channel, ChannelKind, Store
from datong.kernel.errors import BadValue
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db


def a_store(code="S1", **fields):
    defaults = {"hours": api.parse_hours("Mon: 10-9:30; Tue: 10-9:30"), "timezone": "America/Chicago"}
    return Store(
        id=uuid7(), code=code, name=f"Store {code}", place=Point(-93.2, 44.9), city="Bloomington", **defaults | fields
    )


def test_a_store_comes_back_as_it_was_put(brand):
    store = a_store(area=(Point(0, 0), Point(1, 0), Point(1, 1)), tier=3, order_limit=40, serving_cost_minor=250)
    assert api.put_stores(brand.id, [store]) == 1
    assert api.list_stores(brand.id) == [store]


def test_another_brand_sees_no_store(brand, make_brand):
    api.put_stores(brand.id, [a_store()])
    assert api.list_stores(make_brand().id) == []


def test_a_store_is_read_by_its_code_in_one_brand(brand, make_brand):
    mine, other = a_store("MG-01"), make_brand()
    api.put_stores(brand.id, [mine, a_store("MG-02")])
    assert api.store_by_code(brand.id, "MG-01") == mine
    assert [api.store_by_code(brand.id, code) for code in ("MG-03", "mg-01", "", "MG\0-01")] == [None] * 4
    assert api.store_by_code(other.id, "MG-01") is None


def test_hours_as_shops_write_them():
    hours = api.parse_hours("Mon: 10-9:30; Sun: 11-7; Tue: closed")
    assert hours.week[0] == ((600, 1290),) and hours.week[6] == ((660, 1140),) and hours.week[1] == ()
    monday_2129 = datetime(2026, 11, 24, 3, 29, tzinfo=UTC)  # Chicago is UTC-6
    assert api.is_open(hours, "America/Chicago", monday_2129)
    assert not api.is_open(hours, "America/Chicago", monday_2129.replace(minute=30))
    with pytest.raises(BadValue):
        api.parse_hours("Monday ten to nine")


def test_hours_of_several_days_at_once():
    hours = api.parse_hours("Mon-Fri: 9:00-18:00; Saturday - Sunday: 10-16; Wed: closed")
    assert hours.week == (((540, 1080),),) * 2 + ((),) + (((540, 1080),),) * 2 + (((600, 960),),) * 2
    assert api.parse_hours("Sat-Mon: 0-24").week == (((0, 1440),), (), (), (), (), ((0, 1440),), ((0, 1440),))


@pytest.mark.requirement("S-11")
def test_a_channel_without_role_or_owner_is_a_gap(brand):
    whole, bare = uuid7(), uuid7()
    api.register_channel(brand.id, Channel(whole, "web", "Web shop", ChannelKind.SITE, role="sell"))
    api.register_channel(brand.id, Channel(bare, "till", "Tills", ChannelKind.STORE))
    gaps = api.gaps(api.list_channels(brand.id), {whole: "Ann"})
    assert [(g.channel_id, g.what) for g in gaps] == [(bare, "role"), (bare, "owner")]


@pytest.mark.requirement("S-115")
def test_a_price_list_of_its_own_needs_a_recorded_reason(brand):
    channel = Channel(uuid7(), "web", "Web shop", ChannelKind.SITE, price_list="outlet")
    with pytest.raises(BadValue):
        api.register_channel(brand.id, channel)
    assert api.list_channels(brand.id) == []


def test_an_address_is_located_by_postcode_before_city(brand):
    api.put_gazetteer(brand.id, [("US", "55425", Point(-93.2, 44.8)), ("us", "Bloomington, MN", Point(-93.3, 44.85))])
    asks = [
        AddressText(city="Bloomington", region="MN", postcode="55425", country="US"),
        AddressText(city="bloomington", region="mn", country="us"),
        AddressText(city="Nowhere", country="US"),
    ]
    assert api.locate(brand.id, asks) == [Point(-93.2, 44.8), Point(-93.3, 44.85), None]
