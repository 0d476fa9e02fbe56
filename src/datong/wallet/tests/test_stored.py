"""Stored value: put on, moved, paid back, within what the place allows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.customers import api as customers
from datong.kernel import audit, clock
from datong.kernel.errors import BadValue, Conflict, NotFound, TooManyTries
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.wallet import api
from datong.wallet.rules import stored as rules
from datong.wallet.tests.stored import BY, balance, gift, person, purse
from datong.wallet.types.packets import PacketLimits
from datong.wallet.types.paying import NotEnough
from datong.wallet.types.stored import GiftUnknown, Opening, Part, PurseKind, PurseRefused, PurseState, SpendOrder

CNY = {"currency": "CNY", "country": "CN", "locale": "zh-CN", "timezone": "Asia/Shanghai"}


@pytest.fixture
def brand(db, make_brand):
    return make_brand(**CNY)


def put(brand, it, amount, **kw):
    return api.top_up(it.id, amount, brand=brand.id, **{"key": str(uuid7()), **BY, **kw})


def why(refusal) -> str:
    return refusal.value.problems[0].code


@pytest.mark.requirement("S-198", "S-105")
def test_a_top_up_gives_the_bonus_of_its_step_and_the_same_again_is_the_same(brand):
    ann = purse(brand, person(brand, "ann"))
    policy = {"bonus": [[10_000, 1_000], [50_000, 8_000]]}
    api.put_stored_policy("CNY", policy, brand=brand.id, **BY)
    first = put(brand, ann, 20_000, key="t-1", method="wechat", ref="wx-1")
    assert put(brand, ann, 20_000, key="t-1", method="wechat") == first and first.bonus_minor == 1_000
    with pytest.raises(Conflict):
        put(brand, ann, 30_000, key="t-1", method="wechat")
    put(brand, ann, 9_999)
    assert balance(brand, ann.id) == (29_999, 1_000, 0)
    books = {b.account.code: b.debits_minor - b.credits_minor for b in ledger.balances(brand.id)}
    assert (books["asset:wallet:wechat"], books["asset:wallet:cash"], books["expense:bonus"]) == (20_000, 9_999, 1_000)
    assert api.stored_differences(brand.id) == []
    assert [e.verb for e in audit.page(brand.id, verb="purse").entries] == ["purse.top_up"] * 2 + ["purse.open"]


def test_a_named_card_holds_five_thousand_yuan_and_does_not_expire_in_china(brand):
    who = person(brand, "ann")
    ann = purse(brand, who, 400_000)
    with pytest.raises(PurseRefused) as over:
        put(brand, ann, 100_001)
    assert why(over) == "limit"
    put(brand, ann, 100_000)
    with pytest.raises(BadValue) as ends:
        purse(brand, who, expires_at=clock.now() + timedelta(days=900))
    assert ends.value.problems[0].field == "expires_at"
    with pytest.raises(BadValue):
        api.put_stored_policy("CNY", {"named_max_minor": 600_000}, brand=brand.id, **BY)
    api.put_stored_policy("CNY", {"named_max_minor": 300_000}, brand=brand.id, **BY)
    with pytest.raises(BadValue):
        api.put_stored_policy("CNY", {"anonymous_months": 12}, brand=brand.id, **BY)


def test_a_policy_keeps_what_is_not_named(brand):
    limits = PacketLimits(most_minor=5_000)
    api.put_packet_limits("CNY", limits, brand=brand.id, **BY)
    api.put_stored_policy("CNY", {"bonus": [[10_000, 1_000]], "hold_minutes": 7}, brand=brand.id, **BY)
    kept = api.put_stored_policy("CNY", {"offline_limit_minor": 2_000}, brand=brand.id, **BY)
    assert (kept.packets, len(kept.bonus), kept.hold_minutes, kept.offline_limit_minor) == (limits, 1, 7, 2_000)
    assert api.stored_policy(brand.id, "CNY") == kept
    usual = api.put_stored_policy("CNY", {"hold_minutes": None}, brand=brand.id, **BY)
    assert (usual.hold_minutes, len(usual.bonus)) == (api.stored_policy(brand.id, "EUR").hold_minutes, 1)


def test_a_card_without_a_name_holds_a_thousand_yuan_for_three_years_at_least(brand):
    with pytest.raises(PurseRefused) as over:
        gift(brand, 100_001)
    assert why(over) == "limit"
    with pytest.raises(BadValue) as soon:
        gift(brand, 10_000, expires_at=clock.now() + timedelta(days=365 * 2))
    assert soon.value.problems[0].field == "expires_at"
    made = gift(brand, 100_000)
    assert balance(brand, made.purse_id) == (100_000, 0, 0)


@pytest.mark.requirement("S-126")
def test_a_partners_discounted_card_has_a_licensed_issuer_who_owes_its_price(brand, make_brand):
    opening = Opening(PurseKind.PARTNER, "CNY", issuer="Jingpin Cards", batch="spring")
    with pytest.raises(PurseRefused) as unlicensed:
        api.issue_gifts(1, 10_000, opening, price_minor=8_500, brand=brand.id, **BY)
    assert why(unlicensed) == "unlicensed"
    opening = Opening(PurseKind.PARTNER, "CNY", issuer="Jingpin Cards", licence="Z2000133000019", batch="spring")
    cards = api.issue_gifts(2, 10_000, opening, price_minor=8_500, brand=brand.id, **BY)
    assert len({card.code for card in cards}) == 2
    owed = {b.account.code: b.debits_minor for b in ledger.balances(brand.id)}
    assert owed["asset:receivable:partner:Jingpin_Cards"] == 17_000 and owed["expense:bonus"] == 3_000
    [found] = api.find_gifts((cards[0].code,), brand=brand.id, asker="till")
    assert (found.issuer, found.principal_minor, found.bonus_minor) == ("Jingpin Cards", 8_500, 1_500)
    with pytest.raises(BadValue):
        api.pay_out(found.id, 100, brand=brand.id, key="p", reason="no", **BY)


def test_only_principal_is_paid_back_to_where_it_came_from_and_its_bonus_goes(brand):
    ann = purse(brand, person(brand, "ann"))
    api.put_stored_policy("CNY", {"bonus": [[10_000, 1_000]]}, brand=brand.id, **BY)
    put(brand, ann, 10_000, method="cash")
    put(brand, ann, 10_000, method="wechat", ref="wx-9")
    back = api.pay_out(ann.id, 15_000, brand=brand.id, key="b-1", reason="moves away", **BY)
    assert [(p.method, p.ref, p.amount_minor, p.bonus_minor) for p in back] == [
        ("wechat", "wx-9", 10_000, 1_000),
        ("cash", "", 5_000, 500),
    ]
    assert api.pay_out(ann.id, 15_000, brand=brand.id, key="b-1", reason="moves away", **BY) == back
    assert balance(brand, ann.id) == (5_000, 500, 0)
    with pytest.raises(NotEnough):
        api.pay_out(ann.id, 5_001, brand=brand.id, key="b-2", reason="all", **BY)
    api.pay_out(ann.id, 5_000, brand=brand.id, key="b-3", reason="rest", **BY)
    assert balance(brand, ann.id) == (0, 0, 0) and api.stored_differences(brand.id) == []


def test_principal_moves_between_purses_and_a_frozen_one_gives_and_takes_nothing(brand):
    ann, ben = (purse(brand, person(brand, name), 10_000) for name in ("ann", "ben"))
    move = {"brand": brand.id, "by": "kim", "reason": "gift"}
    api.transfer(ann.id, ben.id, 4_000, key="m-1", **move)
    giver, taker = api.transfer(ann.id, ben.id, 4_000, key="m-1", **move)
    assert (giver.principal_minor, taker.principal_minor) == (6_000, 14_000)
    with pytest.raises(NotEnough):
        api.transfer(ann.id, ben.id, 6_001, key="m-2", **move)
    api.freeze_purse(ben.id, brand=brand.id, reason="lost", **BY)
    for pair in ((ann.id, ben.id), (ben.id, ann.id)):
        with pytest.raises(PurseRefused) as cold:
            api.transfer(*pair, 1, key=str(uuid7()), **move)
        assert why(cold) == "purse_frozen"
    with pytest.raises(PurseRefused):
        put(brand, ben, 100)
    assert api.unfreeze_purse(ben.id, brand=brand.id, reason="found", **BY).state is PurseState.ACTIVE
    with pytest.raises(NotFound):
        api.get_purse(brand.id, uuid7())


def test_a_lost_gift_card_gets_a_new_code_with_its_money_and_the_old_code_ends(brand):
    old = gift(brand, 8_800)
    new = api.replace_gift(old.purse_id, brand=brand.id, reason="lost", **BY)
    assert new.amount_minor == 8_800 and new.code != old.code
    assert balance(brand, old.purse_id) == (0, 0, 0) and balance(brand, new.purse_id) == (8_800, 0, 0)
    [ended] = api.find_gifts((old.code,), brand=brand.id, asker="till")
    assert (ended.state, ended.replaced_by) == (PurseState.REPLACED, new.purse_id)
    with pytest.raises(PurseRefused) as again:
        api.replace_gift(old.purse_id, brand=brand.id, reason="lost", **BY)
    assert why(again) == "purse_replaced"
    back = api.pay_out(new.purse_id, 8_800, brand=brand.id, key="x", reason="returned", **BY)
    assert [p.amount_minor for p in back] == [8_800], "the refund goes to where the lost card's money came from"


def test_a_card_whose_time_is_over_becomes_income_once(brand):
    made = gift(brand, 5_000)
    later = clock.now() + timedelta(days=365 * 4 + 1)
    with clock.held_at(later):
        assert (api.expire_purses(brand.id), api.expire_purses(brand.id)) == (1, 0)
    assert api.get_purse(brand.id, made.purse_id).state is PurseState.EXPIRED
    books = {b.account.code: b.credits_minor for b in ledger.balances(brand.id)}
    assert books["income:breakage"] == 5_000 and balance(brand, made.purse_id) == (0, 0, 0)


def test_gift_codes_of_others_unknown_and_mistyped_are_told_apart_and_guessing_ends(brand, make_brand):
    made, other = gift(brand), gift(make_brand(**CNY))
    with pytest.raises(PurseRefused) as theirs:
        api.find_gifts((other.code,), brand=brand.id, asker="a")
    assert why(theirs) == "gift_other_brand"
    slip = made.code[:-1] + ("2" if made.code[-1] != "2" else "3")
    with pytest.raises(BadValue) as wrong:
        api.find_gifts((slip,), brand=brand.id, asker="a")
    assert why(wrong) == "check_digit"
    for number in range(18):  # the two before were tries, too: they could have been an older system's codes
        with pytest.raises(GiftUnknown):
            api.find_gifts((rules.make_gift_code(brand.id, number),), brand=brand.id, asker="a")
    with pytest.raises(TooManyTries):
        api.find_gifts((made.code,), brand=brand.id, asker="a")
    assert len(api.find_gifts((made.code.lower(),), brand=brand.id, asker="b")) == 1


def test_a_persons_purses_are_those_of_all_records_and_go_back_with_an_unmerge(brand):
    ann, ben = person(brand, "ann"), person(brand, "ben")
    first, second = purse(brand, ann, 1_000), purse(brand, ben, 2_000)
    made = customers.merge(ann, ben, brand=brand.id, by="kim", reason="one")
    assert {p.id for p in api.purses_of(brand.id, ben)} == {first.id, second.id}
    customers.unmerge(made.id, brand=brand.id, by="kim", reason="two")
    assert [p.available_minor for p in api.purses_of(brand.id, ben)] == [2_000]


MINOR = st.integers(0, 10**9)


@given(MINOR, MINOR, st.floats(0, 1), st.sampled_from(SpendOrder))
def test_parts_sum_to_the_amount_and_no_part_gives_more_than_it_has(principal, bonus, share, order):
    amount = int((principal + bonus) * share)
    parts = rules.parts_of(amount, principal, bonus, order)
    assert sum(parts.values()) == amount and all(parts.values())
    assert parts.get(Part.PRINCIPAL, 0) <= principal and parts.get(Part.BONUS, 0) <= bonus


@given(st.text(max_size=80), st.uuids())
def test_whatever_is_typed_is_a_gift_code_or_a_refusal(text, brand_id):
    try:
        code = rules.read_gift_code(text, brand_id)
    except (BadValue, PurseRefused) as error:
        assert error.problems[0].field == "code"
    else:
        assert len(code) == 16


@given(st.uuids(), st.integers(0, 31**12 - 1), st.integers(0, 14), st.integers(1, 30))
def test_every_wrong_character_and_every_swap_of_a_gift_code_is_seen(brand_id, chance, at, off):
    code = rules.make_gift_code(brand_id, chance)
    assert rules.read_gift_code(rules.shown_gift_code(code), brand_id) == code
    other = rules.ALPHABET[(rules.ALPHABET.index(code[at]) + off) % 31]
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    for wrong in {code[:at] + other + code[at + 1 :], swapped} - {code}:
        with pytest.raises(BadValue):
            rules.read_gift_code(wrong, brand_id)
