"""Shopify's Admin GraphQL API as far as we call it: the documented answers, its bucket of points, its idempotency.

Sources: those of `connectors.shopify`. The documents are told apart by the field they ask for; their variables are read
as the schema names them. A missing @idempotent or a wrong token is refused as Shopify does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from datong.sync.local.orders import LocalOrders
from datong.sync.local.server import Answer, Call, Server

_FIELD = re.compile(
    r"\b(inventorySetQuantities|productVariantsBulkUpdate|productUpdate|fulfillmentCreate|orderCancel|refundCreate|tagsAdd"
    r"|fulfillmentOrderLineItemsPreparedForPickup|productVariants|order)\s*\("
)
_ONCE = {"inventorySetQuantities", "refundCreate"}
_COST = {"productVariants": 30.0, "order": 3.0}


@dataclass
class Variant:
    """A product variant; `levels`: available units by location number."""

    product: str
    id: str
    item: str
    sku: str
    title: str
    price: str
    levels: dict[str, int] = field(default_factory=dict)
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    description: str = ""  # HTML

    @property
    def available(self) -> int:
        return sum(self.levels.values())


@dataclass
class Order:
    """An order as the calls see it."""

    id: str
    cancelled_at: str | None = None
    fulfilled: bool = False
    prepared: bool = False
    paid: bool = True
    tags: set[str] = field(default_factory=set)
    tracking: list[dict[str, str]] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)


class LocalShopify(Server):
    """One shop. `sell` is its storefront: it takes units that it believes to be there."""

    def __init__(self, token: str = "shpat_local", *, most: float = 2000.0, per_s: float = 100.0) -> None:  # noqa: S107
        super().__init__()
        self.listed = LocalOrders("shopify")
        self.token, self.most, self.per_s = token, most, per_s
        self.points, self._at = most, time.monotonic()
        self.variants: dict[str, Variant] = {}
        self.orders: dict[str, Order] = {}
        self._said: dict[str, tuple[bytes, dict[str, Any]]] = {}

    def put(self, sku: str, title: str, price: str, number: int, **levels: int) -> Variant:
        """List a product; `levels` by location number with a letter before it: L1=5."""
        at = {name.lstrip("L"): units for name, units in levels.items()}
        made = Variant(str(number), str(number + 1000), str(number + 2000), sku, title, price, at or {"1": 0})
        self.variants[made.id] = made
        return made

    def by_sku(self, sku: str) -> Variant:
        return next(one for one in self.variants.values() if one.sku == sku)

    def shown(self, sku: str) -> int:
        with self.lock:
            return self.by_sku(sku).available

    def sell(self, sku: str, units: int = 1) -> bool:
        """A customer buys at the storefront, which knows nothing but its own figure."""
        with self.lock:
            one = self.by_sku(sku)
            for place, there in one.levels.items():
                if there >= units:
                    one.levels[place] = there - units
                    return True
            return False

    def too_many(self) -> Answer:
        return self._throttled(10.0)

    def answer(self, call: Call) -> Answer:
        if call.method == "GET" and re.fullmatch(r"/admin/api/[\d-]+/orders(/\w+)?\.json", call.path):
            return self.list_orders(call)
        found = re.fullmatch(r"/admin/api/([\d-]+)/graphql\.json", call.path)
        if found is None or call.method != "POST":
            return Answer({"errors": "Not Found"}, 404)
        if call.headers.get("x-shopify-access-token") != self.token:
            return Answer(
                {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401
            )
        body = call.json
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return Answer({"errors": [{"message": "query is missing"}]}, 400)
        name = _FIELD.search(body["query"])
        if name is None:
            return self._with_cost({"errors": [{"message": "syntax error"}]}, 0.0, None)
        cost = _COST.get(name[1], 10.0)
        self._fill()
        if cost > self.points:
            return self._throttled(cost)
        self.points -= cost
        answer = self._do(name[1], body["query"], body.get("variables") or {})
        shown = answer.get("data", {}).get("productVariants")
        actual = min(cost, 2.0 + len(shown["nodes"])) if shown else cost
        self.points += cost - actual  # what was asked for and not used comes back at once
        return self._with_cost(answer, cost, actual)

    def _fill(self) -> None:
        now = time.monotonic()
        self.points, self._at = min(self.most, self.points + (now - self._at) * self.per_s), now

    def _throttled(self, cost: float) -> Answer:
        extensions = {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}
        return self._with_cost({"errors": [{"message": "Throttled", "extensions": extensions}]}, cost, None)

    def _with_cost(self, body: dict[str, Any], cost: float, actual: float | None) -> Answer:
        status = {"maximumAvailable": self.most, "currentlyAvailable": self.points, "restoreRate": self.per_s}
        said = {"requestedQueryCost": cost, "actualQueryCost": actual, "throttleStatus": status}
        return Answer({**body, "extensions": {"cost": said}})

    def _do(self, name: str, query: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if name in _ONCE:
            if "@idempotent" not in query or not given.get("key"):
                return {
                    "errors": [
                        {"message": "The @idempotent directive is required", "extensions": {"code": "BAD_REQUEST"}}
                    ]
                }
            asked = msgspec.json.encode({k: v for k, v in given.items() if k != "key"})
            before = self._said.get(given["key"])
            if before is not None:
                return before[1] if before[0] == asked else _errors(name, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH", ["key"])
        do: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "inventorySetQuantities": self._set_quantities,
            "productVariantsBulkUpdate": self._set_prices,
            "productUpdate": self._set_texts,
            "productVariants": self._list,
            "order": self._order,
            "tagsAdd": self._tag,
            "fulfillmentCreate": self._fulfil,
            "fulfillmentOrderLineItemsPreparedForPickup": self._prepare,
            "orderCancel": self._cancel,
            "refundCreate": self._refund,
        }
        answer = do[name](given)
        if name in _ONCE and not answer["data"][name]["userErrors"]:
            self._said[given["key"]] = (asked, answer)
        return answer

    def _set_quantities(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All or nothing, compared with what is there unless `changeFromQuantity` is null."""
        name, wanted = "inventorySetQuantities", given["input"]["quantities"]
        by_item = {one.item: one for one in self.variants.values()}
        stale: list[dict[str, Any]] = []
        for n, row in enumerate(wanted):
            where = ["input", "quantities", str(n)]
            one = by_item.get(_number(row["inventoryItemId"]))
            place = _number(row["locationId"])
            if "changeFromQuantity" not in row:
                return _errors(name, "INVALID", [*where, "changeFromQuantity"])
            if row["quantity"] < 0:
                return _errors(name, "INVALID_QUANTITY_NEGATIVE", [*where, "quantity"])
            if one is None:
                return _errors(name, "INVALID_INVENTORY_ITEM", [*where, "inventoryItemId"])
            if place not in one.levels:
                return _errors(name, "ITEM_NOT_STOCKED_AT_LOCATION", [*where, "locationId"])
            if row["changeFromQuantity"] not in (None, one.levels[place]):
                found = _errors(name, "CHANGE_FROM_QUANTITY_STALE", [*where, "changeFromQuantity"])
                stale += found["data"][name]["userErrors"]
        if stale:
            return {"data": {name: {"userErrors": stale}}}
        for row in wanted:
            one = by_item[_number(row["inventoryItemId"])]
            one.levels[_number(row["locationId"])] = row["quantity"]
            one.updated_at = datetime.now(UTC)
        return {
            "data": {
                name: {"inventoryAdjustmentGroup": {"id": "gid://shopify/InventoryAdjustmentGroup/1"}, "userErrors": []}
            }
        }

    def _set_prices(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name, product = "productVariantsBulkUpdate", _number(given["productId"])
        mine = {one.id: one for one in self.variants.values() if one.product == product}
        if not mine:
            return _errors(name, "PRODUCT_DOES_NOT_EXIST", ["productId"])
        for n, row in enumerate(given["variants"]):
            if _number(row["id"]) not in mine:
                return _errors(name, "PRODUCT_VARIANT_DOES_NOT_EXIST", ["variants", str(n), "id"])
        for row in given["variants"]:
            mine[_number(row["id"])].price = row["price"]
            mine[_number(row["id"])].updated_at = datetime.now(UTC)
        return {"data": {name: {"productVariants": [], "userErrors": []}}}

    def _set_texts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name, asked = "productUpdate", given["product"]
        mine = [one for one in self.variants.values() if one.product == _number(asked["id"])]
        if not mine:
            return _errors(name, "PRODUCT_DOES_NOT_EXIST", ["id"])
        if not asked.get("title", "x").strip():
            return _errors(name, "BLANK", ["title"])
        for one in mine:
            one.title, one.description = asked.get("title", one.title), asked.get("descriptionHtml", one.description)
            one.updated_at = datetime.now(UTC)
        return {"data": {name: {"product": {"id": asked["id"]}, "userErrors": []}}}

    def _list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        every = sorted(self.variants.values(), key=lambda one: int(one.id))
        after = int(given.get("after") or 0)
        page = [one for one in every if int(one.id) > after][: given["first"]]
        more = bool(page) and page[-1] is not every[-1]
        info = {"hasNextPage": more, "endCursor": page[-1].id if page else None}
        return {"data": {"productVariants": {"nodes": [_node(one) for one in page], "pageInfo": info}}}

    def _order(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(_number(given["id"]))
        if order is None:
            return {"data": {"order": None}}
        status = "CLOSED" if order.fulfilled else "OPEN"
        paid = [{"id": f"gid://shopify/OrderTransaction/{order.id}", "kind": "SALE", "gateway": "card"}]
        return {
            "data": {
                "order": {
                    "id": given["id"],
                    "cancelledAt": order.cancelled_at,
                    "fulfillmentOrders": {
                        "nodes": [{"id": f"gid://shopify/FulfillmentOrder/{order.id}", "status": status}]
                    },
                    "transactions": paid if order.paid else [],
                }
            }
        }

    def _tag(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(_number(given["id"]))
        if order is None:
            return _errors("tagsAdd", "NOT_FOUND", ["id"])
        order.tags |= set(given["tags"])
        return {"data": {"tagsAdd": {"userErrors": []}}}

    def _fulfil(self, given: Mapping[str, Any]) -> dict[str, Any]:
        asked = given["fulfillment"]
        order = self.orders.get(_number(asked["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderId"]))
        if order is None or order.fulfilled or order.cancelled_at:
            return _errors("fulfillmentCreate", "INVALID", ["fulfillment"])
        order.fulfilled = True
        order.tracking.append(dict(asked.get("trackingInfo") or {}))
        return {"data": {"fulfillmentCreate": {"fulfillment": {"id": "1", "status": "SUCCESS"}, "userErrors": []}}}

    def _prepare(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = "fulfillmentOrderLineItemsPreparedForPickup"
        order = self.orders.get(_number(given["input"]["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderId"]))
        if order is None:
            return _errors(name, "INVALID", ["input"])
        order.prepared = True
        return {"data": {name: {"userErrors": []}}}

    def _cancel(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(_number(given["orderId"]))
        if order is None or order.cancelled_at or order.fulfilled:
            return _errors("orderCancel", "INVALID", ["orderId"], "orderCancelUserErrors")
        order.cancelled_at = datetime.now(UTC).isoformat()
        return {"data": {"orderCancel": {"job": {"id": "1", "done": False}, "orderCancelUserErrors": []}}}

    def _refund(self, given: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(_number(given["input"]["orderId"]))
        if order is None:
            return _errors("refundCreate", "NOT_FOUND", ["input", "orderId"])
        order.refunds += [row["amount"] for row in given["input"]["transactions"]]
        return {"data": {"refundCreate": {"refund": {"id": "1"}, "userErrors": []}}}


def _node(one: Variant) -> dict[str, Any]:
    levels = [
        {
            "location": {"id": f"gid://shopify/Location/{place}"},
            "quantities": [{"name": "available", "quantity": units}],
        }
        for place, units in one.levels.items()
    ]
    return {
        "id": f"gid://shopify/ProductVariant/{one.id}",
        "sku": one.sku,
        "displayName": one.title,
        "price": one.price,
        "updatedAt": one.updated_at.isoformat(),
        "product": {
            "id": f"gid://shopify/Product/{one.product}",
            "title": one.title,
            "descriptionHtml": one.description,
        },
        "inventoryItem": {"id": f"gid://shopify/InventoryItem/{one.item}", "inventoryLevels": {"nodes": levels}},
    }


def _errors(name: str, code: str, where: list[str], list_name: str = "userErrors") -> dict[str, Any]:
    message = code.replace("_", " ").capitalize()
    return {"data": {name: {list_name: [{"code": code, "field": where, "message": message}]}}}


def _number(gid: str) -> str:
    return str(gid).rpartition("/")[2]
