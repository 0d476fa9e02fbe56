"""A sale of one of the brand's own tills (收银): a fact that the till has kept and tells when it has network.

    {"device": "<id of the till>", "till": "Counter 1", "store": "0042", "currency": "USD", "id": "<the till's UUIDv7>",
     "at": "2026-11-22T18:05:00Z", "by": "kim@tea", "paid_with": "<payment of the wallet, or ''>",
     "sale": {"lines": [{"sku": "...", "title": "...", "units": 1, "unit_minor": 255, "discount_minor": 0,
              "options": []}], "tax_added_minor": 0, "total_minor": 255, "member": "", "note": ""}}

Amounts are whole minor units. A sale has happened: its sums are taken as they are, and what differs from our quote is
a finding. It comes through the till's own address only, so there is no signature of its own.
"""

from __future__ import annotations

from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import BadSignature, Connector, Context, Piece, Reply, Request
from datong.integration.wire.intents import MAX_NOTE, MAX_TITLE, goods_of
from datong.integration.wire.reading import Problems, Reader, json_of
from datong.kernel.money import MAX_MINOR
from datong.orders.types import MAX_LINES, Amounts, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

MOST_MINOR = MAX_MINOR // 10**6  # a sum of many stays a number the database can hold


def verify(request: Request, context: Context) -> None:
    raise BadSignature("a till of ours sends to /v1/till/facts")


def unpack(request: Request, context: Context | None = None) -> list[Piece]:
    return [Piece(request.body)]


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    problems = Problems()
    fact = Reader(json_of(body), problems)
    intent = _sale(fact, context)
    problems.done("the sale")
    return [intent]


def _sale(fact: Reader, context: Context) -> OrderIntent:
    sale = fact.sub("sale")
    lines = tuple(_line(no, line) for no, line in enumerate(sale.each("lines", limit=MAX_LINES, required=True), 1))
    card = sale.text("member", limit=64)
    paid_with = fact.text("paid_with", limit=64)
    by, till = fact.text("by", limit=64, cut=True), fact.text("till", limit=64, cut=True)
    goods, added = goods_of(lines), sale.whole("tax_added_minor", high=MOST_MINOR, default=0)
    paid = sale.whole("total_minor", high=MOST_MINOR)
    if goods < 0:
        sale.complain("lines", "amount", "discounts of no more than the lines cost")
    return OrderIntent(
        channel_id=context.channel_id,
        external_id=f"{fact.text('device', limit=64, required=True)}:{fact.text('id', limit=60, required=True)}",
        placed_at=fact.time("at"),
        currency=fact.currency("currency", context.currency),
        lines=lines,
        fulfilment=FulfilmentKind.TILL,
        payment=PaymentMethod.STORED_VALUE if paid_with else PaymentMethod.TILL,
        paid=True,
        store_code=fact.text("store", limit=64, required=True),
        identities=(Identity(IdentityKind.CARD, card, verified=True),) if card else (),
        amounts=Amounts(goods=goods, paid=paid, tax_added=added),
        completed=True,
        provider_ref=paid_with,
        note=sale.text("note", limit=MAX_NOTE, cut=True),
        received_by=f"{till}/{by}" if by else till,
        associate=by,
        inbox_id=context.inbox_id,
    )


def _line(no: int, line: Reader) -> IntentLine:
    options = line.data.get("options") or []
    if not isinstance(options, list) or not all(isinstance(code, str) and len(code) <= 64 for code in options[:50]):
        line.complain("options", "not_list", "a list of codes of choices")
        options = []
    return IntentLine(
        no,
        line.sku("sku"),
        line.whole("units", low=1),
        line.whole("unit_minor", high=MOST_MINOR),
        line.whole("discount_minor", high=MOST_MINOR, default=0),
        line.text("title", limit=MAX_TITLE, cut=True),
        tuple(options[:50]),
    )


CONNECTOR = Connector("till", verify, unpack, parse, Reply('{"code":0}'))
