"""A platform's list of orders as a server on 127.0.0.1: Shopify's, WooCommerce's and WeChat Shop's, with their paging,
their filters, and whatever goes wrong. Sources: see datong.sync.inward.sources."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from datong.kernel.loopback import Answer, Call, Loopback

TOKEN = "local-token"  # noqa: S105 a stand-in's


@dataclass(slots=True)
class Fault:
    """What the next call meets: a status (0: the line is cut), headers, and how long it takes before."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    sleep_s: float = 0.0


class LocalOrders(Loopback):
    """Holds orders in the platform's own words and lists them. Use as a context manager.

    `faults` are met by the next calls, one each. `calls` counts by path. `page` makes pages smaller than asked for.
    """

    def __init__(self, platform: str, *, page: int = 0) -> None:
        super().__init__()
        self.platform, self.page = platform, page
        self.orders: dict[str, dict[str, Any]] = {}
        self.faults: deque[Fault] = deque()
        self.calls: Counter[str] = Counter()
        self._cursors: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._url = ""
        self.bucket, self.leak_per_s = 40, 2.0  # Shopify's REST bucket, the smallest plan
        self._drops, self._at = 0.0, time.monotonic()

    def stands_at(self, url: str) -> None:
        """Another server hands its questions on: its address is ours."""
        self._url = url

    @property
    def url(self) -> str:
        return self._url or super().url

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

    def handle(self, call: Call) -> Answer | None:
        found = self.answer(call.path, call.query, call.json)
        return found if found.status else None

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        with self._lock:
            self.calls[path] += 1
            fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            time.sleep(fault.sleep_s)
            return Answer({"errors": "a fault"}, fault.status, fault.headers)
        with self._lock:
            if self.platform == "shopify":
                return self._shopify(path, query)
            if self.platform == "woocommerce":
                return self._woocommerce(path, query)
            return self._wechat(path, query, body)

    # Shopify: a cursor holds what was found when the list was first asked for --------------------------------------

    def _shopify(self, path: str, query: Mapping[str, str]) -> Answer:
        name = path.rpartition("/")[2].removesuffix(".json")
        now = time.monotonic()
        self._drops, self._at = max(0.0, self._drops - (now - self._at) * self.leak_per_s), now
        if self._drops + 1 > self.bucket:
            return Answer(
                {"errors": "Exceeded 2 calls per second for api client."}, 429, {"Retry-After": "2.0", **self._limit()}
            )
        self._drops += 1
        if name != "orders":
            found = self.orders.get(name)
            return Answer({"order": found} if found else {"errors": "Not Found"}, 200 if found else 404, self._limit())
        if cursor := query.get("page_info"):
            if set(query) - {"page_info", "limit"}:
                return Answer({"errors": "page_info stands alone with limit"}, 400)
            if cursor not in self._cursors:
                return Answer({"errors": {"page_info": "Invalid value."}}, 400)
            ids = self._cursors[cursor]
        else:
            since = datetime.fromisoformat(query["updated_at_min"])
            rows = [o for o in self.orders.values() if datetime.fromisoformat(o["updated_at"]) >= since]
            ids = [str(o["id"]) for o in sorted(rows, key=lambda o: (o["updated_at"], o["id"]))]
        limit = self.page or int(query.get("limit", "50"))
        headers = self._limit()
        if ids[limit:]:
            cursor = f"c{len(self._cursors)}"
            self._cursors[cursor] = ids[limit:]
            headers["Link"] = f'<{self.url}{path}?limit={limit}&page_info={cursor}>; rel="next"'
        return Answer({"orders": [self.orders[i] for i in ids[:limit]]}, headers=headers)

    def _limit(self) -> dict[str, str]:
        return {"X-Shopify-Shop-Api-Call-Limit": f"{math.ceil(self._drops)}/{self.bucket}"}

    def _woocommerce(self, path: str, query: Mapping[str, str]) -> Answer:
        name = path.rpartition("/")[2]
        if name != "orders":
            found = self.orders.get(name)
            return Answer(found) if found else _woo("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)
        after = query.get("modified_after", "")
        rows = sorted(
            (o for o in self.orders.values() if o["date_modified_gmt"] > after),
            key=lambda o: (o["date_modified_gmt"], o["id"]),
        )
        limit, number = self.page or int(query.get("per_page", "10")), int(query.get("page", "1"))
        if not 0 < int(query.get("per_page", "10")) <= 100:
            return _woo("rest_invalid_param", "Invalid parameter(s): per_page", 400)
        pages = -(-len(rows) // limit)
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return Answer(rows[(number - 1) * limit : number * limit], headers=headers)

    def _wechat(self, path: str, query: Mapping[str, str], body: Any) -> Answer:
        if path == "/cgi-bin/stable_token":
            return Answer({"access_token": TOKEN, "expires_in": 7200})
        if query.get("access_token") != TOKEN:
            return Answer({"errcode": 40001, "errmsg": "invalid credential"})
        if path == "/channels/ec/order/get":
            order = self.orders.get(str(body.get("order_id")))
            return Answer({"errcode": 0, "order": order} if order else {"errcode": 10020052, "errmsg": "no order"})
        span = body.get("update_time_range") or {}
        start, end = span.get("start_time", 0), span.get("end_time", 0)
        if end - start > 7 * 86_400:
            return Answer({"errcode": 10020050, "errmsg": "time range over 7 days"})
        ids = sorted(k for k, o in self.orders.items() if start <= o["update_time"] <= end)
        at, limit = int(body.get("next_key") or 0), self.page or int(body.get("page_size", 10))
        more = len(ids) > at + limit
        key = str(at + limit) if more else ""
        return Answer({"errcode": 0, "order_id_list": ids[at : at + limit], "next_key": key, "has_more": more})


def _woo(code: str, message: str, status: int) -> Answer:
    return Answer({"code": code, "message": message, "data": {"status": status}}, status)
