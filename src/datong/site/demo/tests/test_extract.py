"""The extract that ships with the demo: as real as it says, and complete."""

from __future__ import annotations

import pytest

from datong.brand.rules import parse_hours
from datong.site.demo.files import DATA, rows
from datong.site.demo.retail.source import read_baskets, read_goods, read_shops
from datong.site.demo.types import Basket, Format, Good, Shop


@pytest.fixture(scope="module")
def baskets() -> tuple[Basket, ...]:
    return read_baskets()


@pytest.fixture(scope="module")
def goods(baskets: tuple[Basket, ...]) -> dict[str, Good]:
    return {good.sku: good for good in read_goods(baskets)}


@pytest.fixture(scope="module")
def shops() -> dict[str, Shop]:
    return {shop.code: shop for shop in read_shops()}


def test_the_extract_holds_the_figures_its_documentation_states(
    baskets: tuple[Basket, ...], goods: dict[str, Good], shops: dict[str, Shop]
) -> None:
    assert len(baskets) == 5_400
    assert sum(len(basket.lines) for basket in baskets) == 26_900
    assert sum(basket.units for basket in baskets) == 566_297
    assert sum(basket.amount_minor for basket in baskets) == 109_922_981
    assert len({basket.customer for basket in baskets} - {""}) == 1_977
    assert sum(not basket.customer for basket in baskets) == 316
    assert len(goods) == 1_773
    assert len(shops) == 1_565


def test_it_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 300_000


def test_a_basket_is_one_real_invoice_with_all_its_goods(baskets: tuple[Basket, ...]) -> None:
    basket = next(basket for basket in baskets if basket.invoice == "536368")

    assert basket.at.isoformat() == "2010-12-01T08:34:00"
    assert basket.customer == "13047"
    assert [(line.sku, line.units, line.unit_minor) for line in basket.lines] == [
        ("22960", 6, 425),
        ("22913", 3, 495),
        ("22912", 3, 495),
        ("22914", 3, 495),
    ]


def test_every_line_is_a_sale_of_a_known_good_at_its_list_or_trade_price(
    baskets: tuple[Basket, ...], goods: dict[str, Good]
) -> None:
    for basket in baskets:
        assert 1 <= len(basket.lines) <= 12
        assert basket.units <= 1_000
        for line in basket.lines:
            assert line.units > 0
            assert line.unit_minor in {goods[line.sku].list_minor, goods[line.sku].trade_minor}


def test_the_list_price_is_never_below_the_trade_price(goods: dict[str, Good]) -> None:
    assert all(good.list_minor >= good.trade_minor > 0 for good in goods.values())
    assert goods["85123A"].list_minor == 295
    assert goods["85123A"].trade_minor == 255
    assert goods["85123A"].title == "White hanging heart t-light holder"


def test_zip_codes_have_their_leading_zeros_again(shops: dict[str, Shop]) -> None:
    assert all(len(shop.address.postcode) == 5 and shop.address.postcode.isdigit() for shop in shops.values())
    assert shops["8159"].address.postcode == "05403"
    assert shops["1385"].address.postcode == "28786"


def test_a_store_whose_place_was_in_another_state_stands_in_its_town(shops: dict[str, Shop]) -> None:
    assert shops["1536"].address.city == "Jonesboro"
    assert (shops["1536"].place.lon, shops["1536"].place.lat) == (-90.666908, 35.823346)


def test_opening_hours_are_on_the_24_hour_clock(shops: dict[str, Shop]) -> None:
    saturday, sunday = 5, 6
    assert parse_hours(shops["220"].hours).week[saturday] == ((9 * 60, 22 * 60),)
    assert parse_hours(shops["2899"].hours).week[sunday] == ((13 * 60, 18 * 60),)
    assert parse_hours(shops["1936"].hours).week[sunday] == ()
    assert parse_hours(shops["8002"].hours).week[0] == ((0, 24 * 60),)
    lengths = {end - start for shop in shops.values() for day in parse_hours(shop.hours).week for start, end in day}
    assert min(lengths) == 270
    assert max(lengths) == 1_440


def test_each_store_keeps_the_time_of_its_place(shops: dict[str, Shop]) -> None:
    zones = {shop.address.city + shop.address.region: shop.timezone for shop in shops.values()}
    assert zones["El PasoTX"] == "America/Denver"
    assert zones["AmarilloTX"] == "America/Chicago"
    assert zones["EvansvilleIN"] == "America/Chicago"
    assert zones["Terre HauteIN"] == "America/New_York"
    assert zones["PensacolaFL"] == "America/Chicago"
    assert zones["Coeur d'AleneID"] == "America/Los_Angeles"
    assert zones["HonoluluHI"] == "Pacific/Honolulu"


def test_twenty_four_big_stores_send_parcels_and_kiosks_only_hand_out(shops: dict[str, Shop]) -> None:
    formats = [shop.format for shop in shops.values()]
    counts = {name: formats.count(name) for name in Format}
    assert counts == {Format.HUB: 24, Format.BIG: 1_013, Format.SMALL: 339, Format.KIOSK: 189}
    assert all(shop.serves_radius_m == 0 for shop in shops.values() if shop.format is Format.KIOSK)


def test_the_menu_is_written_in_two_languages() -> None:
    menu = list(rows("tea_menu.csv"))
    assert len(menu) == 50
    assert all(row["zh"] and row["en"].isascii() and int(row["price_fen"]) > 0 for row in menu)
