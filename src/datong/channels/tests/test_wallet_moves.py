"""Money moved between cards, lost cards replaced, bonus rules kept: the pages that do it."""

from __future__ import annotations

import re
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.channels.tests.test_same_person import PHONE, bought, of
from datong.customers import api as customers
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.stored import GiftUnknown, Opening, PurseKind, PurseRefused, PurseState


def filled(house: House, who: UUID, amount: int = 5_000) -> UUID:
    purse = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", who), brand=house.brand.id, by="kim")
    wallet.top_up(purse.id, amount, brand=house.brand.id, by="kim", key=str(uuid7()))
    return purse.id


def gift(house: House, amount: int = 2_000) -> Any:
    [card] = wallet.issue_gifts(1, amount, Opening(PurseKind.GIFT, "USD"), brand=house.brand.id, by="kim")
    return card


def has(house: House, purse: UUID) -> int:
    return wallet.get_purse(house.brand.id, purse).principal_minor


def hidden(html: str) -> dict[str, str]:
    """The form that asks once more."""
    form = next(form for form in html.split("<form") if 'value="move"' in form)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))


@pytest.mark.requirement("S-198", "S-105")
def test_money_is_moved_from_card_to_card_once_after_both_were_shown(house: House) -> None:
    who, agent = of(bought(house, PHONE)), house.client(Role.AGENT)
    mine, card = filled(house, who), gift(house)
    member = customers.issue_card(who, brand=house.brand.id, by="kim")
    url, form = "/stored-value/transfer/", {"do": "look", "amount": "7.50", "reason": "a gift"}
    seen = agent.post(url, {**form, "from": card.code, "to": member.number})
    told = texts(seen)
    assert "Move $7.50?" in told and "$20.00" in told and "$12.50" in told and "$57.50" in told
    assert (has(house, mine), has(house, card.purse_id)) == (5_000, 2_000), "nothing moved yet"
    sure = hidden(seen.content.decode())
    for _ in range(2):
        assert "$7.50 was moved. $12.50 is left" in texts(agent.post(url, sure, follow=True))
    assert (has(house, mine), has(house, card.purse_id)) == (5_750, 1_250)
    agent.post(url, hidden(agent.post(url, {**form, "from": str(mine), "to": card.code}).content.decode()))
    assert (has(house, mine), has(house, card.purse_id)) == (5_000, 2_000)
    assert house.client(Role.MANAGER).get(url).status_code == 403


def test_what_is_wrong_with_a_move_stands_beside_its_field_and_keeps_what_was_typed(house: House) -> None:
    who, agent = of(bought(house, PHONE)), house.client(Role.AGENT)
    mine, card = filled(house, who), gift(house)
    good = {"do": "look", "from": str(mine), "to": card.code, "amount": "7.50", "reason": "typed by me"}
    for wrong, words in (
        ({"amount": "50.01"}, "at most $50.00"),
        ({"amount": "0"}, "an amount above 0"),
        ({"amount": "x"}, ""),
        ({"reason": " "}, "a few words on why"),
        ({"to": "ABCD-2222-2222-2222"}, "A character of this code is wrong"),
        ({"to": ""}, "number"),
        ({"from": "x" * 36}, "number"),
        ({"to": "1234567"}, ""),
    ):
        answer = agent.post("/stored-value/transfer/", {**good, **wrong})
        page = answer.content.decode()
        assert answer.status_code == 422 and words in texts(answer), wrong
        assert 'aria-invalid="true"' in page and ("typed by me" in page or "reason" in wrong), wrong
    wallet.freeze_purse(card.purse_id, brand=house.brand.id, by="kim", reason="stolen")
    sure = hidden(agent.post("/stored-value/transfer/", good).content.decode())
    cold = agent.post("/stored-value/transfer/", sure)
    assert cold.status_code == 422 and "This card is frozen." in texts(cold) and has(house, mine) == 5_000


