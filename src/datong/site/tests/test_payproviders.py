"""Orders paid at Stripe, WeChat Pay and Alipay: the real libraries against servers that speak their protocols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from datong.integration.local.payproviders import LocalAlipay, LocalProvider, LocalStripe, LocalWeChatPay, Message
from datong.integration.payproviders.wechat_pay import WeChatPay
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict, Unavailable
from datong.orders import api
from datong.orders.tests.conftest import Shop, open_shop, sound
from datong.payments import api as payments
from datong.payments.ports import Forged
from datong.payments.types import PaymentMethod, RefundState
from datong.payments.types.online import Intent, IntentState, Provider, Scene

LOCALS = (LocalStripe, LocalWeChatPay, LocalAlipay)
URLS = {"return_url": "https://tea.example/back", "notify_url": "https://tea.example/hook"}
WAYS = {Provider.STRIPE: Scene.PAGE, Provider.WECHAT: Scene.QR, Provider.ALIPAY: Scene.QR}


@dataclass
class Counter:
    """A shop whose brand has an account at one provider."""

    shop: Shop
    server: Any

    @property
    def brand(self) -> UUID:
        return self.shop.brand.id

    def connect(self) -> None:
        ours = {"secrets": self.server.secrets, "base_url": self.server.url}
        payments.put_provider(self.server.provider, brand=self.brand, by="kim", **ours)

    def order(self) -> UUID:
        made = self.shop.place_one(("CUP", 2), payment=PaymentMethod.PREPAID, currency="CNY")
        return made.order_id

    def start(self, order: UUID, scene: Scene | None = None) -> Intent:
        at = self.server.provider
        return api.start_payment(order, at, scene or WAYS[at], brand=self.brand, by="shop", **URLS)

    def hear(self, message: Message) -> Any:
        return api.hear_provider(self.server.provider, *message, brand=self.brand)

    def payment(self, order: UUID) -> Any:
        return payments.payments_of(self.brand, [order])[order][0]

    def outcomes(self, order: UUID) -> list[str]:
        return [one.outcome.value for one in self.payment(order).attempts]

    def intent(self, order: UUID) -> Intent:
        return payments.intents_of(self.brand, [order])[0]

    def round(self) -> None:
        """The worker's next round, whenever that would be."""
        self.due()
        api.ask_providers(self.brand)

    def due(self) -> None:
        with in_brand(self.brand):
            execute("UPDATE payments_intent SET next_at = now() - interval '1 day' WHERE brand_id = %s", [self.brand])
            execute("UPDATE payments_refund SET send_at = NULL WHERE brand_id = %s", [self.brand])

    def late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The time to pay is over."""
        later = clock.now() + timedelta(minutes=16)
        monkeypatch.setattr(clock, "now", lambda: later)

    def state(self, order: UUID) -> tuple[str, bool]:
        found = api.order_page(self.brand, order)
        return found.state, found.paid


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[Provider, LocalProvider]]:
    """One of each: their keys take a second to make."""
    made = [kind() for kind in LOCALS]
    for one in made:
        one.start()
    yield {one.provider: one for one in made}
    for one in made:
        one.stop()


@pytest.fixture(params=list(Provider))
def counter(request: Any, servers: dict[Provider, LocalProvider], make_brand: Any, db: None) -> Counter:
    return opened(servers[request.param], make_brand)


@pytest.fixture
def wechat(servers: dict[Provider, LocalProvider], make_brand: Any, db: None) -> Counter:
    return opened(servers[Provider.WECHAT], make_brand)


def opened(server: LocalProvider, make_brand: Any) -> Counter:
    server.troubles.clear()
    server.calls.clear()
    server.slow_refunds = False
    made = Counter(open_shop(make_brand(currency="CNY")), server)
    made.connect()
    return made


@pytest.mark.requirement("S-12", "S-154", "S-180")
def test_an_order_is_paid_by_the_providers_message_once_and_refunded_there(counter: Counter) -> None:
    order = counter.order()
    intent = counter.start(order)
    assert intent.state is IntentState.OPEN
    assert intent.handed.qr or intent.handed.redirect.startswith(counter.server.url)
    assert counter.state(order) == ("assigned", False)
    counter.server.pay(intent.ref)
    message = counter.server.notice(intent.ref)
    assert counter.hear(message).status == 200
    assert counter.hear(message).status == 200
    assert (counter.state(order), counter.outcomes(order)) == (("assigned", True), ["asked", "paid", "repeated"])
    assert counter.payment(order).provider_ref.startswith(f"{counter.server.provider}:")
    made = api.give_back(order, amount_minor=900, reason="one cup broke", key="r1", brand=counter.brand, who="kim")
    counter.round()
    counter.round()
    assert counter.server.returned(intent.ref) == 900
    (refund,) = payments.refunds_of(counter.brand, [order])
    assert (refund.id, refund.state) == (made.id, RefundState.DONE)
    sound(counter.shop)


def test_a_forged_message_is_refused_before_it_is_read(counter: Counter) -> None:
    order = counter.order()
    intent = counter.start(order)
    counter.server.pay(intent.ref)
    headers, body = counter.server.notice(intent.ref)
    forged = [(headers, body.replace(intent.ref.encode(), b"0" * 32) + b" "), ({}, body[:-30]), (headers, b"{}")]
    for message in forged:
        with pytest.raises(Forged):
            counter.hear(message)
    assert counter.state(order) == ("assigned", False)
    (account,) = payments.connections(counter.brand)
    assert account.trouble.startswith("a message that was not believed")


@pytest.mark.requirement("S-166")
def test_a_payment_nobody_told_of_is_found_by_asking(wechat: Counter) -> None:
    order = wechat.order()
    intent = wechat.start(order)
    wechat.round()
    assert wechat.intent(order).state is IntentState.OPEN
    wechat.server.pay(intent.ref)
    wechat.round()
    assert (wechat.state(order), wechat.outcomes(order)) == (("assigned", True), ["asked", "paid"])


def test_another_amount_pays_nothing_and_goes_back(wechat: Counter) -> None:
    order = wechat.order()
    intent = wechat.start(order)
    wechat.server.pay(intent.ref, amount=100)
    wechat.hear(wechat.server.notice(intent.ref))
    assert (wechat.state(order), wechat.outcomes(order)) == (("assigned", False), ["asked", "amount_differs"])
    wechat.round()
    assert (wechat.server.returned(intent.ref), wechat.intent(order).state) == (100, IntentState.RETURNED)
    wechat.round()
    assert wechat.server.returned(intent.ref) == 100


@pytest.mark.requirement("S-171", "S-177")
def test_an_unpaid_order_ends_and_nobody_can_pay_it_any_more(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    order = counter.order()
    intent = counter.start(order)
    before = counter.shop.stock("CUP").reserved
    counter.late(monkeypatch)
    assert api.end_unpaid(counter.brand) == [order]
    assert (before, counter.shop.stock("CUP").reserved) == (2, 0)
    counter.round()
    assert counter.intent(order).state is IntentState.CLOSED
    counter.server.pay(intent.ref)
    counter.round()
    assert counter.state(order) == ("cancelled", False)
    with pytest.raises(Conflict):
        counter.start(order)


def test_money_that_comes_when_the_order_is_over_goes_back(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    order = counter.order()
    intent = counter.start(order)
    counter.server.pay(intent.ref)
    counter.late(monkeypatch)
    assert api.end_unpaid(counter.brand) == [order]
    counter.round()  # asked to close it, the provider says that it is paid
    assert counter.state(order) == ("cancelled", True)
    counter.round()
    assert counter.server.returned(intent.ref) == intent.amount_minor
    assert [one.state for one in payments.refunds_of(counter.brand, [order])] == [RefundState.DONE]
    sound(counter.shop)


def test_a_provider_that_is_away_leaves_the_order_and_is_asked_again(wechat: Counter) -> None:
    order = wechat.order()
    wechat.server.troubles.extend(["drop"])
    with pytest.raises(Unavailable):
        wechat.start(order)
    assert (wechat.intent(order).state, wechat.state(order)) == (IntentState.CREATED, ("assigned", False))
    again = wechat.start(order)
    assert again.id == wechat.intent(order).id and again.state is IntentState.OPEN
    assert wechat.start(order).handed == again.handed


def test_the_message_may_come_before_the_answer(wechat: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    order = wechat.order()

    def told(_self: Any, call: Any) -> Any:
        wechat.server.open(call.ref, call.amount_minor)
        wechat.server.pay(call.ref)
        wechat.hear(wechat.server.notice(call.ref))
        return real(_self, call)

    real = WeChatPay.create
    monkeypatch.setattr(WeChatPay, "create", told)
    wechat.start(order)
    assert (wechat.intent(order).state, wechat.state(order)) == (IntentState.PAID, ("assigned", True))


def test_a_second_payment_of_the_same_order_goes_back(wechat: Counter) -> None:
    order = wechat.order()
    first, second = wechat.start(order, Scene.QR), wechat.start(order, Scene.PHONE)
    assert second.handed.redirect.endswith("&redirect_url=https%3A%2F%2Ftea.example%2Fback")
    for intent in (first, second):
        wechat.server.pay(intent.ref)
        wechat.hear(wechat.server.notice(intent.ref))
    assert wechat.outcomes(order) == ["asked", "paid", "paid_again"]
    wechat.round()
    assert (wechat.server.returned(first.ref), wechat.server.returned(second.ref)) == (0, second.amount_minor)


def test_a_refund_under_way_is_done_by_the_message(wechat: Counter) -> None:
    order = wechat.order()
    intent = wechat.start(order)
    wechat.server.pay(intent.ref)
    wechat.hear(wechat.server.notice(intent.ref))
    wechat.server.slow_refunds = True
    api.cancel(order, brand=wechat.brand, who="kim", reason="not needed")
    wechat.round()
    (refund,) = payments.refunds_of(wechat.brand, [order])
    assert (refund.state, wechat.server.returned(intent.ref)) == (RefundState.DUE, intent.amount_minor)
    wechat.hear(wechat.server.refund_notice(refund.id.hex))
    wechat.hear(wechat.server.refund_notice(refund.id.hex))
    assert [one.state for one in payments.refunds_of(wechat.brand, [order])] == [RefundState.DONE]


def test_the_parameters_for_wechats_script_are_signed_by_us(wechat: Counter) -> None:
    order = wechat.order()
    with pytest.raises(Conflict, match="who pays"):
        wechat.start(order, Scene.IN_APP)
    at: dict[str, Any] = {"brand": wechat.brand, "by": "mini", **URLS}
    made = api.start_payment(order, Provider.WECHAT, Scene.IN_APP, payer="openid-1", **at).handed.params
    text = "\n".join([made["appId"], made["timeStamp"], made["nonceStr"], made["package"]]) + "\n"
    assert wechat.server.ours.signed(text, made["paySign"])


def test_message_question_and_end_at_once_confirm_once(
    committed_db: str,
    make_brand: Any,
    in_parallel: Any,
    servers: dict[Provider, LocalProvider],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = opened(servers[Provider.WECHAT], make_brand)
    brand = counter.brand
    for late in (False, True):
        order = counter.order()
        intent = counter.start(order)
        counter.server.pay(intent.ref)
        if late:
            counter.late(monkeypatch)
        message = counter.server.notice(intent.ref)
        counter.due()
        hear, ask, end = (
            partial(counter.hear, message),
            partial(api.ask_providers, brand),
            partial(api.end_unpaid, brand),
        )
        turns: Iterator[Any] = iter([hear, hear, ask, end, ask, hear])
        in_parallel(6, lambda it=turns: next(it)())
        assert counter.outcomes(order).count("paid") == 1
        state, paid = counter.state(order)
        owed = sum(one.amount_minor for one in payments.refunds_of(counter.brand, [order]))
        assert paid and owed == (intent.amount_minor if state == "cancelled" else 0)
    sound(counter.shop)


def test_secrets_are_sealed_and_never_told(wechat: Counter) -> None:
    with in_brand(wechat.brand):
        ((sealed,),) = rows("SELECT sealed FROM payments_connection WHERE brand_id = %s", [wechat.brand])
    assert wechat.server.secrets["api_v3_key"].encode() not in bytes(sealed)
    payments.put_provider(Provider.WECHAT, brand=wechat.brand, by="kim", secrets={}, base_url=wechat.server.url)
    assert payments.provider_of(Provider.WECHAT, brand=wechat.brand).check() == "the keys are accepted"
