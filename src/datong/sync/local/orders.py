"""A platform's list of orders as a server on 127.0.0.1: Shopify's, WooCommerce's and WeChat Shop's, with their paging,
their filters, and whatever goes wrong. Sources: see datong.sync.inward.sources."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

Answer = tuple[int, dict[str, str], Any]
TOKEN = "local-token"  # noqa: S105 a stand-in's


@dataclass(slots=True)
class Fault:
    """What the next call meets: a status (0: the line is cut), headers, and how long it takes before."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    sleep_s: float = 0.0


class LocalOrders:
    """Holds orders in the platform's own words and lists them. Use as a context manager.

    `faults` are met by the next calls, one each. `calls` counts by path. `page` makes pages smaller than asked for.
    """

    def __init__(self, platform: str, *, page: int = 0) -> None:
        self.platform, self.page = platform, page
        self.orders: dict[str, dict[str, Any]] = {}
        self.faults: deque[Fault] = deque()
        self.calls: Counter[str] = Counter()
        self._cursors: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._url = ""
        self._server: ThreadingHTTPServer | None = None

    def stands_at(self, url: str) -> None:
        """Another server hands its questions on: its address is ours."""
        self._url = url

    @property
    def url(self) -> str:
        if self._url:
            return self._url
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def put(self, order: Mapping[str, Any], *, updated_at: datetime | None = None) -> None:
        """Keep an order as `integration.wire.send` makes it; it was changed at `updated_at`."""
        kept = dict(order)
        moment = updated_at or datetime.now(UTC)
        if self.platform == "shopify":
            kept["updated_at"] = moment.isoformat()
        elif self.platform == "woocommerce":
            kept["date_modified_gmt"] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        else:
            kept["update_time"] = int(moment.timestamp())
        with self._lock:
            self.orders[str(kept.get("id") or kept.get("order_id"))] = kept

    def __enter__(self) -> LocalOrders:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="local-orders").start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        with self._lock:
            self.calls[path] += 1
            fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            time.sleep(fault.sleep_s)
            return fault.status, dict(fault.headers), {"errors": "a fault"}
        with self._lock:
            if self.platform == "shopify":
                return self._shopify(path, query)
            if self.platform == "woocommerce":
                return self._woocommerce(path, query)
            return self._wechat(path, query, body)

    # Shopify: a cursor holds what was found when the list was first asked for --------------------------------------

    def _shopify(self, path: str, query: Mapping[str, str]) -> Answer:
        name = path.rpartition("/")[2].removesuffix(".json")
        if name != "orders":
            found = self.orders.get(name)
            return (200, {}, {"order": found}) if found else (404, {}, {"errors": "Not Found"})
        if cursor := query.get("page_info"):
            if set(query) - {"page_info", "limit"}:
                return 400, {}, {"errors": "page_info stands alone with limit"}
            if cursor not in self._cursors:
                return 400, {}, {"errors": {"page_info": "Invalid value."}}
            ids = self._cursors[cursor]
        else:
            since = datetime.fromisoformat(query["updated_at_min"])
            rows = [o for o in self.orders.values() if datetime.fromisoformat(o["updated_at"]) >= since]
            ids = [str(o["id"]) for o in sorted(rows, key=lambda o: (o["updated_at"], o["id"]))]
        limit = self.page or int(query.get("limit", "50"))
        headers = {"X-Shopify-Shop-Api-Call-Limit": "1/40"}
        if ids[limit:]:
            cursor = f"c{len(self._cursors)}"
            self._cursors[cursor] = ids[limit:]
            headers["Link"] = f'<{self.url}{path}?limit={limit}&page_info={cursor}>; rel="next"'
        return 200, headers, {"orders": [self.orders[i] for i in ids[:limit]]}

    def _woocommerce(self, path: str, query: Mapping[str, str]) -> Answer:
        name = path.rpartition("/")[2]
        if name != "orders":
            found = self.orders.get(name)
            return (200, {}, found) if found else (404, {}, {"code": "woocommerce_rest_shop_order_invalid_id"})
        after = query.get("modified_after", "")
        rows = sorted(
            (o for o in self.orders.values() if o["date_modified_gmt"] > after),
            key=lambda o: (o["date_modified_gmt"], o["id"]),
        )
        limit, number = self.page or int(query.get("per_page", "10")), int(query.get("page", "1"))
        pages = -(-len(rows) // limit)
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return 200, headers, rows[(number - 1) * limit : number * limit]

    def _wechat(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        if path == "/cgi-bin/stable_token":
            return 200, {}, {"access_token": TOKEN, "expires_in": 7200}
        if query.get("access_token") != TOKEN:
            return 200, {}, {"errcode": 40001, "errmsg": "invalid credential"}
        if path == "/channels/ec/order/get":
            order = self.orders.get(str(body.get("order_id")))
            return 200, {}, {"errcode": 0, "order": order} if order else {"errcode": 10020052, "errmsg": "no order"}
        span = body.get("update_time_range") or {}
        start, end = span.get("start_time", 0), span.get("end_time", 0)
        if end - start > 7 * 86_400:
            return 200, {}, {"errcode": 10020050, "errmsg": "time range over 7 days"}
        ids = sorted(k for k, o in self.orders.items() if start <= o["update_time"] <= end)
        at, limit = int(body.get("next_key") or 0), self.page or int(body.get("page_size", 10))
        more = len(ids) > at + limit
        key = str(at + limit) if more else ""
        return 200, {}, {"errcode": 0, "order_id_list": ids[at : at + limit], "next_key": key, "has_more": more}


def _handler(shop: LocalOrders) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802 the name http.server asks for
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._say(msgspec.json.decode(raw or b"{}"))

        def do_GET(self) -> None:  # noqa: N802
            self._say({})

        def _say(self, body: Any) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            status, headers, found = shop.answer(parts.path, query, body)
            if not status:
                self.close_connection = True
                return
            answer = msgspec.json.encode(found)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet: it is a stand-in."""

    return Handler