@pytest.mark.requirement("S-126")
def test_a_stolen_gift_card_is_found_frozen_and_replaced_and_its_new_code_is_shown_once(house: House) -> None:
    card, agent = gift(house), house.client(Role.AGENT)
    opened = agent.post("/stored-value/cards/", {"code": card.code})
    url = f"/stored-value/cards/{card.purse_id}/"
    assert opened.status_code == 302 and opened["Location"] == url
    assert card.code[-4:] in texts(agent.get(f"/stored-value/?end={card.code[-4:]}"))
    assert "No gift cards yet" in texts(agent.get("/stored-value/?end=ZZZZ"))
    assert "No card has this code" in texts(
        agent.post("/stored-value/cards/", {"code": other(house, card.code)}, follow=True)
    )
    assert "Frozen" in texts(agent.post(url, {"do": "freeze", "reason": "stolen"}, follow=True))
    assert wallet.get_purse(house.brand.id, card.purse_id).state is PurseState.FROZEN
    empty = agent.post(url, {"do": "replace", "reason": ""})
    assert empty.status_code == 422 and 'aria-invalid="true"' in empty.content.decode()
    made = agent.post(url, {"do": "replace", "reason": "stolen"})
    old = wallet.get_purse(house.brand.id, card.purse_id)
    [code] = re.findall(r"<code>([0-9A-Z-]{19})</code>", made.content.decode())
    [new] = wallet.find_gifts((code,), brand=house.brand.id, asker="till")
    assert (old.state, old.replaced_by, old.available_minor, new.available_minor) == ("replaced", new.id, 0, 2_000)
    assert made["Cache-Control"] == "no-store" and code not in agent.get(url).content.decode()
    again = agent.post(url, {"do": "replace", "reason": "stolen"})
    assert again.status_code == 422 and "This card was replaced by another one." in texts(again)
    with pytest.raises(PurseRefused):
        wallet.freeze_purse(card.purse_id, brand=house.brand.id, by="kim", reason="again")
    assert house.client(Role.MANAGER).post(url, {"do": "replace", "reason": "x"}).status_code == 403


def other(house: House, code: str) -> str:
    """A code of this brand that is well formed and opens nothing."""
    start = code.replace("-", "")[:-2]
    for end in product("23456789ABCDEFGHJKMNPQRSTUVWXYZ", repeat=2):
        try:
            wallet.find_gifts((start + "".join(end),), brand=house.brand.id, asker="".join(end))
        except GiftUnknown:
            return start + "".join(end)
        except BadInput:
            continue
    raise AssertionError("no such code")


@pytest.mark.requirement("S-198")
def test_bonus_rules_are_data_with_dates_and_places_and_the_page_tells_what_a_top_up_gives(house: House) -> None:
    hq, url, brand = house.client(Role.HQ), "/stored-value/bonus/", house.brand.id
    assert "Nothing is given on top" in texts(hq.get(url))
    wallet.put_stored_policy("USD", {"hold_minutes": 7, "bonus": [[10_000, 500]]}, brand=brand, by="kim")
    rule = {"code": "ten", "from_minor": "100", "percent": "10", "max_minor": "30", "stores": "NEAR"}
    assert "The rule is kept" in texts(hq.post(url, rule, follow=True))
    hq.post(url, {"code": "old", "from_minor": "1", "bonus_minor": "90", "ends_at": "2020-01-01T00:00"})
    page = texts(hq.get(url))
    assert "in force" in page and "over" in page and "NEAR" in page and "10 %" in page
    assert "$5.00 on top, $205.00 altogether, by the rule from-10000." in texts(hq.get(f"{url}?amount=200"))
    near = texts(hq.get(f"{url}?amount=200&store=NEAR"))
    assert "$20.00 on top, $220.00 altogether, by the rule ten." in near
    assert "$30.00 on top" in texts(hq.get(f"{url}?amount=900&store=NEAR"))
    assert "No rule holds" in texts(hq.get(f"{url}?amount=99")) and "An amount such as" in texts(
        hq.get(f"{url}?amount=x")
    )
    purse, at = filled(house, of(bought(house, PHONE)), 100), {"brand": brand, "by": "kim"}
    assert wallet.top_up(purse, 20_000, key="a", **at).bonus_minor == 500
    assert wallet.top_up(purse, 20_000, key="b", store_id=house.near.id, **at).bonus_minor == 2_000
    for wrong, words in (({"percent": ""}, "or a percentage instead"), ({"code": "A B"}, "small letters")):
        answer = hq.post(url, {**rule, **wrong})
        assert answer.status_code == 422 and words in texts(answer)
    hq.post(url, {"drop": "from-10000"})
    policy = wallet.stored_policy(brand, "USD")
    assert ([each.code for each in policy.bonus], policy.hold_minutes) == (["old", "ten"], 7)
    assert house.client(Role.AGENT).post(url, rule).status_code == 403
