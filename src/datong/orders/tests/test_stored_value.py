"""An order paid from the wallet: the wallet's clearing comes back to zero, and money goes where it came from."""

from __future__ import annotations

import pytest

from datong.kernel.errors import BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.ledger.api import check, clearing_nets, transfers_of
from datong.orders import api, subscribers
from datong.orders.types import Accepted, Refused
from datong.payments.api import payments_of, refunds_of
from datong.payments.types import AttemptOutcome, PaymentMethod, PaymentState
from datong.wallet import api as wallet
from datong.wallet import types as wallet_types
from datong.wallet.types import Good
from datong.wallet.types.paying import PayAsk, TakeKind, Tender
from datong.wallet.types.stored import Opening, PurseKind


@pytest.fixture
def card(shop):
    """A gift card with 100.00."""
    opening = Opening(PurseKind.GIFT, "USD")
    return wallet.issue_gifts(1, 10_000, opening, brand=shop.brand.id, by="kim")[0]


def hold(shop, card, amount, **kw):
    ask = PayAsk(amount, "USD", str(uuid7()), gifts=(card.code,), **kw)
    return wallet.authorise(ask, brand=shop.brand.id, by="till", asker="till")


def place(shop, *lines, **kw):
    [outcome] = api.place(
        [shop.intent(*lines, payment=PaymentMethod.STORED_VALUE, **kw)], brand=shop.brand.id, actor="t"
    )
    assert isinstance(outcome, Accepted), outcome
    return outcome


def has(shop, card) -> tuple[int, int]:
    found = wallet.get_purse(shop.brand.id, card.purse_id)
    return found.principal_minor, found.held_minor


def settled(shop, order_id) -> None:
    """What the outbox tells of the refund is posted; then nothing stands on a clearing account for the order."""
    done = [(r.order_id, r.amount_minor) for r in refunds_of(shop.brand.id, [order_id]) if r.state == "done"]
    api.settle_refunds(done, brand=shop.brand.id)
    nets = clearing_nets(p.transfer for p in transfers_of(shop.brand.id, [order_id]))
    assert nets and set(nets.values()) == {0}, nets
    assert [d for d in check(shop.brand.id) if d.what == "clearing_open"] == []


def pay(shop, order, payment):
    return api.pay_from_wallet(order.order_id, payment.id, brand=shop.brand.id, who="till")


@pytest.mark.requirement("S-166", "S-198")
def test_an_open_order_is_paid_by_a_held_payment_once(shop, card):
    order = place(shop)
    payment = hold(shop, card, order.total_minor)
    assert pay(shop, order, payment) is AttemptOutcome.PAID
    assert pay(shop, order, payment) is AttemptOutcome.REPEATED
    [made] = payments_of(shop.brand.id, [order.order_id])[order.order_id]
    assert (made.state, made.provider_ref) == (PaymentState.PAID, str(payment.id))
    assert has(shop, card) == (10_000 - order.total_minor, 0)
    settled(shop, order.order_id)
    second = hold(shop, card, order.total_minor)
    with pytest.raises(Conflict):
        pay(shop, order, second)
    assert has(shop, card)[1] == order.total_minor, "and nothing of the second was taken"


def test_cancelling_gives_it_back_to_the_card_it_came_from(shop, card):
    order = place(shop)
    pay(shop, order, hold(shop, card, order.total_minor))
    assert api.cancel(order.order_id, brand=shop.brand.id, who="kim", reason="changed their mind")
    assert has(shop, card) == (10_000, 0)
    [back] = refunds_of(shop.brand.id, [order.order_id])
    assert (back.state, back.amount_minor) == ("done", order.total_minor)
    settled(shop, order.order_id)
    with pytest.raises(Conflict):
        pay(shop, order, hold(shop, card, order.total_minor))


