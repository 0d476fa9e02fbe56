"""Stored value in the console: opened, filled, paid back, frozen; gift cards as a file; shortfalls closed."""

from __future__ import annotations

import csv
import io

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.channels.tests.test_same_person import PHONE, bought, of
from datong.customers import api as customers
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.paying import SoldFromWallet


@pytest.mark.requirement("S-198", "S-105")
def test_staff_open_fill_pay_back_and_freeze_a_purse_and_the_card_page_tells_the_balance(house: House) -> None:
    who, brand = of(bought(house, PHONE)), house.brand.id
    agent, url = house.client(Role.AGENT), f"/customers/{who}/purses/"
    assert "No stored value yet" in texts(agent.get(f"/customers/{who}/"))
    agent.post(url, {"do": "open", "currency": "USD", "key": "a"})
    agent.post(url, {"do": "open", "currency": "USD", "key": "a"})
    [purse] = wallet.purses_of(brand, who)
    wallet.put_stored_policy("USD", {"bonus": [[5_000, 500]]}, brand=brand, by="kim")
    on = {"do": "top_up", "purse": purse.id, "amount": "50.00", "method": "wechat", "ref": "wx-1", "key": "b"}
    page = texts(agent.post(url, on, follow=True))
    assert "$50.00 was put on, with a bonus of $5.00." in page and "$55.00" in page
    agent.post(url, on)
    assert "at most 2 decimal places" in texts(agent.post(url, {**on, "amount": "1.234", "key": "c"}, follow=True))
    back = {"do": "refund", "purse": purse.id, "amount": "20", "reason": "asked", "key": "d"}
    assert "Pay $20.00 back by: wechat wx-1." in texts(agent.post(url, back, follow=True))
    more = texts(agent.post(url, {**back, "amount": "99", "key": "e"}, follow=True))
    assert "There is not that much on it." in more
    card = customers.issue_card(who, brand=brand, by="kim")
    assert "$33.00" in texts(house.client().get(customers.card_page(brand, card.id)))
    assert "Frozen" in texts(agent.post(url, {"do": "freeze", "purse": purse.id, "reason": "lost"}, follow=True))
    assert "This card is frozen." in texts(agent.post(url, {**on, "key": "f"}, follow=True))
    assert wallet.get_purse(brand, purse.id).principal_minor == 3_000


def test_a_store_manager_does_not_pay_back(house: House) -> None:
    who, brand = of(bought(house, PHONE)), house.brand.id
    purse = _filled(house, who)
    manager = house.client(Role.MANAGER)
    answer = manager.post(f"/customers/{who}/purses/", {"do": "refund", "purse": purse, "amount": "1", "reason": "x"})
    assert answer.status_code in (403, 404) and wallet.get_purse(brand, purse).principal_minor == 1_000


def _filled(house: House, who: object) -> object:
    from datong.wallet.types.stored import Opening, PurseKind

    purse = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", who), brand=house.brand.id, by="kim")  # type: ignore[arg-type]
    wallet.top_up(purse.id, 1_000, brand=house.brand.id, by="kim", key=str(uuid7()))
    return purse.id


@pytest.mark.requirement("S-126")
def test_gift_cards_come_as_a_file_once_and_what_is_wrong_stands_beside_its_field(house: House) -> None:
    hq = house.client(Role.HQ)
    form = {"count": "3", "face": "25.00", "batch": "Gala", "key": "k1"}
    wrong = hq.post("/stored-value/", {**form, "count": "0"})
    assert wrong.status_code == 422 and "1 to 500" in texts(wrong) and "25.00" in wrong.content.decode()
    file = hq.post("/stored-value/", form)
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert len({row["code"] for row in rows}) == 3 and {row["amount"] for row in rows} == {"25.00"}
    assert len(wallet.find_gifts((rows[0]["code"],), brand=house.brand.id, asker="till")) == 1
    again = hq.post("/stored-value/", form)
    assert again.status_code == 422 and len(wallet.gift_purses(house.brand.id)) == 3
    page = texts(hq.get("/stored-value/"))
    assert "Owed on cards: $75.00." in page and "Gala" in page and rows[0]["code"][-4:] in page
    assert rows[0]["code"] not in page


def test_a_shortfall_waits_on_the_page_until_somebody_says_what_became_of_it(house: House) -> None:
    wallet.settle_sales([SoldFromWallet(None, uuid7(), 500, "USD")], brand=house.brand.id)
    hq = house.client(Role.HQ)
    assert "1 shortfall waits for somebody" in texts(hq.get("/stored-value/"))
    [row] = wallet.open_shortfalls(house.brand.id)
    url = f"/stored-value/shortfalls/{row.id}/"
    assert "Please" in texts(hq.post(url, {"resolution": "collected", "note": ""}, follow=True))
    assert "Closed." in texts(hq.post(url, {"resolution": "collected", "note": "cash"}, follow=True))
    assert wallet.open_shortfalls(house.brand.id) == []
