"""Vouchers: redeemed once, wherever; each refusal says which it is; nobody finds a code by guessing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, TooManyTries
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, check, verify
from datong.wallet import api, rules
from datong.wallet.tests.conftest import Club
from datong.wallet.types import Basket, Good, NoSuchVoucher, Offer, Place, Voucher, VoucherRefused, VoucherState, Why

FIVE = {"amount_minor": 500}


def put(club: Club, code: str = "five", good: Good = Good.MONEY, **settings: Any) -> Offer:
    return api.put_offer(club.brand, api.new_offer(code, "Five off", good, **{**FIVE, **settings}), by="owner")


def give(club: Club, of: str = "five", **fields: Any) -> Voucher:
    return api.issue_voucher(of, brand=club.brand, by="agent", id=uuid7(), **fields)


def redeem(club: Club, voucher: Voucher, **fields: Any) -> Any:
    fields = {"key": uuid7().hex, "by": "till 1", "basket": Basket(2000), **fields}
    return api.redeem_voucher(voucher.code, brand=club.brand, **fields)


def rights(club: Club) -> int:
    """How many vouchers are out by the ledger."""
    return sum(b.debits_minor - b.credits_minor for b in balances(club.brand, ["equity:vouchers:issued:five"]))


def refusal(club: Club, text: str, **fields: Any) -> Why:
    with pytest.raises((VoucherRefused, NoSuchVoucher)) as refused:
        api.check_voucher(text, brand=club.brand, asker="till", **fields)
    assert refused.value.problems[0].code == refused.value.why.value
    return refused.value.why


@pytest.mark.requirement("S-124")
def test_a_voucher_is_redeemed_once_and_who_comes_second_learns_where(club: Club) -> None:
    put(club)
    made = give(club)
    done = redeem(club, made, place=Place("NEAR", "till"), key="k1")
    assert (done.value_minor, done.store) == (500, "NEAR")
    assert redeem(club, made, key="k1").id == done.id
    with pytest.raises(VoucherRefused, match="NEAR") as refused:
        redeem(club, made, place=Place("FAR"))
    assert refused.value.why is Why.USED
    with pytest.raises(Conflict, match="another voucher"):
        redeem(club, give(club), key="k1")
    assert rights(club) == 1


def test_a_redemption_is_undone_with_a_reason_and_can_be_done_again(club: Club) -> None:
    put(club)
    made = give(club)
    done = redeem(club, made)
    with pytest.raises(BadValue, match="reason"):
        api.reverse_redemption(done.id, brand=club.brand, by="manager", reason=" ")
    for _ in range(2):
        undone = api.reverse_redemption(done.id, brand=club.brand, by="manager", reason="wrong guest")
        assert (undone.reversed_by, undone.reason) == ("manager", "wrong guest")
    assert redeem(club, made).id != done.id
    assert rights(club) == 0
    assert len(api.redemptions_of(club.brand, made.id)) == 2


def test_each_refusal_is_its_own(club: Club) -> None:
    now = clock.now()
    put(club, starts_at=now, ends_at=now + timedelta(days=9), stores=frozenset({"NEAR"}), min_minor=1000)
    made, near, enough = give(club), Place("NEAR"), Basket(1000)
    good = {"place": near, "basket": enough}
    assert api.check_voucher(rules.shown(made.code).lower(), brand=club.brand, asker="till", **good)[2] == 500
    assert refusal(club, made.code, place=Place("FAR"), basket=enough) is Why.OTHER_STORE
    assert refusal(club, made.code, place=near, basket=Basket(999)) is Why.TOO_LITTLE
    wrong = made.code[:5] + ("A" if made.code[5] != "A" else "B") + made.code[6:]
    assert refusal(club, wrong, **good) is Why.MISTYPED
    assert refusal(club, rules.make_code(club.brand, 7), **good) is Why.UNKNOWN
    other = next(b for b in iter(uuid4, None) if rules.make_code(b, 1)[:2] != rules.make_code(club.brand, 1)[:2])
    assert refusal(club, rules.make_code(other, 7), **good) is Why.OTHER_BRAND
    with clock.held_at(now - timedelta(days=1)):
        assert refusal(club, made.code, **good) is Why.NOT_YET
    with clock.held_at(now + timedelta(days=9)):
        assert refusal(club, made.code, **good) is Why.EXPIRED
        assert (api.lapse_vouchers(club.brand), api.lapse_vouchers(club.brand)) == (1, 0)
    assert rights(club) == 0
    gone = give(club)
    api.void_voucher(gone.id, brand=club.brand, by="owner", reason="sent by mistake")
    assert refusal(club, gone.code, **good) is Why.VOID


def test_a_condition_and_a_channel_are_looked_at(club: Club) -> None:
    put(club, condition="basket.units >= 3", channels=frozenset({"web"}))
    made = give(club)
    web = Place(channel="web")
    assert refusal(club, made.code, place=web, basket=Basket(2000, 2)) is Why.CONDITION
    assert refusal(club, made.code, place=Place(channel="app"), basket=Basket(2000, 3)) is Why.OTHER_CHANNEL
    assert api.check_voucher(made.code, brand=club.brand, asker="t", place=web, basket=Basket(2000, 3))[2] == 500
    with pytest.raises(BadValue, match="condition"):
        put(club, condition="basket.colour == 'red'")


def test_what_it_takes_off(club: Club) -> None:
    tenth = put(club, "tenth", Good.PERCENT, percent=10, max_minor=300)
    item = put(club, "tea", Good.ITEM, sku="TEA")
    assert rules.value_of_voucher(tenth, Basket(2005)) == 201
    assert rules.value_of_voucher(tenth, Basket(90_000)) == 300
    assert rules.value_of_voucher(item, Basket()) == 500
    assert rules.value_of_voucher(item, Basket(120)) == 120
    assert refusal(club, give(club, "tea").code, basket=Basket(2000, 1, ("CUP",))) is Why.CONDITION


@pytest.mark.requirement("S-127")
def test_a_sold_coupon_is_a_liability_until_it_pays_its_order(club: Club) -> None:
    put(club, price_minor=400)
    made, order = give(club, paid_to="cash"), uuid7()
    assert [b.credits_minor for b in balances(club.brand, ["liability:vouchers"])] == [400]
    done = redeem(club, made, subject_id=order, pays=True)
    net = {b.account.code: b.debits_minor - b.credits_minor for b in balances(club.brand)}
    assert (net["liability:vouchers"], net["expense:vouchers"], net["clearing:wallet"]) == (0, 100, -500)
    api.reverse_redemption(done.id, brand=club.brand, by="manager", reason="order cancelled")
    net = {b.account.code: b.debits_minor - b.credits_minor for b in balances(club.brand)}
    assert (net["liability:vouchers"], net["expense:vouchers"], net["clearing:wallet"]) == (-400, 0, 0)
    assert check(club.brand) == []
    with pytest.raises(Conflict, match="paid for"):
        api.void_voucher(made.id, brand=club.brand, by="owner", reason="no")
    with clock.held_at(clock.now() + timedelta(days=1)):
        redeem(club, made)
    net = {b.account.code: b.debits_minor - b.credits_minor for b in balances(club.brand)}
    assert (net["liability:vouchers"], net["income:vouchers"]) == (0, -400)


def test_a_batch_is_made_once_and_shows_how_far_it_is(club: Club) -> None:
    put(club)
    batch = uuid7()
    for _ in range(2):
        made = api.issue_batch("five", 1_030, brand=club.brand, by="owner", id=batch, name="Flyer")
        assert (made.wanted, made.made) == (1_030, 1_000)
    assert (api.make_batches(club.brand), api.make_batches(club.brand)) == (30, 0)
    codes = api.batch_vouchers(club.brand, batch, limit=1_000)
    assert len({voucher.code for voucher in codes}) == 1_000
    redeem(club, codes[0])
    (now,) = api.batches(club.brand, id=batch)
    assert (now.made, now.redeemed, rights(club)) == (1_030, 1, 1_029)


def test_wrong_codes_are_counted_and_then_nobody_asks_for_a_while(club: Club) -> None:
    put(club)
    made = give(club)
    for _ in range(20):
        with pytest.raises(NoSuchVoucher):
            api.check_voucher(rules.make_code(club.brand, secrets.randbits(65)), brand=club.brand, asker="thief")
    with pytest.raises(TooManyTries):
        api.check_voucher(made.code, brand=club.brand, asker="thief")
    assert api.check_voucher(made.code, brand=club.brand, asker="till")[0] == made
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        assert api.check_voucher(made.code, brand=club.brand, asker="thief")[0] == made


def test_a_code_of_an_old_system_is_taken_as_it_is_and_only_once(club: Club) -> None:
    put(club)
    made = give(club, code="spring-2024-a7")
    assert made.code == "SPRING2024A7"
    assert redeem(club, made).voucher_id == made.id
    with pytest.raises(Conflict, match="already"):
        give(club, code="SPRING 2024 A7")


def test_an_offer_names_each_field_that_cannot_be(club: Club) -> None:
    with pytest.raises(BadInput) as refused:
        api.put_offer(club.brand, api.new_offer("A B", "", Good.ITEM, valid_days=0), by="owner")
    assert [p.field for p in refused.value.problems] == ["code", "name", "amount_minor", "sku", "valid_days"]
    put(club, active=False)
    with pytest.raises(Conflict, match="not in force"):
        give(club)


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_a_code_or_refused_as_input(text: str) -> None:
    try:
        code = rules.read_code(text)
    except DatongError as error:
        assert isinstance(error, BadValue)
    else:
        assert rules.read_code(rules.shown(code)) == code
        assert isinstance(rules.why_unknown(code, uuid7()), Why)


@given(st.integers(0, 2**65 - 1), st.integers(0, 15), st.integers(1, 31))
def test_a_single_wrong_character_is_always_found(chance: int, place: int, off: int) -> None:
    brand = uuid7()
    code = rules.make_code(brand, chance)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wrong = letters[(letters.index(code[place]) + off) % 32]
    assert rules.why_unknown(code, brand) is Why.UNKNOWN
    assert rules.why_unknown(code[:place] + wrong + code[place + 1 :], brand) is Why.MISTYPED


def test_of_many_tills_at_once_one_redeems(committed_club: Club, in_parallel: Any) -> None:
    club = committed_club
    put(club)
    made, turns = give(club), count()

    def one() -> VoucherState | Why:
        try:
            redeem(club, made, key=f"k{next(turns)}", by="till", place=Place("NEAR"))
        except VoucherRefused as refused:
            return refused.why
        return VoucherState.REDEEMED

    outcomes = in_parallel(20, one)
    assert sorted(outcomes) == [VoucherState.REDEEMED] + [Why.USED] * 19
    assert rights(club) == 0


def test_verification_names_what_does_not_fit(club: Club) -> None:
    put(club)
    made, ann = give(club), club.person()
    club.earn(ann, 5000)
    assert verify(club.brand).differences == ()
    with in_brand(club.brand):
        execute("UPDATE wallet_voucher SET state = 'void' WHERE id = %s", [made.id])
        execute('UPDATE wallet_lot SET "left" = "left" - 1')
    found = [(d.what, d.difference_minor) for d in verify(club.brand).differences]
    assert found == [("points_lots", -1), ("points_ledger", 1), ("voucher_differs", 1)]
