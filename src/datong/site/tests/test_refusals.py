"""What is refused at a counter is told in the language of who asks; code and field stay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from datong.customers.types.cards import REFUSALS as CARDS
from datong.kernel.ids import uuid7
from datong.merchants.types.cards import SAYS as PARTNERS
from datong.site import refusals
from datong.site.tests.house import House
from datong.site.tests.test_api_cards import code_of
from datong.site.tests.test_api_wallet import ann, house
from datong.wallet import api as wallet
from datong.wallet.types import Good
from datong.wallet.types.coupons import SAYS as COUPONS
from datong.wallet.types.packets import REFUSALS as PACKETS
from datong.wallet.types.stored import REFUSALS as PURSES

__all__ = ["ann", "house"]
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_every_phrase_has_its_chinese_and_keeps_its_facts() -> None:
    with translation.override("zh-hans"):
        for phrase in (*refusals.PHRASES, *refusals.TITLES.values()):
            chinese = translation.gettext(phrase)
            assert is_chinese(chinese), phrase
            assert sorted(refusals.SLOT.findall(chinese)) == sorted(refusals.SLOT.findall(phrase)), phrase
        for text in (*CARDS.values(), *PURSES.values(), *COUPONS.values(), *PACKETS.values(), *PARTNERS.values()):
            assert is_chinese(refusals.told(text)), text
        assert refusals.told("at most 800: that is what there is") == "最多 800：只有这么多"
        assert refusals.told("code: expected the code on the card, got 'x'") == "code：应为卡上的码，收到 'x'"
        assert refusals.told("nobody wrote this") == "nobody wrote this"
    with translation.override("en"):
        assert refusals.told("the code on the card") == "the code on the card"


@pytest.mark.requirement("S-198", "S-94")
def test_a_till_is_told_no_in_chinese_and_in_english_with_the_same_code_and_field(
    house: House, ann: dict[str, Any]
) -> None:
    key, brand, n = ann["key"], house.brand.id, iter(range(100))
    wallet.put_programme(brand, wallet.new_programme("club", "Club", pay_percent=50), by="kim")
    wallet.put_offer(brand, wallet.new_offer("five", "Five", Good.MONEY, amount_minor=500), by="kim")
    voucher = wallet.issue_voucher("five", brand=brand, by="kim", id=uuid7(), customer_id=UUID(ann["id"]))
    wallet.redeem_voucher(voucher.code, key="k", brand=brand, by="till")

    def ask(**fields: Any) -> dict[str, Any]:
        body = {"amount_minor": 100, "currency": ann["currency"], "code": code_of(house, ann["card"]), **fields}
        url, told = "/api/v1/wallet/payments", []
        for words in ({}, CHINESE):
            answer = house.call("POST", url, key, body, **{"Idempotency-Key": f"k{next(n)}"}, **words)
            told.append((answer.status_code, answer.json()))
        (status, english), (again, chinese) = told
        assert status == again and english["type"] == chinese["type"]
        same = [[(p["field"], p["code"]) for p in each["problems"]] for each in (english, chinese)]
        assert same[0] == same[1]
        assert is_chinese(chinese["title"]) and is_chinese(chinese["detail"]), chinese
        assert [p["fix"] for p in chinese["problems"] if not is_chinese(p["fix"])] == []
        assert not is_chinese(english["title"] + english["detail"]), english
        return chinese

    assert ask(amount_minor=10_001)["problems"][0]["fix"] == "最多 10000：只有这么多"
    assert ask(vouchers=[voucher.code])["problems"][0]["code"] == "used"
    for wrong in (
        {"code": ann["card"]["number"]},
        {"code": "DT1:1234567:1:12345678"},
        {"code": "!"},
        {"gifts": ["2222-2222-2222-2223"]},
        {"vouchers": ["ABCD"]},
        {"points": {"points": 80}},
        {"points": {"points": 40}},
        {"store": "NOWHERE"},
        {"amount_minor": 0},
        {"amount_minor": "x"},
        {"code": ""},
    ):
        ask(**wrong)


def test_who_guesses_too_often_is_told_so_in_their_language(house: House, ann: dict[str, Any]) -> None:
    answers = []
    for guess in range(40):
        body = {"amount_minor": 1, "currency": ann["currency"], "vouchers": [f"ABCD{guess:04}"]}
        head = {"Idempotency-Key": f"g{guess}", **CHINESE}
        answers.append(house.call("POST", "/api/v1/wallet/payments", ann["key"], body, **head))
        if answers[-1].status_code == 429:
            break
    last = answers[-1]
    assert (last.status_code, last.json()["title"]) == (429, "请求过于频繁")
    assert last.json()["detail"] == "输错次数过多，请稍后再试" and int(last["Retry-After"]) > 0
