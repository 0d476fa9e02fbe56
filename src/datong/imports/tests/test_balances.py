"""Cards and balances of another system: to the cent, once, with their way back while nothing of them was spent."""

from __future__ import annotations

from uuid import UUID

import pytest

from datong.customers import api as customers
from datong.customers.types import IdentityKind
from datong.customers.types.cards import CardRefused
from datong.imports.tests.conftest import Desk
from datong.imports.types import RunState
from datong.ledger import api as ledger
from datong.ledger.types import Account
from datong.wallet import api as wallet
from datong.wallet.types import Good, VoucherRefused
from datong.wallet.types.paying import PayAsk

PEOPLE = "number,name,phones,phone_proof\nM-1,Ann,+8613800138001,SMS\nM-2,Bo,+8613800138002,SMS\nM-3,Cy,,\n"
STORED = (
    "member,phone,currency,principal,bonus\nM-1,,USD,128.50,20.00\n,+8613800138002,USD,5.00,\nM-3,,JPY,700,\n"
    "M-9,,USD,1.00,\nM-1,+8613800138002,USD,1.00,\n,,USD,1.00,\nM-3,,USD,-1.00,\n"
)


@pytest.fixture
def moved(desk: Desk) -> Desk:
    assert desk.take("customers", PEOPLE).counts.new == 3
    return desk


def member(desk: Desk, number: str) -> UUID:
    key = (IdentityKind.MEMBER.value, number)
    return customers.owners_of_signs(desk.brand.id, [key])[key].customer_id


def opening(desk: Desk, unit: str = "USD") -> int:
    """What stands on the opening account: debits less credits."""
    account = Account("equity:opening", unit)
    found = {row.account: row for row in ledger.trial_balance(desk.brand.id)}
    return found[account].net_minor if account in found else 0


def sound(desk: Desk) -> bool:
    return wallet.stored_differences(desk.brand.id) == [] and wallet.differences(desk.brand.id) == []


def test_stored_value_is_taken_over_once_and_what_is_wrong_is_named(moved: Desk) -> None:
    run = moved.take("stored_value", STORED)
    assert (run.counts.new, run.counts.bad) == (3, 4)
    assert moved.told(run) == [
        (5, "member", "unknown_holder"), (6, "phone", "other_holder"), (7, "member", "whose"),
        (8, "principal", "negative"),
    ]  # fmt: skip
    (purse,) = wallet.purses_of(moved.brand.id, member(moved, "M-1"))
    assert (purse.principal_minor, purse.bonus_minor, purse.currency) == (12_850, 2_000, "USD")
    assert (opening(moved), opening(moved, "JPY"), sound(moved)) == (12_850 + 2_000 + 500, 700, True)
    again = moved.take("stored_value", STORED, again=True)
    assert (again.counts.new, again.counts.changed, again.counts.same) == (0, 0, 3)
    corrected = moved.take("stored_value", "member,currency,principal,bonus\nM-1,USD,130.00,20.00\n")
    assert (corrected.counts.changed, opening(moved)) == (1, 13_000 + 2_000 + 500)
    moved.undo(corrected)
    assert (opening(moved), sound(moved)) == (12_850 + 2_000 + 500, True)


def test_an_import_goes_back_whole_while_nothing_was_spent_and_names_what_was(moved: Desk) -> None:
    run = moved.take("stored_value", "member,principal\nM-1,10.00\nM-2,20.00\n")
    back = moved.undo(run)
    assert (back.state, back.left, opening(moved)) == (RunState.UNDONE, 0, 0)
    assert wallet.purses_of(moved.brand.id, member(moved, "M-1")) == []
    run = moved.take("stored_value", "member,principal\nM-1,10.00\nM-2,20.00\n")
    (purse,) = wallet.purses_of(moved.brand.id, member(moved, "M-2"))
    wallet.pay_out(purse.id, 300, brand=moved.brand.id, by="ann", key="k", reason="asked")
    refused = moved.undo(run)
    assert (refused.state, refused.left, opening(moved)) == (RunState.DONE, 1, 2_700)
    assert [(f.line, f.code, f.value) for f in moved.faults(refused)] == [(3, "spent_since", "M-2")]
    other = moved.check("stored_value", "member,principal\nM-2,25.00\n")
    assert moved.told(other) == [(2, "", "spent_already")]
    assert moved.check("stored_value", "member,principal\nM-2,20.00\n").counts.same == 1
    part = moved.undo(run, partial=True)
    assert (part.state, part.left, opening(moved), sound(moved)) == (RunState.UNDONE, 1, 1_700, True)


def test_gift_cards_pay_with_their_old_codes(moved: Desk) -> None:
    data = "code,face,left,expiry\nGC-7788 9900,100.00,64.00,2099-12-31\n12345678,50.00,60.00,\n"
    data += "GC78,1.00,1.00,2001-01-01\n"
    run = moved.take("gift_cards", data)
    assert moved.told(run) == [(3, "left", "more_than_face"), (4, "expiry", "past")]
    (purse,) = wallet.find_gifts(("gc77889900",), brand=moved.brand.id, asker="till")
    assert (purse.available_minor, purse.code_end, purse.expires_at is not None) == (6_400, "9900", True)
    ask = PayAsk(1_000, "USD", "a", gifts=("GC77889900",))
    paid = wallet.authorise(ask, brand=moved.brand.id, by="till", asker="till")
    assert paid and wallet.get_purse(moved.brand.id, purse.id).held_minor == 1_000
    assert moved.undo(run).left == 1
    again = moved.take("gift_cards", "code,face,left,expiry\nGC77889900,100.00,64.00,2099-12-31\n")
    assert (again.counts.same, sound(moved)) == (1, True)


