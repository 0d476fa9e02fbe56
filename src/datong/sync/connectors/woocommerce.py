"""WooCommerce by its REST API, version 3.

Sources: https://woocommerce.github.io/woocommerce-rest-api-docs/ (authentication by consumer key and secret, over HTTPS
as Basic; products/batch and products/<id>/variations/batch take 100 objects and answer an `error` beside the object it
is about; orders/<id>, its notes and refunds). WordPress has no idempotency key: figures and states are absolute, and
before a note or a refund is made the ones that are there are read, ours being known by our key.

Secrets: `consumer_key`, `consumer_secret`. Places are not kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from datong.kernel.errors import BadValue
from datong.kernel.money import minor_of
from datong.sync.connectors.http import Refusal, Trouble, body_of, call, client, done, parts, refused, singles
from datong.sync.connectors.money import decimal_of
from datong.sync.rules import dressed, plain
from datong.sync.types import STATES, Address, Kind, Listing, Message, Ref, Result, Throttle

API = "/wp-json/wc/v3"
BATCH = 100
KEY = "_datong_key"
FIX = "Read what WooCommerce says, mend it there or here, then send again."
_GONE = "The product was deleted in WooCommerce: learn the products again."
FIXES = {
    "woocommerce_rest_product_invalid_id": _GONE,
    "woocommerce_rest_product_variation_invalid_id": _GONE,
    "woocommerce_rest_shop_order_invalid_id": "Look whether the order was deleted in WooCommerce.",
}


class WooCommerce:
    """One shop."""

    kinds = frozenset(Kind)
    cost = 1.0

    def __init__(self, address: Address) -> None:
        secrets = address.secrets
        auth = (secrets.get("consumer_key", ""), secrets.get("consumer_secret", ""))
        self._http = client(address, auth=auth)
        self._currency = address.currency

    def throttle(self) -> Throttle | None:
        return None

    def close(self) -> None:
        self._http.close()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Stock and prices of 100 products together, variations by their product; steps one by one."""
        figures = [m for m in messages if m.kind in (Kind.STOCK, Kind.PRICE)]
        of_parent = groupby(sorted(figures, key=lambda m: (_parent(m), _id(m))), key=_parent)
        shares = [part for _, group in of_parent for part in parts(list(group), BATCH)]
        return [*shares, *parts([m for m in messages if m.kind is Kind.TEXT], BATCH), *singles(messages)]

    def push(self, messages: Sequence[Message]) -> list[Result]:
        if messages[0].kind in STATES:
            return self._products(list(messages))
        return [self._step(message) for message in messages]

    def listings(self) -> Iterator[Listing]:
        try:
            for product in self._pages("/products"):
                if product.get("type") == "variable":
                    for variation in self._pages(f"/products/{product['id']}/variations"):
                        yield self._listing(variation, product)
                else:
                    yield self._listing(product, product)
        except Trouble as trouble:
            raise trouble.raised() from None
        except Refusal as refusal:
            raise Trouble(refusal.why, code=refusal.code).raised() from None

    def _pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        page, last = 1, 1
        while page <= last:
            answer = call(self._http, "GET", API + path, params={"per_page": 100, "page": page, "orderby": "id"})
            yield from _ok(answer)
            last = int(answer.headers.get("x-wp-totalpages", 1))
            page += 1

    def _listing(self, found: Mapping[str, Any], product: Mapping[str, Any]) -> Listing:
        own = found is not product
        try:
            price = minor_of(str(found.get("regular_price") or ""), self._currency)
        except BadValue:
            price = None
        return Listing(
            ref=Ref(str(product["id"]), str(found["id"]) if own else ""),
            sku=str(found.get("sku") or ""),
            title=str(product.get("name", "")),
            description=plain(str(product.get("description") or "")),
            price_minor=price,
            units=found.get("stock_quantity") if found.get("manage_stock") else None,
            updated_at=datetime.fromisoformat(found["date_modified_gmt"]).replace(tzinfo=UTC),
        )

    def _products(self, messages: list[Message]) -> list[Result]:
        """One call; stock and price of one product go together."""
        text = messages[0].kind is Kind.TEXT
        parent = "" if text else _parent(messages[0])
        number = _product if text else _id
        path = f"{API}/products/{parent}/variations/batch" if parent else f"{API}/products/batch"
        fields: dict[str, dict[str, Any]] = {}
        for m in messages:
            fields.setdefault(number(m), {"id": int(number(m))}).update(_fields(m))
        try:
            answer = _ok(call(self._http, "POST", path, json={"update": list(fields.values())}))
        except Trouble as trouble:
            return trouble.results(messages)
        except Refusal as refusal:
            return [refusal.result(m) for m in messages]
        errors = {str(one["id"]): one["error"] for one in answer.get("update", ()) if one.get("error")}
        return [
            refused(m, e["code"], e["message"], FIXES.get(e["code"], FIX)) if (e := errors.get(number(m))) else done(m)
            for m in messages
        ]

    def _step(self, message: Message) -> Result:
        path = f"{API}/orders/{message.order}"
        try:
            if message.kind is Kind.REFUNDED:
                self._refund(message, path)
            else:
                if message.kind is Kind.SHIPPED:
                    self._note(message, path)
                _ok(call(self._http, "PUT", path, json=_order_fields(message)))
        except Trouble as trouble:
            return trouble.results([message])[0]
        except Refusal as refusal:
            return refusal.result(message)
        return done(message)

    def _note(self, message: Message, path: str) -> None:
        """The customer reads who brings it; a note with this tracking number is not written twice."""
        carrier, tracking = str(message.facts.get("carrier", "")), str(message.facts.get("tracking", ""))
        if not tracking:
            return
        if any(tracking in str(note.get("note", "")) for note in _ok(call(self._http, "GET", f"{path}/notes"))):
            return
        note = {"note": f"{carrier} {tracking}".strip(), "customer_note": True}
        _ok(call(self._http, "POST", f"{path}/notes", json=note))

    def _refund(self, message: Message, path: str) -> None:
        """`api_refund` false: the money went back by us; the shop's books follow."""
        there = _ok(call(self._http, "GET", f"{path}/refunds", params={"per_page": 100}))
        keys = {meta.get("value") for one in there for meta in one.get("meta_data", ()) if meta.get("key") == KEY}
        if message.key in keys:
            return
        amount = decimal_of(int(message.facts["amount_minor"]), self._currency)
        body = {"amount": amount, "reason": str(message.facts.get("reason", ""))[:200], "api_refund": False}
        body |= {"api_restock": False, "meta_data": [{"key": KEY, "value": message.key}]}
        _ok(call(self._http, "POST", f"{path}/refunds", json=body))


