"""WooCommerce's REST API, version 3, as far as we call it. Sources: those of `connectors.woocommerce`."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from datong.sync.local.orders import LocalOrders
from datong.sync.local.server import Answer, Call, Server

API = "/wp-json/wc/v3"
BATCH = 100


@dataclass
class Product:
    """A simple product, or a variation when it has a `parent`."""

    id: int
    sku: str
    name: str
    regular_price: str
    stock_quantity: int | None = 0
    manage_stock: bool = True
    stock_status: str = "instock"
    parent: int = 0
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    description: str = ""  # HTML

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "simple",
            "sku": self.sku,
            "name": self.name,
            "description": self.description,
            "regular_price": self.regular_price,
            "manage_stock": self.manage_stock,
            "stock_quantity": self.stock_quantity,
            "stock_status": self.stock_status,
            "date_modified_gmt": self.changed_at.replace(tzinfo=None).isoformat(timespec="seconds"),
        }


@dataclass
class Order:
    id: int
    status: str = "processing"
    meta: dict[str, str] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)


class LocalWooCommerce(Server):
    """One shop. `sell` is its storefront."""

    def __init__(self, key: str = "ck_local", secret: str = "cs_local") -> None:  # noqa: S107
        super().__init__()
        self.listed = LocalOrders("woocommerce")
        self._auth = "Basic " + b64encode(f"{key}:{secret}".encode()).decode()
        self.products: dict[int, Product] = {}
        self.orders: dict[int, Order] = {}
        self.heads: dict[int, Product] = {}  # products whose variations are sold

    def put(self, sku: str, name: str, price: str, number: int, units: int = 0, parent: int = 0) -> Product:
        self.products[number] = Product(number, sku, name, price, units, parent=parent)
        if parent:
            self.heads.setdefault(parent, Product(parent, "", f"Product {parent}", "", manage_stock=False))
        return self.products[number]

    def by_sku(self, sku: str) -> Product:
        return next(one for one in self.products.values() if one.sku == sku)

    def shown(self, sku: str) -> int:
        with self.lock:
            return self.by_sku(sku).stock_quantity or 0

    def sell(self, sku: str, units: int = 1) -> bool:
        with self.lock:
            one = self.by_sku(sku)
            if (one.stock_quantity or 0) < units:
                return False
            one.stock_quantity = (one.stock_quantity or 0) - units
            return True

    def answer(self, call: Call) -> Answer:
        if call.headers.get("authorization") != self._auth:
            return _error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)
        if call.method == "GET" and re.fullmatch(API + r"/orders(/\d+)?", call.path):
            return self.list_orders(call)
        path = call.path.removeprefix(API)
        if found := re.fullmatch(r"/products(?:/(\d+)/variations)?/batch", path):
            return self._batch(call, int(found[1] or 0))
        if found := re.fullmatch(r"/products(?:/(\d+)/variations)?", path):
            return self._products(call, int(found[1] or 0))
        if found := re.fullmatch(r"/orders/(\d+)(/notes|/refunds)?", path):
            return self._order(call, int(found[1]), found[2] or "")
        return _error("rest_no_route", "No route was found matching the URL and request method.", 404)

    def _products(self, call: Call, parent: int) -> Answer:
        rows = [one.shown() for one in self.products.values() if one.parent == parent and one.id not in self.heads]
        if not parent:
            rows += [{**head.shown(), "type": "variable"} for head in self.heads.values()]
        return _page(sorted(rows, key=lambda row: row["id"]), call.query)

    def _batch(self, call: Call, parent: int) -> Answer:
        wanted = (call.json or {}).get("update") or []
        if len(wanted) > BATCH:
            return _error("woocommerce_rest_request_entity_too_large", f"Unable to accept more than {BATCH} items", 413)
        return Answer({"update": [self._update(row, parent) for row in wanted]})

    def _update(self, row: Mapping[str, Any], parent: int) -> dict[str, Any]:
        one = self.products.get(int(row["id"])) or (None if parent else self.heads.get(int(row["id"])))
        if one is None or one.parent != parent:
            kind = "product_variation" if parent else "product"
            error = {"code": f"woocommerce_rest_{kind}_invalid_id", "message": "Invalid ID.", "data": {"status": 400}}
            return {"id": row["id"], "error": error}
        for name in ("name", "description", "regular_price", "manage_stock", "stock_quantity", "stock_status"):
            if name in row:
                setattr(one, name, row[name])
        one.changed_at = datetime.now(UTC)
        return one.shown()

    def _order(self, call: Call, number: int, part: str) -> Answer:
        order = self.orders.get(number)
        if order is None:
            return _error("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)
        body = call.json or {}
        if not part and call.method == "PUT":
            order.status = body.get("status", order.status)
            order.meta |= {meta["key"]: meta["value"] for meta in body.get("meta_data", ())}
            return Answer({"id": number, "status": order.status})
        kept = order.notes if part == "/notes" else order.refunds
        if call.method == "GET":
            return Answer(kept)
        kept.append({"id": len(kept) + 1, **body})
        return Answer(kept[-1], 201)


def _page(rows: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
    size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    pages = max(1, -(-len(rows) // size))
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
    return Answer(rows[(page - 1) * size : page * size], headers=headers)


def _error(code: str, message: str, status: int) -> Answer:
    return Answer({"code": code, "message": message, "data": {"status": status}}, status)
