"""Shopify by its Admin GraphQL API, version pinned.

Sources (shopify.dev): /docs/api/admin-graphql/2026-04/mutations/inventorySetQuantities (absolute figures; as of 2026-04
`changeFromQuantity` must be given, null opts out; CHANGE_FROM_QUANTITY_STALE when what they show is not what we
believed), productVariantsBulkUpdate, productUpdate, fulfillmentCreate, fulfillmentOrderLineItemsPreparedForPickup,
orderCancel, refundCreate, tagsAdd; /docs/api/usage/idempotent-requests (`@idempotent(key:)`, required for the inventory
and refund mutations as of 2026-04); /docs/apps/build/apis/graphql-admin/rate-limits (cost in
`extensions.cost.throttleStatus`, errors with `extensions.code` THROTTLED and HTTP 200).

Settings: `api_version`. Secret: `access_token`. A message's `place` is a location's id, its number or its gid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from datong.kernel.money import minor_of
from datong.sync.connectors import shopify_words as words
from datong.sync.connectors.http import Refusal, Trouble, body_of, call, client, done, parts, refused, singles
from datong.sync.connectors.money import decimal_of
from datong.sync.rules import dressed, plain
from datong.sync.types import Address, Kind, Listing, Message, Outcome, Ref, Result, Throttle

VERSION = "2026-04"
BATCH = 100  # inventorySetQuantities takes 250; a call of 100 keeps its cost within the smallest plan
PAGE = 50
TRIES = 3
STALE_S = 0.5  # long enough for the order that made the difference to come in
_BUSY = {"IDEMPOTENCY_CONCURRENT_REQUEST", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"}


class Shopify:
    """One shop. `throttle()` is what its last answer said about its bucket of points."""

    kinds = frozenset(Kind)
    cost = 10.0  # what a mutation asks of the bucket

    def __init__(self, address: Address) -> None:
        version = str(address.settings.get("api_version") or VERSION)
        self._path = f"/admin/api/{version}/graphql.json"
        self._currency = address.currency
        self._http = client(address, headers={"X-Shopify-Access-Token": address.secrets.get("access_token", "")})
        self._throttle: Throttle | None = None

    def throttle(self) -> Throttle | None:
        return self._throttle

    def close(self) -> None:
        self._http.close()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Stock together, prices and texts by product, steps one by one."""
        stock = [m for m in messages if m.kind is Kind.STOCK]
        prices = sorted((m for m in messages if m.kind is Kind.PRICE), key=_product)
        texts = sorted((m for m in messages if m.kind is Kind.TEXT), key=_product)
        of_product = [list(group) for kind in (prices, texts) for _, group in groupby(kind, key=_product)]
        return [*parts(stock, BATCH), *of_product, *singles(messages)]

    def push(self, messages: Sequence[Message]) -> list[Result]:
        if messages[0].kind is Kind.STOCK:
            return self._stock(list(messages))
        if messages[0].kind is Kind.PRICE:
            return self._prices(list(messages))
        if messages[0].kind is Kind.TEXT:
            return self._texts(messages)
        return [self._step(message) for message in messages]

    def listings(self) -> Iterator[Listing]:
        after: str | None = None
        try:
            while True:
                page = self._ask(words.LISTINGS, {"first": PAGE, "after": after})["productVariants"]
                yield from (self._listing(node) for node in page["nodes"])
                if not page["pageInfo"]["hasNextPage"]:
                    return
                after = page["pageInfo"]["endCursor"]
        except Trouble as trouble:
            raise trouble.raised() from None

    def _listing(self, node: Mapping[str, Any]) -> Listing:
        levels = node["inventoryItem"]["inventoryLevels"]["nodes"]
        by_place = {number_of(at["location"]["id"]): at["quantities"][0]["quantity"] for at in levels}
        return Listing(
            ref=Ref(number_of(node["product"]["id"]), number_of(node["id"]), number_of(node["inventoryItem"]["id"])),
            sku=node["sku"] or "",
            title=node["displayName"],
            name=node["product"]["title"],
            description=plain(node["product"]["descriptionHtml"] or ""),
            price_minor=minor_of(node["price"], self._currency),
            units=sum(by_place.values()),
            by_place=by_place,
            updated_at=datetime.fromisoformat(node["updatedAt"]),
        )

    def _stock(self, messages: list[Message], tries: int = TRIES) -> list[Result]:
        """One call; when one figure is not what we believed, nothing of the call was applied."""
        quantities = [
            {
                "inventoryItemId": gid("InventoryItem", m.ref.stock if m.ref else ""),
                "locationId": gid("Location", m.place),
                "quantity": m.units,
                "changeFromQuantity": m.believed,
            }
            for m in messages
        ]
        given = {"input": {"name": "available", "reason": "correction", "quantities": quantities}}
        try:
            answer = self._ask(words.STOCK, given | {"key": key_of(messages)})["inventorySetQuantities"]
        except Trouble as trouble:
            return trouble.results(messages)
        errors = answer["userErrors"]
        if not errors:
            return [done(m) for m in messages]
        found = _stock_errors(messages, errors)
        held = {result.id for result in found if result.code == "with_others"}
        if tries and held and len(held) < len(messages):  # nothing was applied: the good ones go without the others
            again = self._stock([m for m in messages if m.id in held], tries - 1)
            return [result for result in found if result.id not in held] + again
        return found

    def _prices(self, messages: list[Message]) -> list[Result]:
        product = messages[0].ref.product if messages[0].ref else ""
        variants = [
            {
                "id": gid("ProductVariant", m.ref.variant if m.ref else ""),
                "price": decimal_of(m.amount_minor, m.currency),
            }
            for m in messages
        ]
        try:
            given = {"productId": gid("Product", product), "variants": variants}
            errors = self._ask(words.PRICES, given)["productVariantsBulkUpdate"]["userErrors"]
        except Trouble as trouble:
            return trouble.results(messages)
        if errors and len(messages) > 1:  # nothing was applied: each alone, so that the good ones go through
            return [result for message in messages for result in self._prices([message])]
        return [_refusal(m, errors[0]) if errors else done(m) for m in messages]

    def _texts(self, messages: Sequence[Message]) -> list[Result]:
        """The product's words, once however many of its SKUs said so."""
        facts, given = messages[0].facts, {"id": gid("Product", _product(messages[0]))}
        if "title" in facts:
            given["title"] = facts["title"]
        if "description" in facts:
            given["descriptionHtml"] = dressed(facts["description"])
        try:
            errors = self._ask(words.TEXTS, {"product": given})["productUpdate"]["userErrors"]
        except Trouble as trouble:
            return trouble.results(messages)
        return [_refusal(m, errors[0]) if errors else done(m) for m in messages]

    def _step(self, message: Message) -> Result:
        try:
            {
                Kind.ACCEPTED: self._tag,
                Kind.READY: self._ready,
                Kind.SHIPPED: self._ship,
                Kind.DELIVERED: self._tag,
                Kind.CANCELLED: self._cancel,
                Kind.REFUNDED: self._refund,
            }[message.kind](message)
        except Trouble as trouble:
            return trouble.results([message])[0]
        except Refusal as refusal:
            return refusal.result(message)
        return done(message)

    def _order(self, message: Message) -> Mapping[str, Any]:
        found = self._ask(words.ORDER, {"id": gid("Order", message.order)})["order"]
        if found is None:
            raise Refusal(
                "order_unknown", f"no order {message.order}", "Look whether the order was deleted in Shopify."
            )
        return found

    def _tag(self, message: Message) -> None:
        """Shopify has no such state for a merchant's own orders; a tag shows it, once however often it is added."""
        given = {"id": gid("Order", message.order), "tags": [message.kind.value]}
        _raise(self._ask(words.TAG, given)["tagsAdd"]["userErrors"])

    def _ready(self, message: Message) -> None:
        open_ = [
            f for f in self._order(message)["fulfillmentOrders"]["nodes"] if f["status"] in ("OPEN", "IN_PROGRESS")
        ]
        if message.facts.get("fulfilment") != "pickup" or not open_:
            return self._tag(message)
        given = {"input": {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f["id"]} for f in open_]}}
        _raise(self._ask(words.PICKUP, given)["fulfillmentOrderLineItemsPreparedForPickup"]["userErrors"])
        return None

    def _ship(self, message: Message) -> None:
        """What is open is fulfilled; what is closed was said before."""
        open_ = [
            f for f in self._order(message)["fulfillmentOrders"]["nodes"] if f["status"] in ("OPEN", "IN_PROGRESS")
        ]
        if not open_:
            return
        tracking = {"company": message.facts.get("carrier"), "number": message.facts.get("tracking")}
        given = {
            "fulfillment": {
                "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f["id"]} for f in open_],
                "trackingInfo": {name: value for name, value in tracking.items() if value},
                "notifyCustomer": True,
            }
        }
        _raise(self._ask(words.SHIP, given)["fulfillmentCreate"]["userErrors"])

    def _cancel(self, message: Message) -> None:
        if self._order(message)["cancelledAt"]:
            return
        given = {
            "orderId": gid("Order", message.order),
            "reason": "OTHER",
            "restock": False,  # our stock is pushed by itself
            "refundMethod": {"originalPaymentMethodsRefund": False},  # a refund is a message of its own
            "notifyCustomer": True,
            "staffNote": str(message.facts.get("reason", ""))[:255],
        }
        _raise(self._ask(words.CANCEL, given)["orderCancel"]["orderCancelUserErrors"])

    def _refund(self, message: Message) -> None:
        """Against the first payment that was captured; their key makes it once."""
        paid = [t for t in self._order(message)["transactions"] if t["kind"] in ("SALE", "CAPTURE")]
        if not paid:
            raise Refusal("nothing_paid", "the order has no captured payment", "Refund it where it was paid.")
        given = {
            "key": str(uuid5(NAMESPACE_URL, message.key)),
            "input": {
                "orderId": gid("Order", message.order),
                "note": str(message.facts.get("reason", ""))[:255],
                "transactions": [
                    {
                        "orderId": gid("Order", message.order),
                        "parentId": paid[0]["id"],
                        "gateway": paid[0]["gateway"],
                        "kind": "REFUND",
                        "amount": decimal_of(int(message.facts["amount_minor"]), self._currency),
                    }
                ],
            },
        }
        _raise(self._ask(words.REFUND, given)["refundCreate"]["userErrors"])

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        answer = body_of(call(self._http, "POST", self._path, json={"query": query, "variables": dict(variables)}))
        status = (answer.get("extensions") or {}).get("cost", {}).get("throttleStatus")
        cost = (answer.get("extensions") or {}).get("cost", {}).get("requestedQueryCost") or 0
        if status:
            self._throttle = Throttle(status["currentlyAvailable"], status["restoreRate"], status["maximumAvailable"])
        if errors := answer.get("errors"):
            first: Mapping[str, Any] = errors[0] if isinstance(errors, list) else {"message": str(errors)}
            code = (first.get("extensions") or {}).get("code", "")
            if code == "THROTTLED" or first.get("message") == "Throttled":
                lacking = cost - status["currentlyAvailable"] if status else 0
                wait = max(0.1, lacking / status["restoreRate"]) if status else 1.0
                raise Trouble("the shop's points are used up", code="throttled", retry_after_s=wait)
            if code == "ACCESS_DENIED":
                raise Trouble(str(first.get("message")), code="not_believed", retry_after_s=60.0)
            raise Trouble(f"GraphQL: {first.get('message')}", code=f"graphql_{code or 'error'}".lower())
        return dict(answer["data"])


