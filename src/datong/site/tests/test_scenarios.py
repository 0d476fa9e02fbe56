"""The flows of the scenarios, end to end: real HTTP at the doors, a real worker behind them, a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Role
from datong.brand.types import ChannelKind
from datong.customers.api import customer_page
from datong.fulfilment.api import tasks_of
from datong.fulfilment.types import TaskState
from datong.insight.api import channel_days, readiness
from datong.insight.types import Unification
from datong.integration.api import inbox_entry, taken_ids
from datong.integration.local.wechat import LocalWeChat
from datong.integration.types import Context, InboxState, Request
from datong.integration.wire import wechat_api
from datong.integration.wire.send import meituan, native, pos, wechat_shop, woocommerce
from datong.inventory.api import audit, count, stock_of
from datong.kernel import clock
from datong.ledger.api import check, transfers_of
from datong.orders.api import BoardFilter, board, proof, reconcile
from datong.orders.types import IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.risk.api import put_limits, verdicts_of
from datong.risk.types import Decision, Limit, LimitKind
from datong.site.tests.house import House, open_house

OWN: dict[str, Any] = {"amounts": None, "paid": False, "payment": PaymentMethod.CASH_ON_DELIVERY}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def house(committed_db: str, make_brand: Callable[..., Any]) -> House:
    return open_house(make_brand)


@pytest.fixture
def wechat() -> Iterator[LocalWeChat]:
    """WeChat's side of its protocol: it sends a number, and tells the order when it is asked for it."""
    wechat_api._tokens.clear()
    with LocalWeChat("wx1", "as") as server:
        yield server


@pytest.mark.requirement("SC-17", "S-13", "S-58", "S-59", "S-85")
def test_sc_17_one_request_through_the_layers(house: House) -> None:
    key = house.key(code="app", kind=ChannelKind.APP)
    put_limits(
        house.brand.id,
        [Limit("large_order", LimitKind.ORDER_AMOUNT, 50_000, Decision.REVIEW, currency="CNY")],
        by="risk",
        reason="somebody looks at large orders",
    )
    wanted = native.payload(house.order("A-1", **OWN))
    answer = house.call("POST", "/api/v1/orders", key, wanted, traceparent=PARENT)
    told = answer.json()
    house.work()
    order = house.placed("A-1")

    # 1 the channel layer takes what the user did and typed: kept as it came, with its door and its time
    entry = inbox_entry(house.brand.id, UUID(told["inbox_id"]))
    assert (entry.channel_id, entry.external_id, entry.connector) == (house.channels["app"], "A-1", "native")
    assert entry.raw == house.http.json_encoder().encode(wanted).encode() and len(entry.sha256) == 64
    assert clock.now() - entry.received_at < timedelta(minutes=1)

    # 2 the integration layer routes it: which service took it and what came of it, under one trace
    assert entry.state is InboxState.PLACED and entry.outcome["order_id"] == told["order_id"]
    assert order.inbox_id == entry.id and order.trace.split("-")[1] == PARENT.split("-")[1]

    # 3 the customer layer knows who it is, by a verified phone, whatever the door
    site = house.key(code="web", kind=ChannelKind.SITE)
    house.call("POST", "/api/v1/orders", site, native.payload(house.order("W-1", "web", **OWN)))
    assert order.customer_id is not None and house.placed("W-1").customer_id == order.customer_id
    page = customer_page(house.brand.id, order.customer_id)
    assert [(i.kind.value, i.value) for i in page.identities] == [("phone", "+8613800138000")]

    # 4 the product layer prices by date: a change holds from its moment on, what was sold keeps its price
    assert (order.total_minor, order.quoted_minor) == (3000, 3000)
    price_goes_by_date(house, key)

    # 5 the risk layer watches all of it: every order has its verdict, and one over the limit waits for a person
    risk_watches(house, key, order)

    # 6 the accounting and report layers: entries that balance, figures of the channel's day
    [posted] = transfers_of(house.brand.id, [order.id])[:1]
    assert posted.transfer.amount_minor == 3000 and check(house.brand.id) == []
    house.work()
    today = clock.now().date()
    days = channel_days(house.brand.id, today - timedelta(days=1), today)
    app = [day for day in days if day.channel_id == house.channels["app"]]
    assert (sum(d.orders for d in app), sum(d.revenue_minor for d in app)) == (4, 3000 + 3300 + 3000 + 66_000)

    # 7 the result is shown: to the caller at once, to staff with its way through the layers
    assert answer.status_code == 201 and (told["state"], told["total_minor"]) == ("assigned", 3000)
    assert told["store_ids"] == [str(house.stores["LAKE"].id)]
    assert house.call("GET", f"/api/v1/orders/{told['number']}", key).json()["state"] == "assigned"
    text = house.staff(Role.HQ).get(f"/orders/{told['number']}/").content.decode()
    assert text.count('<li class="layer">') == 8