def test_limits_of_the_place_are_findings_and_the_balance_is_taken_over(moved: Desk) -> None:
    wallet.put_stored_policy("USD", {"anonymous_max_minor": 100_000, "named_max_minor": 500_000}, brand=moved.brand.id,
                             by="ann")  # fmt: skip
    gifts = moved.take("gift_cards", "code,left\nGC-0001,1000.01\nGC-0002,1000.00\n")
    assert (gifts.counts.new, [(f.line, f.code, f.blocks) for f in moved.faults(gifts)]) == (
        2, [(2, "over_anonymous", False)],
    )  # fmt: skip
    named = moved.take("stored_value", "member,principal\nM-1,5000.01\n")
    assert [(f.code, f.facts["most"]) for f in moved.faults(named)] == [("over_named", "5000.00")]
    assert opening(moved) == 100_001 + 100_000 + 500_001


def test_points_come_with_their_lots_and_their_worth(moved: Desk) -> None:
    wallet.put_programme(moved.brand.id, wallet.new_programme("club", "Club"), by="ann")
    data = "member,points,expiry,lots\nM-1,1250,,1000@2098-06-30; 250@2099-12-31\nM-2,300,2098-01-31,\n"
    data += "M-3,5,,4@2098-06-30\n"
    run = moved.take("points", data)
    assert (run.counts.new, moved.told(run)) == (2, [(4, "lots", "lots_sum")])
    ann = wallet.points_of(moved.brand.id, member(moved, "M-1"))[0]
    assert (ann.active, [(e.at.date().isoformat(), e.points) for e in ann.expiring]) == (
        1_250, [("2098-07-01", 1_000), ("2100-01-01", 250)],
    )  # fmt: skip
    assert (opening(moved), sound(moved)) == (1_000 + 240, True)
    assert moved.take("points", data, again=True).counts.same == 2
    wallet.burn_points(member(moved, "M-2"), 10, key="b", brand=moved.brand.id, by="till")
    refused = moved.undo(run)
    assert [(f.line, f.code) for f in moved.faults(refused) if f.code == "spent_since"] == [(3, "spent_since")]
    assert moved.undo(run, partial=True).left == 1
    assert (wallet.points_of(moved.brand.id, member(moved, "M-1"))[0].active, sound(moved)) == (0, True)
    fresh = moved.take("points", "member,points,lots\nM-1,1250,1000@2098-06-30; 250@2099-12-31\n")
    assert (fresh.counts.new, opening(moved), sound(moved)) == (1, 1_240, True)


def test_vouchers_keep_their_codes_and_those_that_were_used_stay_used(moved: Desk) -> None:
    offer = wallet.new_offer("five", "Five", Good.MONEY, amount_minor=500, price_minor=300)
    wallet.put_offer(moved.brand.id, offer, by="ann")
    data = "code,offer,member,state\nOLD-1,five,M-1,unused\nOLD-2,five,,已使用\nOLD-3,none,,\n"
    run = moved.take("vouchers", data)
    assert (run.counts.new, moved.told(run)) == (2, [(4, "offer", "unknown_offer")])
    assert (opening(moved), sound(moved)) == (300, True)
    with pytest.raises(VoucherRefused, match="not used"):
        wallet.redeem_voucher("OLD-2", brand=moved.brand.id, by="till", key="r2")
    assert moved.take("vouchers", data, again=True).counts.same == 2
    wallet.redeem_voucher("old1", brand=moved.brand.id, by="till", key="r1")
    assert [(f.line, f.code) for f in moved.faults(moved.undo(run)) if f.code == "spent_since"] == [(2, "spent_since")]
    assert moved.undo(run, partial=True).left == 1
    assert sound(moved)


def test_cards_go_on_telling_who_it_is(moved: Desk) -> None:
    data = "number,member,state,expiry\n88-0012,M-1,正常,2098-12-31\n880013,M-2,挂失,\n880014,M-3,active,2001-01-01\n"
    run = moved.take("cards", data)
    assert (run.counts.new, run.counts.bad) == (3, 0)
    brand = moved.brand.id
    assert customers.scan("880012", brand=brand, asker="till").customer_id == member(moved, "M-1")
    for number, why in (("880013", "frozen"), ("880014", "expired")):
        with pytest.raises(CardRefused, match=why):
            customers.scan(number, brand=brand, asker="till")
    assert moved.take("cards", data, again=True).counts.same == 3
    stored = moved.take("stored_value", "card,principal\n880012,3.00\n880099,1.00\n")
    assert (stored.counts.new, moved.told(stored)) == (1, [(3, "card", "unknown_holder")])
    assert moved.check("cards", "number,member\n880012,M-2\n").counts.bad == 1
    card = customers.cards_by_number(brand, ["880013"])["880013"]
    customers.unfreeze_card(card.id, brand=brand, by="ann", reason="found")
    assert [(f.line, f.value) for f in moved.faults(moved.undo(run)) if f.blocks] == [(3, "880013")]
    assert moved.undo(run, partial=True).left == 1
    assert set(customers.cards_by_number(brand, ["880012", "880013", "880014"])) == {"880013"}