def _parent(message: Message) -> str:
    return message.ref.product if message.ref and message.ref.variant else ""


def _product(message: Message) -> str:
    return message.ref.product if message.ref else ""


def _id(message: Message) -> str:
    return (message.ref.variant or message.ref.product) if message.ref else ""


def _fields(message: Message) -> dict[str, Any]:
    if message.kind is Kind.TEXT:
        names = {"title": "name", "description": "description"}
        return {names[key]: dressed(text) if key == "description" else text for key, text in message.facts.items()}
    if message.kind is Kind.PRICE:
        return {"regular_price": decimal_of(message.amount_minor, message.currency)}
    status = "outofstock" if message.units <= 0 else "instock"
    return {"manage_stock": True, "stock_quantity": message.units, "stock_status": status}


def _order_fields(message: Message) -> dict[str, Any]:
    """A state of theirs where they have one; what we say stands in the order's own data in any case."""
    said = {"meta_data": [{"key": "_datong_state", "value": message.kind.value}]}
    status = {
        Kind.ACCEPTED: "processing",
        Kind.SHIPPED: "completed",
        Kind.DELIVERED: "completed",
        Kind.CANCELLED: "cancelled",
    }.get(message.kind)
    return said | ({"status": status} if status else {})


def _ok(answer: Any) -> Any:
    """The JSON of a success. Raises Refusal with WordPress's code."""
    found = body_of(answer)
    if answer.status_code < 400:
        return found
    code = str(found.get("code", f"http_{answer.status_code}")) if isinstance(found, dict) else "refused"
    why = str(found.get("message", "")) if isinstance(found, dict) else ""
    raise Refusal(code, why, FIXES.get(code, FIX))
