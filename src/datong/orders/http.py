"""Reading the order book over HTTP. Orders come in through `integration`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import mask_address, mask_email, mask_name, mask_phone, require, sees_people
from datong.access.types import ApprovalState, Machine, Scope
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.errors import BadValue
from datong.kernel.money import MAX_MINOR, Money
from datong.kernel.pages import CURSOR, read_cursor, write_cursor
from datong.orders import api
from datong.orders.types import MODES, OrderState

router = Router(tags=["orders"])

Word = Annotated[str, StringConstraints(max_length=120), STORABLE]


class OrderRow(Schema):
    """One order of the list; amounts are minor units of `currency`."""

    id: UUID
    number: str
    channel_id: UUID
    external_id: str
    customer_id: UUID | None
    store_id: UUID | None
    state: str
    fulfilment: str
    payment: str
    paid: bool
    total_minor: int
    currency: str
    units: int
    exceptions: int
    placed_at: datetime
    promised_at: datetime | None
    distance_m: int | None


class OrderPage(Schema):
    """A page, newest first; `next` is the cursor of the page after it, absent on the last."""

    orders: list[OrderRow]
    next: str | None = None


class OrderFilter(Schema):
    channel_id: UUID | None = None
    store_id: UUID | None = None
    state: OrderState | None = None
    text: Word = ""
    needs_hand: bool = False
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/orders", response=OrderPage, summary="List orders", operation_id="list_orders")
def list_orders(request: HttpRequest, wanted: Query[OrderFilter]) -> dict[str, Any]:
    """All channels in one list, newest first, filtered and paged by key.

    `text` is a number or an external id from its start; with the scope `customers:read` a customer's name or phone too.
    """
    client = require(request, Scope.ORDERS_READ)
    page = api.board(
        client.brand_id,
        api.BoardFilter(
            channel_id=wanted.channel_id,
            store_id=wanted.store_id,
            state=wanted.state or "",
            text=wanted.text,
            by_contact=sees_people(client),
            needs_hand=wanted.needs_hand,
            before=read_cursor(wanted.cursor),
            limit=wanted.limit,
        ),
    )
    return {"orders": page.rows, "next": write_cursor(page.rows[-1].id) if page.more else None}


class OrderContact(Schema):
    """Who ordered. `masked`: the key lacks the scope `customers:read`, or the channel itself tells no more."""

    name: str
    phone: str
    email: str
    address: str
    masked: bool


class OrderDetail(OrderRow):
    """An order with its lines, its timeline, what needs a hand, and why its store was chosen."""

    contact: OrderContact
    tax_minor: int
    quoted_minor: int | None
    delivery_minor: int
    amounts: dict[str, int] | None
    lines: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


@router.get("/orders/{number}", response={200: OrderDetail, 404: None}, summary="One order", operation_id="get_order")
def get_order(request: HttpRequest, number: Word) -> dict[str, Any]:
    """The order with this number or id."""
    client = require(request, Scope.ORDERS_READ)
    view = api.order_page(client.brand_id, _key(number))
    plain = {name: getattr(view, name) for name in OrderDetail.model_fields if name not in _MADE}
    lists = {name: [_fields(row) for row in getattr(view, name)] for name in _LISTS}
    return {**plain, **lists, "contact": _contact(view, in_full=sees_people(client))}


_LISTS = ("lines", "timeline", "findings", "decisions")
_MADE = (*_LISTS, "contact")


def _contact(view: api.OrderView, *, in_full: bool) -> dict[str, Any]:
    name, phone, email = view.contact_name, view.contact_phone, view.contact_email
    if in_full:
        return {"name": name, "phone": phone, "email": email, "address": view.address, "masked": view.contact_masked}
    return {"name": mask_name(name), "phone": mask_phone(phone), "email": mask_email(email),
            "address": mask_address(view.address), "masked": True}  # fmt: skip


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _key(number: str) -> UUID | str:
    try:
        return UUID(number)
    except ValueError:
        return number


class RefundPartOut(Schema):
    """Where a part went. `kind`: stored_value, points, voucher, coupon, cash or provider; of an order that was not paid
    from the wallet the way it was paid. `part`: principal or bonus of the purse. `name`: the programme, the offer, the
    platform. `provider_ref`: the provider's number; of a voucher or coupon its id. `returned`: it is good again.
    """

    kind: str
    amount_minor: int
    state: str
    provider_ref: str
    purse_id: UUID | None
    part: str
    name: str
    points: int
    returned: bool


class OrderRefundOut(Schema):
    """`state`: due (somebody must pay it back) or done. The parts come to `amount_minor`."""

    id: UUID
    payment_id: UUID
    amount_minor: int
    currency: str
    state: str
    reason: str
    by: str
    asked_at: datetime
    done_at: datetime | None
    provider_ref: str
    parts: list[RefundPartOut]


class OrderRefundsOut(Schema):
    refunds: list[OrderRefundOut]


@router.get(
    "/orders/{number}/refunds",
    response={200: OrderRefundsOut, 404: None},
    summary="What was given back",
    operation_id="list_order_refunds",
)
def list_order_refunds(request: HttpRequest, number: Word) -> dict[str, Any]:
    """The refunds of the order with this number or id, the oldest first, and what of each went back where."""
    client = require(request, Scope.ORDERS_READ)
    order = api.order_page(client.brand_id, _key(number))
    found = api.refunds_in_parts(client.brand_id, order.id)
    return {"refunds": [{**asdict(one.refund), "parts": [asdict(part) for part in one.parts]} for one in found]}


class RefundLine(Body):
    """Units of a line that are taken out of the order; `line_no` is the line's own number."""

    line_no: Annotated[int, Field(ge=0, le=32_767), NUMBER]
    units: Annotated[int, Field(ge=1, le=100_000), NUMBER]


