"""What is taken in: files, copies of webhooks; what cannot be read is named and nothing else is lost."""
# ruff: noqa: E501 the rows of a file are read better whole

from __future__ import annotations

import base64
import hmac
import io
import json
import socket
from datetime import timedelta

import pytest
from openpyxl import Workbook

from datong.access.api import create_client
from datong.access.types import Scope
from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.integration import api as integration
from datong.integration.types import BadSignature, Request, UnknownEndpoint
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7
from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Kind, SystemKind

pytestmark = pytest.mark.django_db


def count(beside, table):
    with in_brand(beside.brand.id):
        return rows(f"SELECT count(*) FROM {table} WHERE brand_id = %s", [beside.brand.id])[0][0]


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_taken(beside):
    fed = beside.orders("shop", "1,2026-11-20 10:00,,CUP,2,\"1,200.50\",,,", "2,20.11.2026,,CUP,1,12.00,,,",
                        "3,2026-11-20 11:00,,CUP,two,12.00,,,", "4,2026-11-20 11:00,,,1,\"12,5\",,,")  # fmt: skip
    assert (fed.rows, fed.taken, fed.refused) == (4, 1, 3)
    assert [(p.field, p.code, p.value) for p in fed.problems] == [
        ("row 3, placed", "bad_time", "20.11.2026"),
        ("row 4, units", "bad_number", "two"),
        ("row 5, price", "bad_amount", "12,5"),
        ("row 5, sku", "missing", ""),
    ]
    name, refused, kept = shadow.feed_problems(beside.brand.id, beside.project.id, fed.feed_id)
    assert (name, refused, kept) == ("x.csv", 3, list(fed.problems))


def test_a_missing_column_is_named_with_what_came_near_it_and_nothing_is_kept(beside):
    with pytest.raises(BadInput) as caught:
        beside.feed(FeedKind.STOCK, "erp", "artikel,store,quantiti", "CUP,NEAR,1")
    assert [p.field for p in caught.value.problems] == ["column sku", "column units"]
    assert "perhaps 'quantiti'?" in caught.value.problems[1].fix
    assert count(beside, "shadow_feed") == 0


def test_the_same_file_again_changes_nothing_and_an_order_seen_again_is_what_it_is_now(beside):
    first = beside.orders("shop", "1,2026-11-20 10:00,,CUP,2,12.00,,,")
    assert beside.orders("shop", "1,2026-11-20 10:00,,CUP,2,12.00,,,").repeat and not first.repeat
    beside.orders("shop", "1,2026-11-20 10:00,,CUP,5,12.00,,,")
    with in_brand(beside.brand.id):
        assert rows("SELECT units, goods_minor FROM shadow_order") == [(5, 6000)]
        assert rows("SELECT units FROM shadow_line") == [(5,)]


def test_exports_of_shopify_odoo_and_excel_are_read_as_they_are(beside):
    head = "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Phone"
    beside.feed(FeedKind.ORDERS, "shop", head, "#1001,ann@example.com,paid,USD,2026-11-20 10:00:00 -0600,2,Cup,12.00,CUP,",
                "#1001,,,,,1,Pot,30.00,POT,", "#1002,,voided,USD,2026-11-20 11:00:00 -0600,1,Cup,12.00,CUP,")  # fmt: skip
    odoo = "Order Reference,Customer Reference,Order Date,Order Lines/Product/Internal Reference,Order Lines/Quantity,Order Lines/Unit Price"
    beside.feed(FeedKind.ORDERS, "erp", odoo, "S00042,1001,2026-11-20 16:05:00,CUP,2.0,12.0", ",,,POT,1.0,30.0")
    book = Workbook()
    book.active.append(["SKU", "Location", "Available"])
    book.active.append(["CUP", "NEAR", 7])
    out = io.BytesIO()
    book.save(out)
    fed = shadow.feed_file(beside.brand.id, beside.project.id, "erp", FeedKind.STOCK, "stock.xlsx", out.getvalue())
    gbk = "货号,门店,库存\n杯,NEAR,3\n".encode("gbk")
    assert shadow.feed_file(beside.brand.id, beside.project.id, "shop", FeedKind.STOCK, "库存.csv", gbk).taken == 1
    assert fed.taken == 1
    with in_brand(beside.brand.id):
        assert rows("SELECT native_id, ref, units, goods_minor, cancelled FROM shadow_order ORDER BY native_id") == [
            ("#1001", "1001", 3, 5400, False), ("#1002", "1002", 1, 1200, True), ("S00042", "1001", 3, 5400, False)]  # fmt: skip


@pytest.fixture
def hooked(beside):
    beside.connect("web", SystemKind.SHOP, connector="shopify", secrets={"secret": "theirs"})
    return shadow.project_of(beside.brand.id, beside.project.id).system("web").token


def request(number: str, secret: str = "theirs", sku: str = "CUP") -> Request:
    """What Shopify sends for a new order, signed."""
    address = {"address1": "1 Main St", "city": "Minneapolis", "province_code": "MN", "zip": "55401",
               "country_code": "US", "latitude": 44.95, "longitude": -93.25}  # fmt: skip
    found = {
        "id": int(number), "created_at": (clock.now() - timedelta(minutes=5)).isoformat(), "currency": "USD",
        "taxes_included": True, "financial_status": "paid", "total_price": "24.00", "phone": "+16125550100",
        "email": "ann@example.com", "line_items": [{"sku": sku, "title": "Cup", "quantity": 2, "price": "12.00"}],
        "shipping_address": address,
    }  # fmt: skip
    body = json.dumps(found).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return Request(body, {"x-shopify-topic": "orders/create", "x-shopify-hmac-sha256": signature})