def test_parts_of_a_mixed_payment_go_back_to_card_and_till_in_proportion(shop, card):
    order = place(shop, ("TEA", 2))
    cash = order.total_minor // 4
    pay(shop, order, hold(shop, card, order.total_minor, tenders=(Tender(TakeKind.CASH, cash),)))
    before = has(shop, card)[0]
    give = {"brand": shop.brand.id, "who": "kim", "reason": "one was cold"}
    api.give_back(order.order_id, amount_minor=100, key="r1", **give)
    api.give_back(order.order_id, amount_minor=100, key="r1", **give)
    assert has(shop, card)[0] == before + 75
    settled(shop, order.order_id)
    api.give_back(order.order_id, amount_minor=order.total_minor - 100, key="r2", **give)
    assert has(shop, card) == (10_000, 0)
    first, rest = api.refunds_in_parts(shop.brand.id, order.order_id)
    assert sorted((p.kind, p.part, p.amount_minor, p.state.value, p.purse_id) for p in first.parts) == [
        ("cash", "", 25, "done", None), ("stored_value", "principal", 75, "done", card.purse_id),
    ]  # fmt: skip
    assert sum(p.amount_minor for p in rest.parts) == rest.refund.amount_minor == order.total_minor - 100


def test_an_order_paid_with_a_voucher_too_gives_it_back_with_the_last_of_its_money(shop, card):
    order, brand = place(shop, ("TEA", 2)), shop.brand.id
    wallet.put_offer(brand, wallet.new_offer("two", "Two off", Good.MONEY, amount_minor=200), by="kim")
    voucher = wallet.issue_voucher("two", brand=brand, by="kim", id=uuid7())
    pay(shop, order, hold(shop, card, order.total_minor, vouchers=(voucher.code,)))
    assert has(shop, card) == (10_000 - order.total_minor + 200, 0)
    settled(shop, order.order_id)
    give = {"brand": brand, "who": "kim", "reason": "cold"}
    api.give_back(order.order_id, amount_minor=order.total_minor - 200, key="r1", **give)
    with pytest.raises(wallet_types.VoucherRefused):
        wallet.check_voucher(voucher.code, brand=brand, asker="till")
    api.give_back(order.order_id, amount_minor=200, key="r2", **give)
    assert wallet.check_voucher(voucher.code, brand=brand, asker="till")[2] == 200
    parts = [
        [(p.kind, p.amount_minor, p.returned) for p in v.parts] for v in api.refunds_in_parts(brand, order.order_id)
    ]
    assert parts[1] == [("voucher", 200, True)] and parts[0][0][0] == "stored_value"
    assert has(shop, card) == (10_000, 0)
    settled(shop, order.order_id)


def test_a_till_sale_takes_what_there_is_and_a_person_learns_what_was_missing(shop, card):
    payment = hold(shop, card, 1_000)
    sale = shop.till_sale(("TEA", 3), paid=True, payment=PaymentMethod.STORED_VALUE, provider_ref=str(payment.id))
    [sold] = api.place([sale], brand=shop.brand.id, actor="till")
    assert isinstance(sold, Accepted)
    short = sold.total_minor - 1_000
    [row] = wallet.open_shortfalls(shop.brand.id)
    assert (row.order_id, row.amount_minor) == (sold.order_id, short) and has(shop, card) == (9_000, 0)
    settled(shop, sold.order_id)
    give = {"brand": shop.brand.id, "who": "kim", "reason": "returned"}
    api.give_back(sold.order_id, amount_minor=sold.total_minor, key="all", **give)
    assert has(shop, card) == (10_000, 0) and wallet.open_shortfalls(shop.brand.id) == []
    settled(shop, sold.order_id)


def test_what_cannot_be_paid_from_the_wallet_says_why(shop, card):
    wrong = shop.intent(payment=PaymentMethod.STORED_VALUE, paid=True)
    [outcome] = api.place([wrong], brand=shop.brand.id, actor="t")
    assert isinstance(outcome, Refused) and outcome.problems[0].field == "/paid"
    order = place(shop, ("TEA", 2))
    with pytest.raises(BadValue):
        pay(shop, order, hold(shop, card, 1))
    [cash] = api.place([shop.intent()], brand=shop.brand.id, actor="t")
    with pytest.raises(BadValue):
        pay(shop, cash, hold(shop, card, 100))
    assert subscribers.CONSUMERS
