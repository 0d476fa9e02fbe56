"""The membership card: a number for printing, codes that turn, and a clear word for each that is not taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.customers import api
from datong.customers.rules import cards as rules
from datong.customers.tests.test_merge import people, seen
from datong.customers.types.cards import CardRefused, CardState, CardUnknown, CardUse
from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, TooManyTries
from datong.kernel.ids import uuid7

PAY = {"asker": "till 7", "use": CardUse.PAY}
LOOK = {"asker": "till 7"}


@pytest.fixture
def held(monkeypatch):
    """A clock that stands still until it is moved."""
    at = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def move(seconds: float) -> datetime:
        at[0] += timedelta(seconds=seconds)
        return at[0]

    return move


def shown(key, at=None):
    """What the phone with this key shows at a moment."""
    step = rules.step_of((at or clock.now()).timestamp())
    return rules.write_code(key.number, key.no, rules.code_at(key.secret, step))


def card_and_phone(brand, name="ann"):
    [who] = people(brand, name)
    card = api.issue_card(who, brand=brand.id, by="kim")
    return card, api.add_card_key(card.id, brand=brand.id, label="phone")


def why(refusal) -> str:
    return refusal.value.problems[0].code


def test_rfc_6238_gives_the_codes_of_its_own_test_vectors():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"
    told = [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")]
    assert [rules.code_at(secret, rules.step_of(at)) for at, _ in told] == [code for _, code in told]


@pytest.mark.requirement("S-94")
def test_the_code_on_the_phone_tells_who_it_is_and_pays_once(brand, held):
    card, phone = card_and_phone(brand)
    member = api.scan(shown(phone), brand=brand.id, **PAY)
    assert (member.card_id, member.customer_id, member.name, member.fresh) == (card.id, card.customer_id, "ann", True)
    api.use_code(member, brand=brand.id)
    with pytest.raises(CardRefused) as used:
        api.use_code(member, brand=brand.id)
    assert why(used) == "code_used"
    with pytest.raises(CardRefused) as again:
        api.scan(shown(phone), brand=brand.id, **PAY)
    assert why(again) == "code_used"
    assert api.scan(shown(phone), brand=brand.id, **LOOK).card_id == card.id, "it still tells who it is"
    held(30)
    api.use_code(api.scan(shown(phone), brand=brand.id, **PAY), brand=brand.id)


def test_a_screenshot_tells_who_it_is_for_ten_minutes_and_never_pays(brand, held):
    card, phone = card_and_phone(brand)
    picture = shown(phone)
    held(30)
    assert api.scan(picture, brand=brand.id, **PAY).fresh, "a phone's clock may be half a minute off"
    held(60)
    with pytest.raises(CardRefused) as old:
        api.scan(picture, brand=brand.id, **PAY)
    assert why(old) == "code_expired"
    member = api.scan(picture, brand=brand.id, **LOOK)
    assert (member.card_id, member.fresh) == (card.id, False)
    held(600)
    with pytest.raises(CardRefused) as gone:
        api.scan(picture, brand=brand.id, **LOOK)
    assert why(gone) == "code_expired"


def test_the_printed_number_identifies_and_does_not_pay(brand):
    card, _ = card_and_phone(brand)
    typed = f"{card.number[:4]} {card.number[4:8]}-{card.number[8:]}"
    assert api.scan(typed, brand=brand.id, **LOOK).card_id == card.id
    with pytest.raises(CardRefused) as static:
        api.scan(card.number, brand=brand.id, **PAY)
    assert why(static) == "code_needed"
    [who] = api.identify([seen(card.number)], brand=brand.id)
    assert who.customer_id == card.customer_id, "an order that shows the number is the member's"


def test_each_code_that_is_not_taken_has_its_own_word(brand, make_brand):
    card, phone = card_and_phone(brand)
    other = make_brand()
    foreign, abroad = card_and_phone(other)
    for text in (foreign.number, shown(abroad)):
        with pytest.raises(CardRefused) as theirs:
            api.scan(text, brand=brand.id, **LOOK)
        assert why(theirs) == "card_other_brand"
    nobody = rules.make_number(brand.id, 1234567890)
    for text in (nobody, rules.write_code(card.number, 9, "12345678"), rules.write_code(nobody, 1, "12345678")):
        with pytest.raises(CardUnknown):
            api.scan(text, brand=brand.id, **LOOK)
    wrong = str((int(card.number[-1]) + 1) % 10)
    with pytest.raises(BadValue) as slip:
        api.scan(card.number[:-1] + wrong, brand=brand.id, **LOOK)
    assert why(slip) == "check_digit"
    api.freeze_card(card.id, brand=brand.id, by="kim", reason="phone lost")
    for text in (card.number, shown(phone)):
        with pytest.raises(CardRefused) as cold:
            api.scan(text, brand=brand.id, **LOOK)
        assert why(cold) == "card_frozen"
    api.unfreeze_card(card.id, brand=brand.id, by="kim", reason="found it")
    assert api.scan(shown(phone), brand=brand.id, **PAY).card_id == card.id


def test_a_replaced_card_ends_with_its_phones_and_replacing_twice_is_once(brand):
    card, phone = card_and_phone(brand)
    new = api.replace_card(card.id, brand=brand.id, by="kim", reason="stolen")
    assert api.replace_card(card.id, brand=brand.id, by="kim", reason="stolen") == new
    assert new.number != card.number and new.customer_id == card.customer_id
    for text in (card.number, shown(phone)):
        with pytest.raises(CardRefused) as ended:
            api.scan(text, brand=brand.id, **LOOK)
        assert why(ended) == "card_replaced"
    with pytest.raises(CardRefused):
        api.add_card_key(card.id, brand=brand.id, label="thief")
    assert [(c.number, c.state) for c in api.cards_of(brand.id, card.customer_id)] == [
        (new.number, CardState.ACTIVE),
        (card.number, CardState.REPLACED),
    ]
    assert [h.id for h in api.search_customers(brand.id, card.number)] == [card.customer_id]


def test_one_phone_more_than_five_ends_the_oldest_and_a_phones_secret_is_sealed(brand):
    card, first = card_and_phone(brand)
    later = [api.add_card_key(card.id, brand=brand.id, label="phone") for _ in range(5)]
    with pytest.raises(CardRefused) as ended:
        api.scan(shown(first), brand=brand.id, **LOOK)
    assert why(ended) == "code_expired"
    assert api.scan(shown(later[0]), brand=brand.id, **LOOK).card_id == card.id
    with in_brand(brand.id):
        kept = rows("SELECT secret FROM customers_cardkey")
    assert all(key.secret.encode() not in bytes(sealed) for (sealed,) in kept for key in (first, *later))


def test_guessing_is_stopped_for_the_till_that_guesses_and_for_the_card(brand, held):
    card, phone = card_and_phone(brand)
    for number in range(15):
        for asker in ("a", "b"):
            with pytest.raises(CardUnknown):
                api.scan(rules.write_code(card.number, 1, f"{number:08}"), brand=brand.id, asker=asker)
    with pytest.raises(TooManyTries) as stopped:
        api.scan(shown(phone), brand=brand.id, asker="c")
    assert stopped.value.retry_after_s <= 601, "the card, whoever asks"
    for number in range(15):
        with pytest.raises(CardUnknown):
            api.scan(rules.make_number(brand.id, number), brand=brand.id, asker="a")
    with pytest.raises(TooManyTries):
        api.scan(rules.make_number(brand.id, 99), brand=brand.id, asker="a")
    held(601)
    assert api.scan(shown(phone), brand=brand.id, asker="c").card_id == card.id


def test_a_number_of_an_older_system_is_taken_once_and_never_anothers(brand):
    ann, ben = people(brand, "ann", "BENS")
    old = api.issue_card(ann, brand=brand.id, by="import", number="vip 00 17", key="row 1")
    assert old == api.issue_card(ann, brand=brand.id, by="import", number="vip 00 17", key="row 1")
    assert old.number == "VIP0017" and api.scan("vip0017", brand=brand.id, **LOOK).customer_id == ann
    with pytest.raises(Conflict):
        api.issue_card(ben, brand=brand.id, by="import", number="VIP0017")
    with pytest.raises(Conflict):
        api.issue_card(ann, brand=brand.id, by="import", number="bens")
    with pytest.raises(BadValue):
        api.issue_card(ann, brand=brand.id, by="import", number="9" * 16)
    with pytest.raises(NotFound):
        api.issue_card(uuid7(), brand=brand.id, by="kim")


def test_a_scan_is_two_statements(brand):
    _, phone = card_and_phone(brand)
    text = shown(phone)
    with count_statements() as seen_:
        api.scan(text, brand=brand.id, **PAY)
    assert len([sql for sql in seen_ if sql.strip().startswith("SELECT") and "set_config" not in sql]) == 2


def test_one_code_pays_at_one_of_many_tills(committed_db, make_brand, in_parallel):
    brand = make_brand()
    _, phone = card_and_phone(brand)
    text = shown(phone)

    def pay() -> str:
        try:
            api.use_code(api.scan(text, brand=brand.id, **PAY), brand=brand.id)
        except CardRefused as error:
            return error.problems[0].code
        return "paid"

    assert sorted(in_parallel(8, pay)) == ["code_used"] * 7 + ["paid"]


@given(st.text(max_size=200) | st.from_regex(r"DT1:[0-9A-Z]{1,40}:[0-9]{0,5}:[0-9]{0,9}", fullmatch=True))
def test_whatever_a_scanner_reads_is_a_code_or_a_refusal(text):
    try:
        read = rules.read_code(text)
    except BadValue as error:
        assert error.problems[0].field == "code"
    else:
        assert 4 <= len(read.number) <= 32 and read.number.isascii() and read.number.isalnum()


@given(st.uuids(), st.integers(0, 10**10 - 1), st.integers(0, 15), st.integers(1, 9))
def test_every_single_wrong_digit_of_a_number_is_seen(brand_id, chance, place, off):
    number = rules.make_number(brand_id, chance)
    assert rules.is_ours(number) and not rules.of_other_brand(number, brand_id)
    digit = str((int(number[place]) + off) % 10)
    assert not rules.is_ours(number[:place] + digit + number[place + 1 :])


def test_a_card_of_somebody_who_showed_nothing_is_of_the_brands_oldest_channel(brand):
    [who] = people(brand, "ann")
    with in_brand(brand.id):
        execute("DELETE FROM customers_identity WHERE brand_id = %s AND customer_id = %s", [brand.id, who])
    with pytest.raises(BadValue, match="register one first"):
        api.issue_card(who, brand=brand.id, by="kim")
    doors = [Channel(uuid7(), code, code, ChannelKind.SITE, role="sell") for code in ("web", "app")]
    for door in doors:
        register_channel(brand.id, door)
    card = api.issue_card(who, brand=brand.id, by="kim")
    signs = api.customer_page(brand.id, who).identities
    assert [(sign.value, sign.channel_id) for sign in signs] == [(card.number, doors[0].id)]
