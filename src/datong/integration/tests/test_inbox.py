"""The inbox: kept before it is acknowledged, placed once, mended by hand, never in its neighbours' way."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.db import OperationalError

from datong.catalog.api import put_items, put_prices
from datong.catalog.types import Item, ItemKind, Price
from datong.customers.types import Identity, IdentityKind
from datong.integration import api
from datong.integration.actions.throttle import admit
from datong.integration.tests.conftest import LONG_AGO, House
from datong.integration.types import MAX_BODY_BYTES, BadSignature, InboxState, TooLarge, TooMany, UnknownEndpoint
from datong.integration.wire.marketplace import shipped
from datong.integration.wire.send import eleme, meituan, native, shopify
from datong.integration.wire.send.common import signed_json
from datong.integration.wire.signing import hmac_text
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders.types import Amounts, IntentLine
from datong.payments.types import PaymentMethod

drain_module: Any = sys.modules["datong.integration.actions.drain"]  # the package calls its verb by the same name
pytestmark = pytest.mark.requirement("S-162", "S-163", "S-175", "S-176")
P, F = InboxState.PLACED, InboxState.FAILED


def test_a_delivery_is_kept_acknowledged_and_becomes_an_order_at_the_platforms_amounts(house: House) -> None:
    token, ctx = house.door("marketplace", mapping="eleme")
    request = eleme.build(house.order(), ctx)
    receipt = api.receive(token, request)
    assert receipt.reply.body == '{"message":"ok"}'
    [entry] = house.inbox()
    assert (entry.id, entry.state, entry.size_bytes) == (receipt.inbox_ids[0], InboxState.PENDING, len(request.body))
    assert house.drain() == {"placed": 1}
    assert house.orders() == [("8001", 5700, "assigned")]
    done = api.inbox_entry(house.brand.id, entry.id)
    assert (done.state, done.external_id, done.raw) == (P, "8001", request.body)
    assert done.outcome["total_minor"] == 5700 and done.outcome["store_ids"] == [str(house.store.id)]
    with in_brand(house.brand.id):
        assert rows("SELECT inbox_id FROM orders_order") == [(entry.id,)]


def test_a_repeat_is_kept_and_acknowledged_and_makes_no_second_order(house: House) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    for _ in range(3):
        assert api.receive(token, request).reply.body == "{}"
    assert house.drain() == {"placed": 1, "repeat": 2}
    api.receive(token, request)
    assert house.drain() == {"repeat": 1}
    assert len(house.orders()) == 1
    entries = house.inbox()
    assert len({e.sha256 for e in entries}) == 1
    assert len({e.outcome["order_id"] for e in entries}) == 1


def test_another_order_under_a_used_id_is_a_conflict_that_is_kept(house: House) -> None:
    token, ctx = house.door("shopify")
    first = house.order()
    api.receive(token, shopify.build(first, ctx))
    house.drain()
    other = replace(first, lines=(IntentLine(1, "CAKE", 1, 2500),), amounts=Amounts(2500, 2500))
    api.receive(token, shopify.build(other, ctx))
    assert house.drain() == {"conflict": 1}
    assert house.orders() == [("8001", 5700, "assigned")]
    with in_brand(house.brand.id):
        assert rows("SELECT kind FROM orders_finding WHERE kind = 'conflicting_repeat'") == [("conflicting_repeat",)]


def test_nothing_is_kept_of_a_forged_delivery(house: House) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    with pytest.raises(BadSignature):
        api.receive(token, replace(request, body=request.body + b" "))
    assert house.inbox() == []


def test_what_is_too_large_is_not_kept(house: House) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    with pytest.raises(TooLarge):
        api.receive(token, replace(request, body=b" " * (MAX_BODY_BYTES + 1)))
    assert house.inbox() == []


def test_a_door_vouches_for_who_somebody_is_only_when_it_was_opened_so(house: House) -> None:
    phone = Identity(IdentityKind.PHONE, "+8613900001111", verified=True)
    for n, settings in enumerate(({}, {"vouches": True})):
        token, ctx = house.door("native", **settings)
        order = house.order(external_id=f"{n}", identities=(phone,), payment=PaymentMethod.PREPAID)
        api.receive(token, native.build(order, ctx))
    assert house.drain() == {"placed": 2}
    with in_brand(house.brand.id):
        found = dict(rows("SELECT external_id, customer_id FROM orders_order"))
    assert found["0"] is None
    assert found["1"] is not None


def test_a_closed_door_takes_nothing_and_what_it_took_is_still_placed(house: House) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    api.receive(token, request)
    api.close_endpoint(token)
    with pytest.raises(UnknownEndpoint):
        api.receive(token, request)
    with pytest.raises(UnknownEndpoint):
        api.receive("", request)
    assert house.drain() == {"placed": 1}


def test_a_malformed_payload_is_kept_with_reasons_corrected_and_taken(house: House) -> None:
    token, ctx = house.door("shopify")
    document = shopify.payload(house.order())
    document["line_items"][0]["quantity"] = "two"
    document["total_price"] = "57,00"
    body = json.dumps(document).encode()
    request = shopify.build(house.order(), ctx)
    headers = {**request.headers, "x-shopify-hmac-sha256": hmac_text("s3cret", body)}
    api.receive(token, replace(request, body=body, headers=headers))
    assert house.drain() == {"rejected": 1}
    [bad] = house.inbox()
    assert {p.field: p.code for p in bad.problems} == {
        "/line_items/0/quantity": "bad_number",
        "/total_price": "bad_amount",
    }
    mended = api.inbox_entry(house.brand.id, bad.id).body.replace('"two"', "2").replace("57,00", "66.00")
    done = api.correct(house.brand.id, bad.id, mended, "staff anna")
    assert (done.state, done.corrected_from, done.corrected_by) == (P, bad.id, "staff anna")
    old = api.inbox_entry(house.brand.id, bad.id)
    assert (old.state, old.raw) == (InboxState.SUPERSEDED, body)
    assert (old.history[0]["who"], old.history[0]["what"], old.history[0]["state"]) == (
        "staff anna",
        "corrected",
        "rejected",
    )
    assert [p.code for p in old.problems] == ["bad_number", "bad_amount"]
    assert house.orders() == [("8001", 6600, "assigned")]


def test_a_correction_that_is_wrong_again_can_be_corrected_again(house: House) -> None:
    token, ctx = house.door("marketplace", mapping="eleme")
    order = house.order()
    message = eleme.payload(order) | {"id": "", "orderId": ""}
    api.receive(token, _eleme(message, ctx))
    house.drain()
    [bad] = house.inbox()
    again = api.correct(house.brand.id, bad.id, "{}", "a")
    assert again.state is InboxState.IGNORED  # no message of an order
    text = api.inbox_entry(house.brand.id, bad.id).body.replace('"id": ""', '"id": "E-9"')
    done = api.correct(house.brand.id, again.id, text, "b")
    assert (done.state, done.external_id) == (P, "E-9")
    assert house.states() == ["superseded", "superseded", "placed"]
    with pytest.raises(Conflict):
        api.correct(house.brand.id, done.id, text, "b")
    with pytest.raises(BadInput):
        api.correct(house.brand.id, bad.id, "  ", "b")


def _eleme(message: dict[str, Any], ctx: Any) -> Any:
    document = {"requestId": "1", "type": 10, "message": msgspec.json.encode(message).decode(), "shopId": 1}
    return signed_json(shipped("eleme"), document, ctx, "")


def test_a_refused_order_can_be_replayed_once_the_cause_is_mended(house: House) -> None:
    """An order without settled amounts that names an unknown article is refused; the article comes, it is replayed."""
    token, ctx = house.door("native")
    line = IntentLine(1, "NEW", 1)
    order = house.order(lines=(line,), amounts=None, paid=False, payment=PaymentMethod.PAY_AT_STORE)
    api.receive(token, native.build(order, ctx))
    assert house.drain() == {"rejected": 1}
    [entry] = house.inbox()
    assert [p.code for p in entry.problems] == ["unknown_sku"]
    put_items(house.brand.id, [Item(uuid7(), "NEW", "New", ItemKind.SERVICE)])
    put_prices(house.brand.id, [Price("NEW", 900, LONG_AGO)])
    done = api.replay(house.brand.id, entry.id, "staff anna")
    assert (done.state, done.outcome["total_minor"]) == (P, 900)
    assert [(h["who"], h["what"], h["state"]) for h in done.history] == [("staff anna", "replayed", "rejected")]
    with pytest.raises(Conflict):
        api.replay(house.brand.id, entry.id, "staff anna")


def test_a_poisoned_row_does_not_hold_up_its_neighbours(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token, ctx = house.door("shopify")
    for n in range(7):
        api.receive(token, shopify.build(house.order(external_id=f"{n}"), ctx))
    real = drain_module.place

    def poisoned(intents: Any, **more: Any) -> Any:
        if any(intent.external_id == "3" for intent in intents):
            raise ZeroDivisionError("poison \x00")
        return real(intents, **more)

    monkeypatch.setattr(drain_module, "place", poisoned)
    assert house.drain() == {"placed": 6, "failed": 1}
    assert [o[0] for o in house.orders()] == ["0", "1", "2", "4", "5", "6"]
    [failed] = house.inbox(F)
    assert [(p.code, p.value) for p in failed.problems] == [("ZeroDivisionError", "poison ")]
    monkeypatch.setattr(drain_module, "place", real)
    assert api.replay(house.brand.id, failed.id, "staff anna").state is P


def test_a_passing_fault_is_tried_again_ever_later_and_then_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, ctx = house.door("shopify")
    api.receive(token, shopify.build(house.order(), ctx))

    def away(intents: Any, **more: Any) -> Any:
        raise OperationalError("deadlock detected")

    real = drain_module.place
    monkeypatch.setattr(drain_module, "place", away)
    now, waits = clock.now(), []
    for _ in range(8):
        with clock.held_at(now):
            house.drain()
            [entry] = house.inbox()
            if entry.retry_at is None:
                break
            waits.append(int((entry.retry_at - now).total_seconds()))
            assert house.drain() == {}
            now = entry.retry_at
    assert waits == [2, 4, 8, 16, 32, 64, 128]
    [entry] = house.inbox()
    assert (entry.state, entry.attempts) == (F, 8)
    monkeypatch.setattr(drain_module, "place", real)
    assert api.replay(house.brand.id, entry.id, "x").state is P


def test_another_topic_is_kept_and_ignored(house: House) -> None:
    token, ctx = house.door("shopify")
    api.receive(token, shopify.build(house.order(), ctx, topic="products/update"))
    assert house.states() == ["ignored"]
    assert house.drain() == {}


def test_headers_are_kept_without_credentials(house: House) -> None:
    token, ctx = house.door("shopify")
    request = shopify.build(house.order(), ctx)
    headers = {**request.headers, "authorization": "Bearer x", "cookie": "sessionid=1", "x-secret": "y"}
    api.receive(token, replace(request, headers=headers))
    [entry] = house.inbox()
    assert entry.headers["x-shopify-topic"] == "orders/create"
    assert not {"authorization", "cookie", "x-secret", "x-shopify-hmac-sha256"} & entry.headers.keys()


def test_a_batch_costs_the_same_number_of_statements_as_one_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is asked for anew every so often is not the batch's: the look at the outbox, the brand's own facts.
    monkeypatch.setattr("datong.orders.sourcing.supply.FRESH_S", 3600)
    monkeypatch.setattr("datong.integration.actions.contexts.KEPT_S", 3600)
    token, ctx = house.door("shopify")

    def statements(count: int, start: int) -> int:
        for n in range(start, start + count):
            api.receive(token, shopify.build(house.order(external_id=f"{n}"), ctx))
        with count_statements() as seen:
            house.drain()
        return len(seen)

    statements(1, 0)
    assert statements(1, 10) == statements(20, 20)


def test_one_brand_never_sees_the_inbox_of_another(house: House, make_house: Any) -> None:
    token, ctx = house.door("shopify")
    receipt = api.receive(token, shopify.build(house.order(), ctx))
    other = make_house()
    assert other.inbox() == [] and other.drain() == {}
    for verb in (
        lambda: api.inbox_entry(other.brand.id, receipt.inbox_ids[0]),
        lambda: api.replay(other.brand.id, receipt.inbox_ids[0], "x"),
        lambda: api.correct(other.brand.id, receipt.inbox_ids[0], "{}", "x"),
    ):
        with pytest.raises(NotFound):
            verb()
    assert house.states() == ["pending"]


def test_a_flood_is_held_back_and_let_in_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("datong.integration.actions.throttle.time.monotonic", lambda: now[0])
    for _ in range(5):
        admit("flood", rate_per_s=2, burst=5)
    with pytest.raises(TooMany) as error:
        admit("flood", rate_per_s=2, burst=5)
    assert error.value.retry_after_s == 1
    admit("somebody else", rate_per_s=2, burst=5)
    now[0] += 0.6
    admit("flood", rate_per_s=2, burst=5)
    with pytest.raises(TooMany):
        admit("flood", rate_per_s=2, burst=5)


def test_a_form_is_shown_as_json_that_can_be_corrected(house: House) -> None:
    token, ctx = house.door("marketplace", mapping="meituan", public_url=meituan.URL)
    api.receive(token, meituan.build(house.order(store_code="S01", external_id="M-1"), ctx))
    [entry] = house.inbox()
    shown = api.inbox_entry(house.brand.id, entry.id)
    assert json.loads(shown.body)["detail"][0]["food_name"] == "奶茶"
    assert shown.raw.startswith(b"app_id=1&")
    assert house.drain() == {"placed": 1}


def test_pages_follow_each_other_without_gap_or_overlap(house: House) -> None:
    token, ctx = house.door("shopify")
    for n in range(7):
        api.receive(token, shopify.build(house.order(external_id=f"{n}"), ctx))
    seen, before = [], None
    while True:
        page = api.inbox_page(house.brand.id, before=before, limit=3)
        seen += [e.id for e in page.entries]
        before = page.next
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 7 and seen == sorted(seen, reverse=True)
    house.drain()
    assert [e.external_id for e in api.inbox_page(house.brand.id, api.InboxFilter(external_id="3")).entries] == ["3"]
    assert api.inbox_counts(house.brand.id) == {house.channel(): {P: 7}}
    assert sorted(api.taken_ids(house.brand.id)[house.channel()]) == [str(n) for n in range(7)]


def test_a_door_says_what_it_lacks(house: House) -> None:
    with pytest.raises(BadInput) as error:
        api.create_endpoint(house.brand.id, house.store.id, "wechat_shop", secrets={"token": "x"})
    assert {p.field for p in error.value.problems} == {
        "/channel_id",
        "/secrets/aes_key",
        "/secrets/appid",
        "/secrets/appsecret",
    }
    with pytest.raises(NotFound):
        api.create_endpoint(
            house.brand.id, house.channel(), "marketplace", secrets={"secret": "x"}, settings={"mapping": "?"}
        )
    made = api.create_endpoint(house.brand.id, house.channel(), "shopify", secrets={"secret": "topsecret"})
    assert len(made.token) == 43 and api.list_endpoints(house.brand.id) == [made]
    with in_brand(house.brand.id):
        [(sealed,)] = rows("SELECT sealed FROM integration_endpoint WHERE token = %s", [made.token])
    assert b"topsecret" not in bytes(sealed)
