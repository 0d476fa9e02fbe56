"""A marketplace that is explained by a mapping is asked for its list as the mapping says."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from datong.kernel import clock
from datong.sync.inward.pull import pull
from datong.sync.tests.world import open_world

MAPPING = """
name = "bazaar"
time = "epoch_s"

[body]
orders = "/order"
when = [{ path = "/event", one_of = ["order.created"] }]

[signature]
at = "sign"
algorithm = "sha256"

[listing]
path = "/orders/list"
params = { app = "7", from = "${since}", cursor = "${cursor}", limit = "${size}", ts = "${now}" }
first = "0"
size = 2
cursor = "/next"
updated_at = "/changed"
answer = { orders = "/data" }
ok = { path = "/code", one_of = [0] }
busy = { path = "/code", one_of = [429] }
cancelled = { path = "/state", one_of = ["closed"] }

[money]
unit = "minor"

[order]
external_id = "/no"
placed_at = "/at"
currency = { const = "USD" }
payment = { const = "platform" }
paid = { const = true }

[order.lines]
each = "/lines"
sku = "/sku"
units = "/n"
unit_price = "/price"

[order.amounts]
paid = "/total"
"""


class Bazaar(ThreadingHTTPServer):
    """Five orders, two a page; a call whose signature is wrong is refused."""

    daemon_threads = True

    def __init__(self, orders: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.orders, self.busy = orders, 0


class _Handler(BaseHTTPRequestHandler):
    server: Bazaar

    def do_POST(self) -> None:  # noqa: N802 the name http.server asks for
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {key: values[0] for key, values in parse_qs(raw).items()}
        given = form.pop("sign", "")
        text = "&".join(f"{key}={form[key]}" for key in sorted(form))
        rows = [o for o in self.server.orders if o["changed"] >= int(form["from"])]
        at, size = int(form["cursor"]), int(form["limit"])
        following = at + size if len(rows) > at + size else 0
        found: Any = {"code": 0, "data": rows[at : at + size], "next": following}
        if given != hmac.new(b"s3cret", text.encode(), hashlib.sha256).hexdigest():
            found = {"code": 1, "message": "bad sign"}
        if self.server.busy:
            self.server.busy -= 1
            found = {"code": 429}
        answer = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def order(number: int, at: datetime, **more: Any) -> Any:
    stamp = int(at.timestamp())
    line = {"sku": "TEA", "n": 2, "price": 450}
    return {"no": f"B{number}", "at": stamp, "changed": stamp, "state": "paid", "lines": [line], "total": 900, **more}


@pytest.mark.requirement("S-60")
def test_a_mapped_marketplace_is_read_to_the_end_and_a_busy_one_later(brand: Any) -> None:
    world = open_world(brand)
    start = clock.now().astimezone(UTC) - timedelta(hours=1)
    orders = [order(n, start + timedelta(minutes=n)) for n in range(5)] + [order(9, start, state="closed")]
    server = Bazaar(orders)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        channel = world.connect("marketplace", f"http://127.0.0.1:{server.server_port}", mapping_toml=MAPPING)
        server.busy = 1
        assert "busy" in pull(world.brand.id, channel).problem
        done = pull(world.brand.id, channel)
        assert (done.handed, done.problem) == (5, "")
        assert [(key, total) for key, total, _ in world.orders()] == [(f"B{n}", 900) for n in range(5)]
        assert pull(world.brand.id, channel).handed == 0
    finally:
        server.shutdown()
        server.server_close()


def test_a_mapping_without_a_list_says_what_to_do(brand: Any) -> None:
    world = open_world(brand)
    plain = MAPPING[: MAPPING.index("[listing]")] + MAPPING[MAPPING.index("[money]") :]
    channel = world.connect("marketplace", "http://127.0.0.1:9", mapping_toml=plain)
    assert "does not say how orders are listed" in pull(world.brand.id, channel).problem