def price_goes_by_date(house: House, key: str) -> None:
    changed = {"amount_minor": 3300, "reason": "new harvest"}
    assert house.call("PUT", "/api/v1/prices/LONGJING", key, changed).status_code == 200
    old = native.payload(house.order("A-2", placed_at=clock.now(), **OWN))
    assert old["lines"][0]["unit_minor"] == 3000
    assert house.call("POST", "/api/v1/orders", key, old).json()["problems"][0]["code"] == "price_changed"
    new = native.payload(house.order("A-2", placed_at=clock.now(), lines=(IntentLine(1, "LONGJING", 1),), **OWN))
    assert house.call("POST", "/api/v1/orders", key, new).json()["total_minor"] == 3300
    late = native.payload(house.order("A-3", placed_at=clock.now() - timedelta(hours=1), **OWN))
    assert house.call("POST", "/api/v1/orders", key, late).json()["total_minor"] == 3000  # ordered before, sent now
    assert house.placed("A-1").total_minor == 3000


def risk_watches(house: House, key: str, order: Any) -> None:
    big = native.payload(house.order("A-9", placed_at=clock.now(), lines=(IntentLine(1, "LONGJING", 20),), **OWN))
    assert house.call("POST", "/api/v1/orders", key, big).json()["state"] == "review"
    verdicts = verdicts_of(house.brand.id, [order.id, house.placed("A-9").id])
    assert [judged.verdict.decision for judged in verdicts[order.id]] == [Decision.APPROVE]
    assert [judged.verdict.rules for judged in verdicts[house.placed("A-9").id]] == [("large_order",)]


def sources(house: House, wechat: LocalWeChat) -> dict[str, Callable[[str], Any]]:
    """code -> send one order with this number through that source's own door, in its own words."""
    till, till_ctx = house.door("pos", "till", ChannelKind.STORE)
    site, site_ctx = house.door("woocommerce", "web", ChannelKind.SITE)
    shop, shop_ctx = house.door("wechat_shop", "wechat", ChannelKind.SOCIAL, base_url=wechat.url)
    mall, mall_ctx = house.door(
        "marketplace", "mall", ChannelKind.MARKETPLACE, mapping="meituan", public_url=meituan.URL
    )

    def by_wechat(order: OrderIntent, ctx: Context) -> Request:
        wechat.put(wechat_shop.details(order))
        return wechat_shop.build(order, ctx)

    named = {"store_code": "EAST"}
    return {
        "till": lambda n: house.deliver(till, pos.build([house.order(n, "till", **named)], till_ctx, device="till-1")),
        "web": lambda n: house.deliver(site, woocommerce.build(house.order(n, "web"), site_ctx)),
        "wechat": lambda n: house.deliver(shop, by_wechat(house.order(n, "wechat"), shop_ctx)),
        "mall": lambda n: house.deliver(mall, meituan.build(house.order(n, "mall", **named), mall_ctx)),
    }


