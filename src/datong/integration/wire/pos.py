"""Till sales (收银): batches a till uploads when it has a line, late and often twice.

Our own format, so that any till can speak it. The device mints the order's id when the sale is closed; uploading twice
is therefore harmless. A sale has happened: its sums are taken as they are, and what does not add up is a finding.

    POST, X-Datong-Device: till-0042-1, X-Datong-Timestamp: <Unix seconds of sending>,
    X-Datong-Signature: v1=<hex HMAC-SHA256 over "<timestamp>.<body>" with the device's key>
    {"device_id": "till-0042-1", "store_code": "0042", "currency": "USD", "sent_at": "2026-11-22T18:05:00Z",
     "orders": [{"id": "...", "opened_at": "...", "closed_at": "...", "cashier": "e17", "member_card": "",
       "phone": "", "lines": [{"sku": "...", "title": "...", "units": 1, "unit_price": "2.55", "discount": "0.00"}],
       "discount": "0.00", "tax_added": "0.00", "tenders": [{"kind": "card", "amount": "2.55", "reference": "..."}]}]}

Amounts are decimal text. A tender of kind 'change' has a negative amount; one of kind 'wallet' names in
`reference` the wallet's payment, which covers the whole sale (what was paid in cash beside it was told to the
wallet). The secrets of the endpoint are the devices'
keys by 'device:<id>'; an endpoint with one 'secret' and no device keys is for one single till.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import (
    MAX_EXTERNAL_ID,
    MAX_ORDERS,
    BadSignature,
    Connector,
    Context,
    Piece,
    Reply,
    Request,
)
from datong.integration.wire.intents import MAX_NOTE, MAX_TITLE, contact_identities, contact_of, goods_of
from datong.integration.wire.native import explain
from datong.integration.wire.reading import Problems, Reader, json_of, whole_of
from datong.integration.wire.signing import hmac_text, require_fresh, require_same, secret_of
from datong.orders.types import MAX_LINES, Amounts, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

TOLERANCE_S = 900  # a till's clock drifts


class Upload(msgspec.Struct):
    """A till's upload of sales that have happened; a sale itself is read more leniently, one by one."""

    device_id: Annotated[str, Meta(min_length=1, max_length=64)]
    store_code: Annotated[str, Meta(min_length=1, max_length=64)]
    orders: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MAX_ORDERS)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None


class _Batch(msgspec.Struct):
    """Only as deep as it takes to cut a batch into its sales without touching their bytes."""

    orders: list[msgspec.Raw]
    device_id: Any = None
    store_code: Any = None
    currency: Any = None


def verify(request: Request, context: Context) -> None:
    device = request.headers.get("x-datong-device", "")
    stamp = request.headers.get("x-datong-timestamp", "")
    given = request.headers.get("x-datong-signature", "")
    per_device = any(name.startswith("device:") for name in context.secrets)
    key = secret_of(context, f"device:{device}" if per_device else "secret")
    require_same(given, "v1=" + hmac_text(key, f"{stamp}.".encode() + request.body, "sha256", "hex"))
    seconds = whole_of(stamp)
    if seconds is None:
        raise BadSignature("X-Datong-Timestamp: seconds since 1970")
    require_fresh(seconds, int(context.settings.get("tolerance_s", TOLERANCE_S)))


def unpack(request: Request, context: Context | None = None) -> list[Piece]:
    """One piece a sale, so that a bad one never holds up its neighbours. What is no batch is kept whole."""
    try:
        batch = msgspec.json.decode(request.body, type=_Batch)
    except (msgspec.DecodeError, RecursionError):
        return [Piece(request.body)]
    if not 0 < len(batch.orders) <= MAX_ORDERS:
        return [Piece(request.body)]
    head = {"device_id": batch.device_id, "store_code": batch.store_code, "currency": batch.currency}
    return [Piece(msgspec.json.encode(head | {"orders": [order]})) for order in batch.orders]


