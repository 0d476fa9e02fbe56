"""The pages of points and vouchers: set up, hand out, redeem, correct."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_same_person import PHONE, bought, of
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, Good, RuleKind

CLUB = {"code": "club", "name": "Club", "burn_points": "100", "burn_minor": "1.00", "fair_minor": "0.80"}
FIVE = {"code": "five", "name": "Five off", "good": "money", "amount_minor": "5.00", "stores": "NEAR"}


def open_club(house: House) -> UUID:
    """A programme with a rule and tiers, an offer with a batch, somebody with points and a voucher."""
    brand, ann = house.brand.id, of(bought(house, PHONE))
    head = house.client(Role.HQ)
    assert head.post("/rewards/programmes/new/", CLUB).status_code == 302
    base = {"code": "base", "kind": "money", "points": "1", "per_minor": "1.00"}
    assert head.post("/rewards/programmes/club/rules/", base).status_code == 302
    gold = {"code": "gold", "name": "Gold", "threshold": "100", "points_percent": "200", "perks": "Free refill"}
    assert head.post("/rewards/programmes/club/tiers/", gold).status_code == 302
    assert head.post("/rewards/offers/new/", FIVE).status_code == 302
    wallet.adjust_points(ann, 120, key="opening", brand=brand, by="hq", reason="opening balance")
    wallet.issue_voucher("five", brand=brand, by="hq", id=uuid7(), customer_id=ann)
    wallet.issue_batch("five", 3, brand=brand, by="hq", id=uuid7(), name="Flyer")
    return ann


def test_a_programme_is_set_up_with_rules_and_tiers(house: House) -> None:
    open_club(house)
    page = house.client(Role.HQ).get("/rewards/programmes/club/").content.decode()
    assert "100 points pay $1.00" in page and "1 point for each $1.00" in page and "Free refill" in page
    head = house.client(Role.HQ)
    wrong = head.post("/rewards/programmes/new/", {**CLUB, "code": "Next!", "burn_minor": "x", "life_days": "0"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('aria-invalid="true"') == 2 and 'value="Next!"' in wrong.content.decode()
    assert head.post("/rewards/programmes/club/rules/", {"drop": "base"}).status_code == 302
    found = wallet.programme(house.brand.id, "club")
    assert wallet.earning_rules(house.brand.id, found.id) == []
    assert house.client(Role.MANAGER).post("/rewards/programmes/club/rules/", {"drop": "x"}).status_code == 403


def test_what_is_bought_together_is_offered_and_stopped(house: House) -> None:
    ann = open_club(house)
    head = house.client(Role.HQ)
    wanted = {"key": str(uuid7()), "title": "Five together", "offer": "five", "people": "2", "hours": "24"}
    wrong = head.post("/groups/", {**wanted, "people": "1", "price_minor": "x"})
    assert wrong.status_code == 422 and wrong.content.decode().count('aria-invalid="true"') == 2
    assert head.post("/groups/", {**wanted, "price_minor": "3.00"}).status_code == 302
    (deal,) = wallet.group_deals(house.brand.id)
    wallet.start_group(deal.id, customer_id=ann, key="k", method="cash", brand=house.brand.id, by="app")
    page = house.client(Role.MANAGER).get("/groups/").content.decode()
    assert "1 group waits for people." in page and "1 / 2" in page and "$3.00" in page
    assert head.post("/groups/", {"stop": str(deal.id)}).status_code == 302
    assert "stopped" in head.get("/groups/").content.decode()
    assert house.client(Role.MANAGER).post("/groups/", {"stop": str(deal.id)}).status_code == 403


def test_a_batch_is_a_file_for_who_may_have_it(house: House) -> None:
    open_club(house)
    head = house.client(Role.HQ)
    page = head.get("/rewards/offers/five/").content.decode()
    assert "Flyer" in page
    link = re.search(r"/rewards/batches/[0-9a-f-]+\.csv", page)
    assert link
    lines = b"".join(head.get(link[0]).streaming_content).decode("utf-8-sig").split()  # type: ignore[attr-defined]
    assert len([line for line in lines if re.match(r"\w{4}-\w{4}-\w{4}-\w{4},", line)]) == 3
    assert house.client(Role.MANAGER).get(link[0]).status_code == 403
    key = str(uuid7())
    for _ in range(2):
        head.post("/rewards/offers/five/batch/", {"key": key, "count": "2"})
    assert [batch.made for batch in wallet.batches(house.brand.id)] == [2, 3]


def test_a_store_redeems_a_voucher_sees_why_not_and_undoes_it(house: House) -> None:
    ann = open_club(house)
    (voucher,) = wallet.vouchers_of(house.brand.id, ann)
    till = house.client(Role.STORE)
    typed = {"code": voucher.code, "store": "NEAR", "total": "20"}
    seen = till.post("/redeem/", typed).content.decode()
    key = re.search(r'name="key" value="([0-9a-f]+)"', seen)
    assert key and "$5.00 comes off." in seen
    done = till.post("/redeem/", {**typed, "do": "redeem", "key": key[1]}).content.decode()
    undo = re.search(r'name="undo" value="([0-9a-f-]+)"', done)
    assert undo and "Redeemed" in done
    again = till.post("/redeem/", typed)
    assert again.status_code == 422 and "was redeemed already" in again.content.decode()
    assert "NEAR" in again.content.decode()
    assert till.post("/redeem/", {**typed, "store": "FAR"}).status_code == 403
    unknown = till.post("/redeem/", {**typed, "code": "ABCD"}).content.decode()
    assert "No voucher has this code." in unknown and 'value="ABCD"' not in unknown
    till.post("/redeem/", {"undo": undo[1], "store": "NEAR", "reason": "wrong guest"})
    assert wallet.vouchers_of(house.brand.id, ann) == [voucher]


@pytest.mark.requirement("S-92")
def test_a_persons_page_shows_points_tier_and_vouchers_and_corrects_them(house: House) -> None:
    ann = open_club(house)
    agent = house.client(Role.AGENT)
    assert "120" in agent.get(f"/customers/{ann}/").content.decode()
    where = f"/customers/{ann}/points/"
    page = agent.get(where).content.decode()
    assert "120 · $1.20" in page and "opening balance" in page and "Five off" in page
    key = str(uuid7())
    for _ in range(2):
        assert agent.post(where, {"points": "-20", "reason": "typed twice", "key": key}).status_code == 302
    assert wallet.points_of(house.brand.id, ann)[0].spendable == 100
    wrong: Any = agent.post(where, {"points": "x", "reason": "y", "key": key})
    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.content.decode()
    agent.post(where, {"do": "voucher", "offer": "five", "key": str(uuid7())})
    assert len(wallet.vouchers_of(house.brand.id, ann)) == 2
    assert house.client(Role.AUDITOR).post(where, {"points": "1", "reason": "x", "key": key}).status_code == 403


def test_every_kind_of_rule_and_voucher_is_told_in_words(house: House) -> None:
    open_club(house)
    brand = house.brand.id
    rules = [
        EarningRule("double", RuleKind.TIMES, percent=200, campaign="spring"),
        EarningRule("hello", RuleKind.EVENT, 50, event="signup"),
    ]
    wallet.put_earning_rules(brand, "club", rules, by="hq")
    wallet.put_offer(brand, wallet.new_offer("tenth", "Tenth", Good.PERCENT, percent=10), by="hq")
    wallet.put_offer(brand, wallet.new_offer("cup", "Cup", Good.ITEM, sku="CUP", amount_minor=1200), by="hq")
    head = house.client(Role.HQ)
    told = head.get("/rewards/").content.decode() + head.get("/rewards/programmes/club/").content.decode()
    for words in ("10% off", "CUP, worth $12.00", "$5.00 off", "× 200 %", "50 points · signup", "100 points pay $1.00"):
        assert words in told, words