def _product(message: Message) -> str:
    return message.ref.product if message.ref else ""


def gid(kind: str, number: str) -> str:
    """Shopify's global id; ours are kept as numbers."""
    return number if number.startswith("gid://") else f"gid://shopify/{kind}/{number}"


def number_of(found: str) -> str:
    return found.rpartition("/")[2].partition("?")[0]


def key_of(messages: Sequence[Message]) -> str:
    """The same for the same call said again, another for any other content."""
    return str(uuid5(NAMESPACE_URL, "|".join(f"{m.key}:{m.place}:{m.units}:{m.believed}" for m in messages)))


def _stock_errors(messages: list[Message], errors: Sequence[Mapping[str, Any]]) -> list[Result]:
    """Each error names the index of its figure; the others were not applied either and go again at once."""
    by_index: dict[int, Mapping[str, Any]] = {}
    for one in errors:
        field = one.get("field") or []
        at = next((int(part) for part in field if str(part).isdigit()), None)
        by_index.update({at: one} if at is not None else dict.fromkeys(range(len(messages)), one))
    found = []
    for n, message in enumerate(messages):
        error = by_index.get(n)
        if error is None:
            found.append(
                Result(message.id, Outcome.LATER, code="with_others", why="another figure of the call was refused")
            )
        elif error.get("code") in ("CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"):
            found.append(
                Result(message.id, Outcome.LATER, retry_after_s=STALE_S, code="stale", why=str(error["message"]))
            )
        elif error.get("code") in _BUSY:
            found.append(Result(message.id, Outcome.LATER, retry_after_s=1.0, code="busy", why=str(error["message"])))
        else:
            found.append(_refusal(message, error))
    return found


def _refusal(message: Message, error: Mapping[str, Any]) -> Result:
    code = str(error.get("code") or "refused").lower()
    return refused(message, code, str(error.get("message")), words.FIXES.get(code, words.FIX))


def _raise(errors: Sequence[Mapping[str, Any]]) -> None:
    if errors:
        code = str(errors[0].get("code") or "refused").lower()
        if code.upper() in _BUSY:
            raise Trouble(str(errors[0]["message"]), code="busy", retry_after_s=1.0)
        raise Refusal(code, str(errors[0].get("message")), words.FIXES.get(code, words.FIX))


__all__ = ["Shopify"]