@pytest.mark.requirement("S-181", "SC-06", "S-18", "S-148", "S-162", "S-163", "S-164")
def test_sc_06_orders_of_four_sources_one_book(house: House, wechat: LocalWeChat) -> None:
    send = sources(house, wechat)
    numbers = ["1001", "1002", "1003"]  # the same in every source: a number is a source's own
    placed_at = {number: clock.now() - timedelta(minutes=5) for number in numbers}
    orders = house.order
    house.order = lambda number, *args, **fields: orders(number, *args, placed_at=placed_at[number], **fields)  # type: ignore[method-assign]

    # 1 four sources, one list; everything is sent twice, half of it again after it was placed
    for number in numbers:
        for code in send:
            assert send[code](number).status_code == 200
        house.work()
    for code in send:
        assert send[code](numbers[0]).status_code == 200
        assert send[code](numbers[-1]).status_code == 200
    house.work()
    rows = board(house.brand.id, BoardFilter(limit=100)).rows
    names = {channel: code for code, channel in house.channels.items()}
    listed = sorted((names[row.channel_id], row.external_id.removeprefix("till-1:")) for row in rows)
    assert listed == sorted((code, number) for code in send for number in numbers)
    assert {row.total_minor for row in rows} == {3000} and {row.currency for row in rows} == {"CNY"}

    # 2 all have joined: none lost, none twice, recomputed from the raw rows and against what each source sent
    prefix = {"till": "till-1:"}
    sent = {house.channels[code]: [prefix.get(code, "") + number for number in numbers] for code in send}
    assert {channel: sorted(ids) for channel, ids in taken_ids(house.brand.id).items()} == sent
    for found in reconcile(house.brand.id, sent).values():
        assert (found.missing, found.extra, found.present) == ((), 0, 3)
    assert proof(house.brand.id).sound and proof(house.brand.id).orders == 12
    states = dict(house.rows("SELECT state, count(*) FROM integration_inbox GROUP BY 1"))
    assert states == {"placed": 12, "repeat": 8}
    assert audit(house.brand.id).sound and check(house.brand.id) == []

    # 3 at the store at once, with its task: the one that was named, or the nearest to the address
    lake, east = house.stores["LAKE"].id, house.stores["EAST"].id
    serves = {"till": east, "web": lake, "wechat": lake, "mall": east}
    for row in rows:
        code = names[row.channel_id]
        [task] = tasks_of(house.brand.id, [row.id])
        assert (row.store_id, task.store_id) == (serves[code], serves[code]), code
        assert (row.state, task.state) == (
            ("completed", TaskState.DONE) if code == "till" else ("assigned", TaskState.NEW)
        )
    mine = house.staff(Role.STORE, "EAST").get("/").content.decode()
    for row in rows:
        assert (row.number in mine) == (row.store_id == east)
    assert [check.code for check in readiness(house.brand.id).of(Unification.ORDERS) if not check.ok] == []
    outside = house.channel("tv", ChannelKind.TV)  # a source that does not come in here is told
    told = {check.code: [o.id for o in check.outside] for check in readiness(house.brand.id).of(Unification.ORDERS)}
    assert told["every_channel_arrives"] == [outside]
    left = {stock.location_id: stock.free for stock in stock_of(house.brand.id, items=[house.item("LONGJING")])}
    assert (left[lake], left[east]) == (94, 94)


@pytest.mark.requirement("SC-07", "S-165", "S-188")
def test_sc_07_address_to_nearest_convenience_store(house: House) -> None:
    key = house.key(code="mall", kind=ChannelKind.SITE)

    def ask(number: str, sku: str = "LONGJING", **address: str) -> Any:
        body = native.payload(house.order(number, "mall", lines=(IntentLine(1, sku, 1),), **OWN))
        body["destination"] = {"line": "8 Nanshan Road", "country": "CN", **address}
        assert "lon" not in body["destination"]
        answer = house.call("POST", "/api/v1/orders", key, body)
        assert answer.status_code == 201, answer.content
        return house.placed(number)

    lake = house.stores["LAKE"].id
    # 2 an order with a typed address, no coordinates; 3 the nearest store is matched, nobody lays a hand on it
    by_postcode = ask("1", postcode="310002")
    by_city = ask("2", city="Hangzhou", region="Zhejiang")
    for order in (by_postcode, by_city):
        assert (order.state, order.store_id) == ("assigned", lake)
        assert order.distance_m is not None and 450 < order.distance_m < 520
        [decision] = order.decisions
        assert decision.actor.startswith("client ") and decision.reason
        assert [UUID(c["store_id"]) for c in decision.chosen] == [lake]
        refused = {UUID(c["store_id"]): c["refused"] for c in decision.refused}
        assert refused[house.stores["EAST"].id] == "lower_score"
    house.work()
    assert [t.store_id for t in tasks_of(house.brand.id, [by_postcode.id])] == [lake]

    # the nearest that can: without the goods at the lake the next one is it, and the record says why
    count(house.brand.id, lake, house.item("CUP"), 0, who="stocktaking")
    other = ask("3", "CUP", postcode="310002")
    assert other.store_id == house.stores["EAST"].id
    refused = {UUID(c["store_id"]): c["refused"] for c in other.decisions[0].refused}
    assert refused[lake] in ("not_enough_stock", "stock_taken_meanwhile")

    # how much nearness counts against load and stock is the brand's to say: here it is all that counts
    nearest = {"rules": [{"name": "nearest", "weights": {"distance": 1, "load": 0, "depth": 0}}]}
    assert house.call("PUT", "/api/v1/sourcing/rules", key, nearest).status_code == 200
    first = house.until(lambda n: ask(f"r-{n}", postcode="310002"), lambda order: order.decisions[0].rule == "nearest")
    assert {ask(f"s-{n}", postcode="310002").store_id for n in range(20)} | {first.store_id} == {lake}

    # an address that cannot be found is no reason to guess
    unknown = ask("9", city="Atlantis")
    assert (unknown.state, unknown.store_id) == ("backorder", None)
    assert [finding.kind for finding in unknown.findings] == ["address_unknown"]