def test_a_copy_of_a_webhook_becomes_an_observation_and_never_an_order(beside, hooked, client):
    found = request("5001")
    for _ in range(2):
        answer = client.post(f"/hooks/shadow/{hooked}", found.body, content_type="application/json",
                             headers={k: v for k, v in found.headers.items() if k.startswith("x-")})  # fmt: skip
        assert answer.status_code == 200
    with in_brand(beside.brand.id):
        assert rows("SELECT native_id, units, goods_minor, lon FROM shadow_order") == [("5001", 2, 2400, -93.25)]
        assert rows("SELECT count(*), sum(length(body)) FROM shadow_feed") == [(1, len(found.body))]
        ((phone,),) = rows("SELECT phone_key FROM shadow_order")
    assert "6125550100" not in phone and len(phone) == 32
    assert [count(beside, t) for t in ("orders_order", "integration_inbox")] == [0, 0]
    assert integration.list_endpoints(beside.brand.id) == []


def test_a_forged_copy_and_an_unknown_address_are_refused_and_nothing_is_kept(beside, hooked):
    with pytest.raises(BadSignature):
        shadow.receive(hooked, request("5001", "guessed"))
    for token in ("x", hooked[:-2] + "AA", hooked + "AAAA"):
        with pytest.raises(UnknownEndpoint):
            shadow.receive(token, request("5001"))
    assert count(beside, "shadow_feed") == 0


def test_a_copy_that_cannot_be_read_is_kept_with_its_problem_and_acknowledged(beside, hooked):
    broken = request("5002", sku="")
    shadow.receive(hooked, broken)
    with in_brand(beside.brand.id):
        ((refused, problems, body),) = rows("SELECT refused, problems::text, body FROM shadow_feed")
    assert refused == 1 and "sku" in problems and bytes(body) == broken.body
    assert count(beside, "shadow_order") == 0


def test_a_system_that_would_have_to_be_asked_is_not_connected_by_webhook(beside):
    with pytest.raises(BadInput, match="asks its platform"):
        beside.connect("wx", SystemKind.SHOP, connector="wechat_shop",
                       secrets={"token": "t", "aes_key": "k" * 43, "appid": "a", "appsecret": "s"})  # fmt: skip


def test_deleting_a_project_leaves_nothing_of_it(beside, hooked):
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,2,12.00,,,")
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00")
    beside.members("shop", "1,Ann Lee,+16125550100,,,")
    shadow.receive(hooked, request("5001"))
    (found, *_) = beside.look()[Kind.OVERSELL]
    shadow.explain(beside.brand.id, beside.project.id, found.id, "why not", by="ann")
    with in_brand(beside.brand.id):
        tables = [
            t
            for (t,) in rows(
                "SELECT tablename FROM pg_tables WHERE tablename LIKE 'shadow\\_%%' AND schemaname = 'public'"
            )
        ]
    assert len(tables) == 12
    shadow.delete_project(beside.brand.id, beside.project.id, by="ann")
    assert {t: count(beside, t) for t in tables if count(beside, t)} == {}
    with pytest.raises(NotFound):
        shadow.report(beside.brand.id, beside.project.id)


def test_observations_end_after_the_days_a_project_keeps(beside):
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,2,12.00,,,")
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00")
    with clock.held_at(clock.now() + timedelta(days=400)):
        shadow.forget_old(beside.brand.id, beside.project)
    assert [count(beside, t) for t in ("shadow_order", "shadow_line", "shadow_stock", "shadow_feed")] == [0, 0, 0, 0]


@pytest.fixture
def no_way_out(monkeypatch):
    """Whatever opens a connection from Python fails; PostgreSQL's driver has its own way."""

    def refuse(*_args, **_more):
        raise AssertionError("shadow mode called out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_from_feed_to_paper_nothing_calls_out_and_no_event_is_written(beside, hooked, no_way_out):
    before = count(beside, "kernel_outboxevent")
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,2,12.00,,,")
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00")
    shadow.receive(hooked, request("5001"))
    report = shadow.run(beside.brand.id, beside.project.id, by="test")
    assert shadow.paper(report, "Brand", "zh-hans").startswith(b"%PDF-")
    assert count(beside, "kernel_outboxevent") == before


def test_a_planted_call_is_caught(no_way_out):
    import urllib.request

    with pytest.raises(AssertionError, match="called out"):
        urllib.request.urlopen("http://127.0.0.1:9/", timeout=1)


def test_a_machine_reads_what_was_found_with_contacts_masked(beside, client):
    beside.members("shop", "1,Ann Lee,+16125550100,,,", "2,Ann Lee,+16125550100,,,")
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00")
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,2,12.00,,,")
    beside.look()
    channel = Channel(uuid7(), "bi", "BI", ChannelKind.API, role="reads")
    register_channel(beside.brand.id, channel)
    key = create_client(beside.brand.id, channel.id, "bi", [Scope.SHADOW_READ], by="test").key
    asks = {"headers": {"authorization": f"Bearer {key}"}}
    (project,) = client.get("/api/v1/shadow", **asks).json()
    at = f"/api/v1/shadow/{project['id']}"
    assert client.get(f"{at}/report", **asks).json()["at_stake_minor"] == 1200
    page = client.get(f"{at}/findings?limit=1", **asks).json()
    assert [f["kind"] for f in page["findings"]] == ["oversell"] and page["next"]
    rest = client.get(f"{at}/findings?after={page['next']}", **asks)
    assert [f["kind"] for f in rest.json()["findings"]] == ["duplicate"] and b"6125550100" not in rest.content
    assert client.get(f"/api/v1/shadow/{uuid7()}/findings", **asks).status_code == 404
    assert client.get(f"{at}/findings?after=x", **asks).status_code == 422