def split(body: bytes) -> list[bytes]:
    """The sales of an upload whose sender waits for an answer, each as an upload of its own. Raises BadInput.

    What else a till writes beside the known fields is let through.
    """
    problems = Problems()
    found = json_of(body)
    if isinstance(found, dict):
        found = {name: found[name] for name in Upload.__struct_fields__ if name in found}
    explain(found, Upload, problems, "")
    problems.done("the till's upload")
    return [piece.body for piece in unpack(Request(body))]


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    problems = Problems()
    batch = Reader(json_of(body), problems)
    currency = batch.currency("currency", context.currency)
    device = batch.text("device_id", limit=64, required=True)
    store = batch.text("store_code", limit=64, required=True)
    orders = list(batch.each("orders", limit=MAX_ORDERS, required=True))
    intents = [_sale(order, device, store, currency, context) for order in orders]
    problems.done("the till's upload")
    return intents


def _sale(order: Reader, device: str, store: str, currency: str, context: Context) -> OrderIntent:
    lines = tuple(_line(no, item, currency) for no, item in enumerate(order.each("lines", limit=MAX_LINES), 1))
    if not lines:
        order.complain("lines", "missing", "send at least one")
    tenders = [(t.minor("amount", currency, signed=True), t) for t in order.each("tenders", limit=20, required=True)]
    references = [t.text("reference", limit=128, cut=True) for _, t in tenders]
    kinds = [t.text("kind", limit=40) for _, t in tenders]
    stored = [r for kind, r in zip(kinds, references, strict=True) if kind == "wallet"]
    card = order.text("member_card", limit=64)
    contact = contact_of("", order.text("phone", limit=60), "", context.country)
    cashier = order.text("cashier", limit=64, cut=True)
    return OrderIntent(
        channel_id=context.channel_id,
        external_id=_external_id(order, device),
        placed_at=order.time("closed_at", zone=context.timezone),
        currency=currency,
        lines=lines,
        fulfilment=FulfilmentKind.TILL,
        payment=PaymentMethod.STORED_VALUE if stored else PaymentMethod.TILL,
        paid=True,
        store_code=store,
        contact=contact,
        identities=(
            *([Identity(IdentityKind.CARD, card, verified=True)] if card else []),
            *contact_identities(contact),
        ),
        amounts=Amounts(
            goods=goods_of(lines),
            paid=max(0, sum(amount for amount, _ in tenders)),
            merchant_subsidy=order.minor("discount", currency, default=0),
            tax_added=order.minor("tax_added", currency, default=0),
        ),
        completed=True,
        provider_ref=next((r for r in stored or references if r), ""),
        note=order.text("note", limit=MAX_NOTE, cut=True),
        received_by=f"{device}/{cashier}" if cashier else device,
        associate=cashier,
        inbox_id=context.inbox_id,
    )


def _line(no: int, item: Reader, currency: str) -> IntentLine:
    if (whole_of(item.data.get("units")) or 0) < 0:
        item.complain("units", "return_not_sale", "a sale has units of 1 or more; a return is an upload of its own")
        return IntentLine(no, "", 1)
    return IntentLine(
        no,
        item.sku("sku"),
        item.whole("units", low=1),
        item.minor("unit_price", currency),
        item.minor("discount", currency, default=0),
        item.text("title", limit=MAX_TITLE, cut=True),
    )


def _external_id(order: Reader, device: str) -> str:
    """Two tills may count alike, so an id that does not name its device gets its name in front."""
    found = order.external_id("id")
    whole = found if found.startswith(device) else f"{device}:{found}"
    if len(whole) > MAX_EXTERNAL_ID:
        order.complain("id", "too_long", f"at most {MAX_EXTERNAL_ID} characters together with the device's id")
    return whole


CONNECTOR = Connector("pos", verify, unpack, parse, Reply('{"code":0}'))