class RefundIn(Body):
    """`lines`: what is taken out of the order before it is handed over. Without `amount_minor` what was paid for them
    goes back, with their tax and their part of the discounts; without `lines` the amount alone."""

    lines: Annotated[list[RefundLine], Field(max_length=40)] = []
    amount_minor: Annotated[int, Field(ge=0, le=MAX_MINOR), NUMBER] | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]


class RefundAskedOut(Schema):
    """`state`: approved (the money is to be given back, the units are free), pending (a person decides), refused or
    withdrawn. `amount_minor`: what goes back."""

    approval_id: UUID
    state: str
    amount_minor: int
    currency: str


@router.post(
    "/orders/{number}/refunds",
    response={200: RefundAskedOut, 202: RefundAskedOut, 404: None, 409: None},
    summary="Give money back",
    operation_id="refund_order",
)
def refund_order(
    request: HttpRequest,
    number: Word,
    wanted: RefundIn,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=80)],
) -> Status[dict[str, Any]]:
    """Give part or all of an order's money back, and take units out of it that were not handed over: at once (200)
    within what the brand lets programs do alone, else a person decides (202). The same again is the same request.

    Units that are taken out leave their store's list and may be sold again at once; when none is left the order is
    cancelled. 409: they were handed over already, nothing was paid, or the key was used for another request.
    """
    client = require(request, Scope.ORDERS_WRITE)
    units = {line.line_no: line.units for line in wanted.lines}
    if len(units) < len(wanted.lines):
        raise BadValue("/lines", len(wanted.lines), "each line once")
    order = api.order_page(client.brand_id, _key(number))
    asked = api.ask_to_give_back(
        order.id,
        amount_minor=wanted.amount_minor,
        units=units,
        reason=wanted.reason,
        key=f"api:{client.id.hex} {idempotency_key}",
        brand=client.brand_id,
        by=Machine(client.id, client.brand_id, f"client {client.name}"[:120]),
        shown=lambda minor: Money(minor, order.currency).format("en"),
        href=f"/orders/{order.number}/",
    )
    answer = {
        "approval_id": asked.id,
        "state": asked.state.value,
        "amount_minor": asked.facts["refund_minor"],
        "currency": order.currency,
    }
    return Status(202 if asked.state is ApprovalState.PENDING else 200, answer)


