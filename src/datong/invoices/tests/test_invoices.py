"""Tax invoices: for what was paid and once, issued whatever the provider does, taken back to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.invoices import api, rules
from datong.invoices.rules.lines import Sold, SoldLine
from datong.invoices.types import AlreadyAsked, Buyer, Heard, Kind, Line, Refusal, State, StoredMode
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.payments.types import PaymentMethod
from datong.site.testing.china import FIRM, PERSON, open_in_china
from datong.wallet import api as wallet
from datong.wallet.types.paying import PayAsk
from datong.wallet.types.stored import Opening, PurseKind


def later(minutes):
    return clock.held_at(clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("text", ["91350100M000100Y43", "91440300708461136T"])
def test_a_tax_number_with_its_check_character_is_one(text):
    assert rules.is_tax_no(text)
    wrong = text[:-1] + ("1" if text[-1] != "1" else "2")
    assert not rules.is_tax_no(wrong) and not rules.is_tax_no(text[:-1]) and not rules.is_tax_no(text.lower())


def test_what_is_wrong_with_a_buyer_is_named_by_field():
    with pytest.raises(BadInput) as refused:
        rules.check_buyer(Buyer(" ", "91350100M000100Y44", "nobody", "x"))
    assert [p.field for p in refused.value.problems] == ["title", "tax_no", "email", "phone"]
    with pytest.raises(BadInput) as refused:
        rules.check_buyer(Buyer("Ann"))
    assert [p.field for p in refused.value.problems] == ["email"]


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from([0, 30_000, 60_000, 130_000])), min_size=1, max_size=6),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
)
def test_red_letters_take_back_every_line_and_its_tax_to_the_cent(found, refunds):
    lines = tuple(Line("x", "1" * 19, 1, n, n * ppm // (10**6 + ppm), ppm) for n, ppm in found)
    total, base, gone, taken = sum(line.total_minor for line in lines), sum(refunds), 0, []
    for refund in refunds:
        gone += refund
        due = rules.take_back(total, sum(x.total_minor for red in taken for x in red), gone, base)
        if due:
            taken.append(rules.red_lines(lines, taken, due))
            assert all(line.total_minor >= 0 and line.tax_minor >= 0 for line in taken[-1])
    for at, line in enumerate(lines):
        assert sum(red[at].total_minor for red in taken) == line.total_minor
        assert sum(red[at].tax_minor for red in taken) == line.tax_minor


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.data())
def test_the_lines_are_what_was_paid_less_what_was_no_money(prices, data):
    paid_minor = data.draw(st.integers(1, sum(prices)))
    lowered = data.draw(st.integers(0, paid_minor))
    elsewhere = data.draw(st.integers(0, paid_minor - lowered))
    sold = Sold(tuple(SoldLine("x", "", 1, n, 0, 130_000) for n in prices), paid_minor, 0, lowered, elsewhere)
    lines = rules.lines_for(sold)
    assert sum(line.total_minor for line in lines) == paid_minor - lowered - elsewhere
    assert all(0 <= line.tax_minor < line.total_minor or line.total_minor < 5 for line in lines)


@pytest.mark.requirement("S-211")
def test_an_order_is_invoiced_line_by_line_with_its_tax_categories(shop, provider):
    api.put_tax_codes(shop.brand.id, {("sku", "CUP"): "1080413000000000000"}, by="ann")
    order = shop.paid(("TEA", 2), ("CUP", 1))
    made = shop.ask(order, FIRM)
    assert (made.state, made.total_minor, made.tax_minor) == (State.ASKED, 2200, 253)  # 115.04 and 138.05
    assert [(x.name, x.tax_code[:7], x.units, x.total_minor, x.tax_minor, x.rate_ppm) for x in made.lines] == [
        ("Green tea", "3070401", 2, 1000, 115, 130_000),
        ("Cup", "1080413", 1, 1200, 138, 130_000),
    ]
    shop.send()
    done = api.document(shop.brand.id, made.id)
    assert (done.state, done.pdf_url, len(done.number)) == (State.ISSUED, "https://x/1.pdf", 20)


def test_one_application_an_order_the_same_again_is_the_same(shop):
    order = shop.paid()
    assert shop.ask(order) == shop.ask(order)
    with pytest.raises(AlreadyAsked):
        shop.ask(order, FIRM)


def test_what_is_not_paid_cancelled_or_given_back_is_not_invoiced(shop):
    with pytest.raises(Conflict):
        shop.ask(shop.place_one())
    order = shop.paid()
    shop.back(order, 500)
    with pytest.raises(BadValue):
        shop.ask(order)
    with pytest.raises(NotFound):
        shop.ask(shop.paid().__class__(uuid7(), "", order.state, (), 0, "USD"))


def test_a_refund_before_the_application_lowers_the_invoice(shop):
    order = shop.paid(("TEA", 2))
    shop.back(order, 333)
    assert shop.ask(order).total_minor == 667


@pytest.mark.requirement("S-211")
def test_refunds_after_it_are_taken_back_by_red_letters_confirmed_first_until_it_is_red(shop, provider):
    order = shop.paid(("TEA", 2), ("CUP", 1))
    made = shop.ask(order)
    shop.send()
    provider.confirmed = False
    shop.back(order, 733)
    shop.send()
    (red,) = api.reds_of(shop.brand.id, made.id)
    assert (red.kind, red.state, red.total_minor, red.bill) == (Kind.RED, State.CONFIRMING, 733, "bill 1")
    assert red.id not in provider.got  # nothing is issued before it was confirmed
    provider.confirmed = True
    shop.send()
    assert api.document(shop.brand.id, red.id).state is State.ISSUED
    assert api.document(shop.brand.id, made.id).state is State.ISSUED
    shop.back(order, 1467, key="k2")
    shop.send(6)
    reds = api.reds_of(shop.brand.id, made.id)
    assert [r.total_minor for r in reds] == [733, 1467] and sum(r.tax_minor for r in reds) == made.tax_minor
    assert api.document(shop.brand.id, made.id).state is State.RED
    shop.send()
    assert len(api.reds_of(shop.brand.id, made.id)) == 2


def test_a_timeout_after_success_issues_once_and_a_lost_request_is_sent_again(shop, provider):
    provider.lost = 1
    made = shop.ask(shop.paid())
    shop.send()
    assert api.document(shop.brand.id, made.id).state is State.ISSUED and provider.issues == 1
    other = shop.ask(shop.paid())
    api.send_due(shop.brand.id)
    provider.got.clear()  # it never arrived
    shop.send()
    assert api.document(shop.brand.id, other.id).state is State.ISSUED


def test_the_credit_limit_is_told_and_tried_again_a_refusal_waits_for_a_person(shop, provider):
    provider.fails = [Refusal("E9001", "授信额度不足", again=True)]
    made = shop.ask(shop.paid())
    api.send_due(shop.brand.id)
    waits = api.document(shop.brand.id, made.id)
    assert (waits.state, waits.error_code, waits.error) == (State.ASKED, "E9001", "授信额度不足")
    with later(31):
        shop.send()
    assert api.document(shop.brand.id, made.id).state is State.ISSUED
    provider.fails = [Refusal("E0301", "购方税号不存在")]
    other = shop.ask(shop.paid(), FIRM)
    shop.send()
    assert api.document(shop.brand.id, other.id).state is State.REFUSED
    fixed = api.correct(shop.brand.id, other.id, PERSON, by="ann")
    assert (fixed.state, fixed.buyer) == (State.ASKED, PERSON)
    shop.send()
    assert api.document(shop.brand.id, other.id).state is State.ISSUED
    with pytest.raises(Conflict):
        api.correct(shop.brand.id, other.id, FIRM, by="ann")


def test_an_application_that_was_not_sent_may_be_taken_back_and_another_made(shop, provider):
    order = shop.paid()
    api.drop(shop.brand.id, shop.ask(order).id, by="ann", reason="wrong name")
    made = shop.ask(order, FIRM)
    shop.send()
    with pytest.raises(Conflict):
        api.drop(shop.brand.id, made.id, by="ann", reason="too late")


def test_what_is_heard_twice_or_late_changes_nothing(shop, provider):
    provider.ready = False
    made = shop.ask(shop.paid())
    api.send_due(shop.brand.id)
    assert api.receive_call(shop.brand.id, made.company_id, str(made.id).encode())
    provider.ready = True
    api.send_due(shop.brand.id)
    number = api.document(shop.brand.id, made.id).number
    assert number
    assert not api.receive_call(shop.brand.id, made.company_id, str(made.id).encode())
    assert not api.hear(shop.brand.id, Heard(made.id, State.REFUSED, message="late"))
    assert api.document(shop.brand.id, made.id).number == number


def card_of(shop, amount):
    opening = Opening(PurseKind.GIFT, "USD")
    return wallet.issue_gifts(1, amount, opening, brand=shop.brand.id, by="kim")[0]


def by_card(shop, card, *lines):
    order = shop.place_one(*lines, payment=PaymentMethod.STORED_VALUE)
    asked = PayAsk(order.total_minor, "USD", str(uuid7()), gifts=(card.code,))
    held = wallet.authorise(asked, brand=shop.brand.id, by="till", asker="till")
    orders.pay_from_wallet(order.order_id, held.id, brand=shop.brand.id, who="till")
    return order


def purse(shop, card):
    with in_brand(shop.brand.id):
        found = rows("SELECT put_minor, at_top_up_minor, at_spending_minor FROM invoices_purse WHERE purse_id = %s",
                     [card.purse_id])  # fmt: skip
    return found[0] if found else None


def mode(shop, stored):
    (seller,) = api.sellers(shop.brand.id)
    api.put_seller(shop.brand.id, replace(seller, stored=stored), by="ann")


@pytest.mark.requirement("S-211")
def test_stored_value_is_invoiced_at_top_up_or_at_spending_never_at_both(shop):
    card = card_of(shop, 10_000)
    (top_up,) = wallet.top_ups_of(shop.brand.id, [card.purse_id])
    with pytest.raises(Conflict):
        api.ask_for_top_up(shop.brand.id, top_up.id, PERSON, by="customer")
    spent = shop.ask(by_card(shop, card, ("CUP", 1)))
    assert (spent.total_minor, purse(shop, card)) == (1200, (10_000, 0, 1200))
    mode(shop, StoredMode.TOP_UP)
    with pytest.raises(Conflict):  # 12.00 of it was invoiced as it was spent
        api.ask_for_top_up(shop.brand.id, top_up.id, PERSON, by="customer")
    other = card_of(shop, 2_000)
    (top_up,) = wallet.top_ups_of(shop.brand.id, [other.purse_id])
    made = api.ask_for_top_up(shop.brand.id, top_up.id, PERSON, by="customer")
    assert (made.total_minor, made.tax_minor, made.lines[0].tax_code[:3]) == (2000, 0, "601")
    with pytest.raises(BadValue):
        shop.ask(by_card(shop, other, ("TEA", 1)))
    mode(shop, StoredMode.SPENDING)
    with pytest.raises(BadValue):  # whatever the setting is now, that money was invoiced
        shop.ask(by_card(shop, other, ("TEA", 1)))
    assert purse(shop, other) == (2000, 2000, 0)


def test_a_refund_to_the_card_may_be_invoiced_when_it_is_spent_again(shop):
    card = card_of(shop, 1_200)
    order = by_card(shop, card, ("CUP", 1))
    shop.ask(order)
    shop.send()
    shop.back(order, 1200)
    shop.send(6)
    assert purse(shop, card) == (1200, 0, 0)
    assert shop.ask(by_card(shop, card, ("CUP", 1))).total_minor == 1200


def test_twenty_customers_at_once_make_one_application(committed_db, make_brand, provider, in_parallel):
    shop = open_in_china(make_brand())
    order = shop.paid()
    made = in_parallel(8, lambda: shop.ask(order))
    assert len({one.id for one in made}) == 1
    sent = in_parallel(4, lambda: api.send_due(shop.brand.id))
    assert sum(sent) == 1 and provider.issues == 1


def test_what_was_sold_and_invoiced_ties_to_the_ledger(shop):
    first, second = shop.paid(("TEA", 2)), shop.paid(("CUP", 1))
    shop.ask(first)
    shop.send()
    shop.back(second, 200)
    day = clock.now().date()
    found = api.figures(shop.brand.id, day - timedelta(days=1), day + timedelta(days=1), currency="USD")
    assert (found.sold_minor, found.invoiced_minor, found.open_minor) == (2000, 1000, 1000)
