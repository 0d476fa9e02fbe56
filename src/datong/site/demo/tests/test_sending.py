"""What stands around the doors: senders that try again, platforms that answer, the file that is dropped."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context
from datong.integration.wire import tabular
from datong.integration.wire.mapping.language import Body, mapping_of
from datong.integration.wire.marketplace import decode
from datong.kernel.errors import BadInput
from datong.site.demo import post
from datong.site.demo.native import Gate, intent_of
from datong.site.demo.platforms import LocalJd
from datong.site.demo.post import bundles, post_all
from datong.site.demo.tradefile import MAPPING, write_file
from datong.site.demo.types import Door, Sending, Trouble, World
from datong.site.demo.worlds import WORLDS

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world() -> World:
    return WORLDS["retail"](DAY, 400)


def gate_of(world: World, code: str) -> Gate:
    channel = next(channel for channel in world.channels if channel.code == code)
    return Gate(channel, Context(UUID(int=1), code, "USD", "US", "America/Chicago", {"secret": "s"}), "/in/x")


@contextmanager
def answering(statuses: list[int], answer: bytes = b"") -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """A server that answers with these statuses, then with 200; the bodies it got."""
    got: list[bytes] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                got.append(body)
                status = statuses.pop(0) if statuses else 200
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield ("127.0.0.1", server.server_port), got
    finally:
        server.shutdown()
        server.server_close()


def desk_day(world: World, count: int) -> list[Sending]:
    return [s for s in world.day if s.order.channel == "desk" and s.trouble is Trouble.NONE][:count]


def test_every_message_is_sent_once_and_counted(world: World) -> None:
    day = desk_day(world, 20)
    with answering([]) as (address, got):
        answered = post_all(day, {"desk": gate_of(world, "desk")}, address, connections=3)
    assert len(got) == 20
    assert answered.statuses == Counter({("desk", 200): 20})
    assert answered.acknowledged == Counter({"desk": 20})
    assert answered.failed == []
    assert len(answered.seconds) == answered.sent == 20


def test_a_busy_server_is_asked_again_and_a_refusal_is_taken_for_an_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post.time, "sleep", lambda seconds: None)
    day = desk_day(world, 2)
    with answering([503, 429, 200, 422]) as (address, got):
        answered = post_all(day, {"desk": gate_of(world, "desk")}, address, connections=1)
    assert len(got) == 4
    assert got[0] == got[1] == got[2] != got[3]
    assert answered.statuses == Counter({("desk", 200): 1, ("desk", 422): 1})
    assert answered.acknowledged == Counter({"desk": 1})


def test_a_message_nobody_ever_answers_is_known_as_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post.time, "sleep", lambda seconds: None)
    with answering([]) as (address, _):
        pass
    answered = post_all(desk_day(world, 1), {"desk": gate_of(world, "desk")}, address, connections=1)
    assert answered.failed == [desk_day(world, 1)[0].order.number]
    assert answered.sent == 1


def test_the_apps_orders_go_ten_by_ten_and_nothing_overtakes_its_order(world: World) -> None:
    gates = {code: gate_of(world, code) for code in ("app", "desk")}
    app = [s for s in world.day if s.order.channel == "app" and s.trouble is Trouble.NONE and s.order.note != "race"]
    again = replace(app[2], trouble=Trouble.TWICE)
    day = [*app[:3], *desk_day(world, 1), again, *app[3:17]]
    sizes = [[each.order.number for each in bundle] for bundle in bundles(day, gates)]
    numbers = [s.order.number for s in app]
    assert sizes == [
        [desk_day(world, 1)[0].order.number],
        numbers[:3],
        [again.order.number],
        numbers[3:13],
        numbers[13:17],
    ]


def test_each_order_of_a_batch_has_its_own_answer(world: World) -> None:
    app = [s for s in world.day if s.order.channel == "app" and s.trouble is Trouble.NONE and s.order.note != "race"]
    with answering([], b'{"results":[{"status":201},{"status":422},{"status":200}]}') as (address, got):
        answered = post_all(app[:3], {"app": gate_of(world, "app")}, address, connections=1)
    assert len(msgspec.json.decode(got[0])["orders"]) == 3
    assert answered.statuses == Counter({("app", 201): 1, ("app", 422): 1, ("app", 200): 1})
    assert answered.acknowledged["app"] == 2


def test_jd_hands_out_the_order_it_is_asked_for_and_nothing_for_a_strange_number() -> None:
    tea = WORLDS["tea"](DAY, 300)
    channel = next(channel for channel in tea.channels if channel.mapping == "jd_daojia")
    order = next(order for order in tea.orders if order.channel == channel.code)
    intent = intent_of(order, Gate(channel, Context(UUID(int=1), channel.code, "CNY"), ""))
    words = Body(embedded=["/data", "/data/result"])
    with LocalJd() as jd:
        jd.orders[order.number] = intent
        for number, found in ((order.number, 1), ("404", 0)):
            form = {"jd_param_json": f'{{"orderId":"{number}"}}'}
            answer = httpx.post(f"{jd.url}/order/es/query", data=form, timeout=5)
            assert len(decode(answer.content, words)["data"]["result"]["resultList"]) == found


@pytest.mark.requirement("S-18")
def test_the_resellers_file_is_read_back_as_their_orders(world: World, tmp_path: Path) -> None:
    gate = gate_of(world, "trade")
    assert gate.channel.door is Door.FILE
    day = [s for s in world.day if s.order.channel == "trade" and s.trouble is Trouble.NONE]
    path = tmp_path / "orders.csv"
    assert write_file(path, day, gate) == len(day) > 20
    mapping = mapping_of(MAPPING.read_text())
    groups = list(tabular.groups(tabular.rows_of(path, mapping.table), mapping))
    found = [intent for group in groups for intent in tabular.parse(tabular.encode(group), gate.context, mapping)]
    for sending, intent in zip(day, found, strict=True):
        order = sending.order
        assert (intent.external_id, intent.placed_at) == (order.number, order.placed_at)
        assert [(x.sku, x.units, x.unit_minor) for x in intent.lines] == [
            (x.sku, x.units, x.unit_minor) for x in order.lines
        ]
        assert intent.fulfilment is order.fulfilment
        assert intent.store_code == order.named_shop
        assert (intent.destination is not None) == (order.fulfilment is FulfilmentKind.DELIVERY)
        assert intent.paid


def test_a_broken_row_of_the_file_names_its_fault(world: World, tmp_path: Path) -> None:
    gate, path = gate_of(world, "trade"), tmp_path / "orders.csv"
    order = next(order for order in world.orders if order.channel == "trade")
    write_file(path, [replace(Sending(order.placed_at, order), trouble=Trouble.BAD_QUANTITY)], gate)
    mapping = mapping_of(MAPPING.read_text())
    [group] = tabular.groups(tabular.rows_of(path, mapping.table), mapping)
    with pytest.raises(BadInput) as refused:
        tabular.parse(tabular.encode(group), gate.context, mapping)
    assert [problem.field for problem in refused.value.problems] == ["/rows/0/quantity"]