class ModeRow(Schema):
    """One way of joining online and offline: the sides a path goes through, and whether it is basic or derived."""

    code: str
    sides: list[str]
    basic: bool


@router.get("/modes", response=list[ModeRow], summary="Modes of online and offline", operation_id="list_modes")
def list_modes(request: HttpRequest) -> list[dict[str, Any]]:
    """The four modes (S-169): two basic ones and the two derived from them."""
    require(request, Scope.ORDERS_READ)
    return [{"code": mode.code, "sides": list(mode.sides), "basic": mode.basic} for mode in MODES]


class RuleWeights(Body):
    """How much each part of the score counts; only their proportion matters."""

    distance: Annotated[int, Field(ge=0, le=1000), NUMBER] = 60
    load: Annotated[int, Field(ge=0, le=1000), NUMBER] = 20
    depth: Annotated[int, Field(ge=0, le=1000), NUMBER] = 20
    cost: Annotated[int, Field(ge=0, le=1000), NUMBER] = 0
    split: Annotated[int, Field(ge=0, le=1000), NUMBER] = 100


class SourcingRule(Body):
    """Which orders (empty: all), which places, in which order, and over how many stores an order may be split."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60), READABLE]
    channels: Annotated[list[UUID], Field(max_length=100)] = []
    fulfilments: Annotated[list[Literal["delivery", "pickup", "in_store"]], Field(max_length=3)] = []
    min_total_minor: Annotated[int, Field(ge=0, le=10**15), NUMBER] = 0
    store_kinds: Annotated[list[Literal["own", "franchise", "partner", "acquired"]], Field(max_length=4)] = []
    regions: Annotated[list[Word], Field(max_length=200)] = []
    max_distance_m: Annotated[int, Field(ge=1, le=2_000_000), NUMBER] = 30_000
    weights: RuleWeights = RuleWeights()
    max_stores: Annotated[int, Field(ge=1, le=10), NUMBER] = 1


class SourcingRules(Body):
    """The ordered rules; an empty list brings back the ones a brand starts with."""

    rules: Annotated[list[SourcingRule], Field(max_length=50)]


@router.get("/sourcing/rules", response=SourcingRules, summary="Sourcing rules", operation_id="get_sourcing_rules")
def get_sourcing_rules(request: HttpRequest) -> dict[str, Any]:
    """The rules by which stores are chosen, first match first."""
    client = require(request, Scope.SOURCING_READ)
    return {"rules": [api.settings_of(rule) for rule in api.sourcing_rules(client.brand_id)]}


@router.put("/sourcing/rules", response=SourcingRules, summary="Replace them", operation_id="put_sourcing_rules")
def put_sourcing_rules(request: HttpRequest, wanted: SourcingRules) -> dict[str, Any]:
    """Replace the ordered rules; orders are sourced by them from now on."""
    client = require(request, Scope.SOURCING_WRITE)
    rules = [rule.model_dump(mode="json") for rule in wanted.rules]
    kept = api.put_rules(client.brand_id, rules, who=f"client {client.name}")
    return {"rules": [api.settings_of(rule) for rule in kept]}


class PayFromWallet(Body):
    """`payment_id`: what `POST /v1/wallet/payments` answered."""

    payment_id: UUID


class PaidFromWallet(Schema):
    """`paid`, or `repeated` when this payment had paid the order before."""

    outcome: str


@router.post(
    "/orders/{order_id}/wallet",
    response={200: PaidFromWallet, 404: None, 409: None},
    summary="Pay from the wallet",
    operation_id="pay_order_from_wallet",
)
def pay_order_from_wallet(request: HttpRequest, order_id: UUID, wanted: PayFromWallet) -> dict[str, Any]:
    """An open order whose payment is `stored_value` takes what the wallet holds for it. The same again pays once."""
    client = require(request, Scope.WALLET_PAY)
    by = f"client {client.name}"
    return {"outcome": api.pay_from_wallet(order_id, wanted.payment_id, brand=client.brand_id, who=by).value}
