"""The demo's members have cards and money on them."""

from __future__ import annotations

from types import SimpleNamespace

from datong.customers import api as customers
from datong.site.demo.wallet import GIFTS, fill_wallet_pages
from datong.wallet import api as wallet
from datong.wallet.tests.stored import person


def test_the_newest_customers_get_cards_with_money_once(db, make_brand):
    brand = make_brand(currency="CNY", country="CN")
    ann = person(brand, "ann")
    for _ in range(2):
        fill_wallet_pages(SimpleNamespace(brand=brand))
    [purse] = wallet.purses_of(brand.id, ann)
    assert purse.available_minor == 5_000 and len(customers.cards_of(brand.id, ann)) == 1
    assert len(wallet.gift_purses(brand.id)) == GIFTS and wallet.stored_differences(brand.id) == []
