"""Notices that only name their order: WeChat Shop and JD, against local servers that keep to the protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from datong.integration import api
from datong.integration.local.wechat import LocalWeChat
from datong.integration.tests.conftest import House
from datong.integration.types import Context, InboxState
from datong.integration.wire import wechat_api
from datong.integration.wire.mapping.signature import sign
from datong.integration.wire.marketplace import shipped
from datong.integration.wire.send import jd_daojia, wechat_shop
from datong.kernel import clock
from datong.orders.types import OrderIntent

pytestmark = pytest.mark.requirement("S-18", "S-162", "S-176")


@pytest.fixture
def wechat() -> Iterator[LocalWeChat]:
    wechat_api._tokens.clear()
    with LocalWeChat("wx1", "as") as server:
        yield server


def shop(house: House, wechat: LocalWeChat) -> tuple[str, Context]:
    return house.door("wechat_shop", base_url=wechat.url)


def paid(house: House, wechat: LocalWeChat, **fields: Any) -> OrderIntent:
    order = house.order(**fields)
    wechat.put(wechat_shop.details(order))
    return order


def test_a_paid_notice_becomes_the_order_that_wechat_tells(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = paid(house, wechat)
    assert api.receive(token, wechat_shop.build(order, ctx)).reply.body == "success"
    assert wechat.calls == {}  # nothing is asked while WeChat waits for its answer
    assert house.drain() == {"placed": 1}
    assert house.orders() == [("8001", 5700, "backorder")]  # WeChat tells no coordinates, the brand has no gazetteer
    [entry] = house.inbox()
    kept = api.inbox_entry(house.brand.id, entry.id)
    assert b'"Event":"channels_ec_order_pay"' in kept.raw
    assert msgspec.json.decode(kept.fetched)["order"]["order_id"] == "8001"
    assert wechat.calls == {"/cgi-bin/stable_token": 1, "/channels/ec/order/get": 1}


def test_new_and_paid_are_one_order_and_one_question_is_enough(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = paid(house, wechat)
    api.receive(token, wechat_shop.build(order, ctx))
    house.drain()
    for event in ("channels_ec_order_new", "channels_ec_order_pay"):
        api.receive(token, wechat_shop.build(order, ctx, event=event))
    house.drain()
    assert house.states() == ["placed", "repeat", "repeat"]
    assert wechat.calls["/channels/ec/order/get"] == 1
    assert len(house.orders()) == 1


def test_an_unpaid_order_waits_and_a_lost_paid_event_loses_nothing(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = house.order()
    wechat.put(wechat_shop.details(order, status=10))
    api.receive(token, wechat_shop.build(order, ctx, event="channels_ec_order_new"))
    assert house.drain() == {"pending": 1}
    [entry] = house.inbox()
    assert entry.problems[0].code == "not_yet" and entry.retry_at
    assert house.drain() == {}
    wechat.put(wechat_shop.details(order))
    with clock.held_at(entry.retry_at + timedelta(seconds=1)):
        assert house.drain() == {"placed": 1}


def test_an_order_that_is_never_paid_is_let_go(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = house.order()
    wechat.put(wechat_shop.details(order, status=250))
    api.receive(token, wechat_shop.build(order, ctx, event="channels_ec_order_new"))
    assert house.drain() == {"ignored": 1}
    wechat.put(wechat_shop.details(order))
    [entry] = house.inbox()
    assert api.replay(house.brand.id, entry.id, "staff anna").state is InboxState.PLACED


@pytest.mark.parametrize("code", ["expired", "forgotten"])
def test_a_token_that_wechat_no_longer_knows_is_renewed(house: House, wechat: LocalWeChat, code: str) -> None:
    token, ctx = shop(house, wechat)
    for n in range(2):
        api.receive(token, wechat_shop.build(paid(house, wechat, external_id=f"{n}"), ctx))
        house.drain()
        if code == "expired":
            wechat._until = 0.0  # 42001
        else:
            wechat._token, wechat._until = "", 0.0  # 40001, as after somebody else's forced refresh
    assert house.states() == ["placed", "placed"]
    assert wechat.calls["/cgi-bin/stable_token"] == 2


def test_while_wechat_is_busy_or_away_the_order_waits(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = paid(house, wechat)
    wechat.busy = 1
    api.receive(token, wechat_shop.build(order, ctx))
    assert house.drain() == {}
    [entry] = house.inbox()
    assert (entry.state, entry.attempts) == (InboxState.PENDING, 1) and entry.retry_at
    port_closed = LocalWeChat("wx1", "as").start()
    url = port_closed.url
    port_closed.stop()
    api.update_endpoint(token, settings={"base_url": url})
    with clock.held_at(entry.retry_at):
        assert house.drain() == {}
        [entry] = house.inbox()
    assert entry.attempts == 2 and entry.retry_at
    api.update_endpoint(token, settings={"base_url": wechat.url})
    with clock.held_at(entry.retry_at):
        assert house.drain() == {"placed": 1}


def test_a_platform_that_is_away_is_asked_for_a_day_ever_more_seldom(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    wechat.busy = 10_000
    api.receive(token, wechat_shop.build(paid(house, wechat), ctx))
    began, waits = clock.now(), []
    at = began
    for _ in range(40):
        with clock.held_at(at):
            house.drain()
        [entry] = house.inbox()
        if entry.retry_at is None:
            break
        waits.append((entry.retry_at - at).total_seconds())
        at = entry.retry_at
    assert waits[4:8] == [60, 64, 128, 256] and set(waits[11:]) == {3600} and waits == sorted(waits)
    assert entry.state is InboxState.FAILED
    assert timedelta(hours=23) < at - began < timedelta(hours=26)
    wechat.busy = 0
    assert api.replay(house.brand.id, entry.id, "staff anna").state is InboxState.PLACED


def test_an_order_that_wechat_does_not_know_is_refused_with_its_words(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = house.order()
    api.receive(token, wechat_shop.build(order, ctx))
    house.drain()
    [entry] = house.inbox()
    assert entry.state is InboxState.REJECTED
    assert entry.problems[0].code == "wechat_10020052" and "order not exist" in entry.problems[0].fix
    wechat.put(wechat_shop.details(order))
    assert api.replay(house.brand.id, entry.id, "staff anna").state is InboxState.PLACED


def test_details_that_cannot_be_read_are_kept_and_corrected(house: House, wechat: LocalWeChat) -> None:
    token, ctx = shop(house, wechat)
    order = house.order()
    details = wechat_shop.details(order)
    details["order_detail"]["product_infos"][0]["sku_cnt"] = 0
    wechat.put(details)
    api.receive(token, wechat_shop.build(order, ctx))
    assert house.drain() == {"rejected": 1}
    [entry] = house.inbox()
    assert entry.problems[0].field == "/order/order_detail/product_infos/0/sku_cnt"
    shown = api.inbox_entry(house.brand.id, entry.id)
    done = api.correct(house.brand.id, entry.id, shown.body.replace('"sku_cnt": 0', '"sku_cnt": 2'), "staff anna")
    assert done.state is InboxState.PLACED
    assert b"channels_ec_order_pay" in done.raw
    assert wechat.calls["/channels/ec/order/get"] == 1


def test_a_wrong_app_secret_waits_for_somebody_to_mend_it(house: House, wechat: LocalWeChat) -> None:
    channel = house.channel()
    _, ctx = shop(house, wechat)
    secrets = {**ctx.secrets, "appsecret": "wrong"}
    made = api.create_endpoint(
        house.brand.id, channel, "wechat_shop", secrets=secrets, settings={"base_url": wechat.url}
    )
    api.receive(made.token, wechat_shop.build(paid(house, wechat), ctx))
    house.drain()
    [entry] = house.inbox()
    assert entry.state is InboxState.PENDING and "40125" in str(entry.problems[0].value)


@pytest.fixture
def jd() -> Iterator[tuple[str, dict[str, OrderIntent], list[dict[str, str]]]]:
    """JD's order query: checks the signature of the question, answers text in text in JSON."""
    orders: dict[str, OrderIntent] = {}
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            params = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            asked.append(params)
            spec = shipped("jd_daojia").signature
            assert spec
            expected = sign(spec, secret="s3cret", params=params, body=b"", url="", timestamp="")
            number = msgspec.json.decode(params["jd_param_json"])["orderId"]
            good = params["sign"] == expected and self.path == "/djapi/order/es/query"
            answer = jd_daojia.answer(orders.get(number)) if good else b'{"code":"10015","msg":"bad sign"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/djapi", orders, asked
    server.shutdown()
    server.server_close()


def test_jd_names_an_order_and_is_asked_for_it_with_a_signed_question(house: House, jd: Any) -> None:
    url, orders, asked = jd
    token, ctx = house.door("marketplace", mapping="jd_daojia", base_url=url)
    order = house.order()
    orders["8001"] = order
    for status in (41000, 32000):
        api.receive(token, jd_daojia.build(order, ctx, status=status))
    house.drain()
    assert sorted(house.states()) == ["placed", "repeat"]
    assert house.orders() == [("8001", 5700, "assigned")]
    assert asked[0]["app_key"] == "k" and asked[0]["token"] == "tok" and "secret" not in str(asked)
    api.receive(token, jd_daojia.build(order, ctx, status=33060))  # delivered: not an order to take
    assert house.states()[-1] == "ignored"
