"""One order with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.orders.models import Allocation, Decision, Event, Finding, Line, Order, Tax, Withdrawal


@dataclass(frozen=True, slots=True)
class LineView:
    """`options`: group, code, title, delta_minor, units a choice; `parts`: item_id, sku, units, when not the item.

    `withdrawn` of the units were taken out before they were handed over; `stores` serve what is left.
    """

    line_no: int
    item_id: UUID | None
    sku: str
    title: str
    kind: str
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    quoted_unit_minor: int | None
    promotions: tuple[str, ...]
    options: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]
    stores: tuple[tuple[UUID, int], ...]
    tax_class: str = ""
    tax_ppm: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class TaxView:
    """What one jurisdiction gets of the order: of goods, delivery or packaging (`part`)."""

    part: str
    tax_class: str
    jurisdiction: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class EventView:
    kind: str
    state: str
    actor: str
    reason: str
    detail: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    id: UUID
    kind: str
    detail: dict[str, Any]
    at: datetime
    closed_at: datetime | None
    closed_by: str
    resolution: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """`chosen` and `refused` are sourcing candidates: store_id, distance_m, score, parts, refused, detail."""

    rule: str
    reason: str
    chosen: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order and all that hangs on it. `amounts` are the platform's when it was sold elsewhere, else None.

    `delivery_minor` is what bringing it costs, part of the total.
    """

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
    model: str
    currency: str
    total_minor: int
    tax_minor: int
    quote_id: UUID | None
    quoted_minor: int | None
    amounts: dict[str, int] | None
    delivery_minor: int
    units: int
    exceptions: int
    placed_at: datetime
    promised_at: datetime | None
    contact_name: str
    contact_phone: str
    contact_email: str
    contact_masked: bool
    address: str
    lon: float | None
    lat: float | None
    distance_m: int | None
    note: str
    referred_store_id: UUID | None
    inbox_id: UUID | None
    trace: str
    entry_id: UUID | None
    visit_id: UUID | None
    associate: str
    lines: tuple[LineView, ...]
    timeline: tuple[EventView, ...]
    findings: tuple[FindingView, ...]
    decisions: tuple[DecisionView, ...]
    taxes: tuple[TaxView, ...] = ()


_PLAIN = [f.attname for f in Order._meta.local_fields if f.attname != "brand_id"]
BY_NUMBER = "SELECT id FROM orders_order WHERE brand_id = %s AND number = %s"


def order_page(brand_id: UUID, key: UUID | str) -> OrderView:
    """The order with this id or number; eight statements. NotFound when the brand has none."""
    with in_brand(brand_id):
        if isinstance(key, str):
            found = rows(BY_NUMBER, [brand_id, key])
            if not found:
                raise NotFound(f"no order {key}")
            key = found[0][0]
        row = Order.objects.filter(brand_id=brand_id, id=key).values(*_PLAIN).first()
        if row is None:
            raise NotFound(f"no order {key}")
        mine = {"brand_id": brand_id, "order_id": key}
        stores: dict[int, list[tuple[UUID, int]]] = {}
        for allocation in Allocation.objects.filter(**mine).order_by("line_no"):
            stores.setdefault(allocation.line_no, []).append((allocation.store_id, allocation.units))
        taken: dict[int, int] = {}
        for line_no, units in Withdrawal.objects.filter(**mine).values_list("line_no", "units"):
            taken[line_no] = taken.get(line_no, 0) + units
        return OrderView(
            **row,
            lines=tuple(
                _line(line, stores, taken.get(line.line_no, 0))
                for line in Line.objects.filter(**mine).order_by("line_no")
            ),
            timeline=tuple(
                EventView(e.kind, e.state, e.actor, e.reason, e.detail, e.at)
                for e in Event.objects.filter(**mine).order_by("at", "seq")
            ),
            findings=tuple(
                FindingView(f.id, f.kind, f.detail, f.at, f.closed_at, f.closed_by, f.resolution)
                for f in Finding.objects.filter(brand_id=brand_id, order_id=key).order_by("id")
            ),
            decisions=tuple(
                DecisionView(d.rule, d.reason, d.chosen, d.refused, d.actor, d.at)
                for d in Decision.objects.filter(**mine).order_by("at", "seq")
            ),
            taxes=tuple(
                TaxView(t.part, t.tax_class, t.jurisdiction, t.rate_ppm, t.base_minor, t.tax_minor)
                for t in Tax.objects.filter(**mine).order_by("n")
            ),
        )


def _line(line: Line, stores: dict[int, list[tuple[UUID, int]]], withdrawn: int) -> LineView:
    return LineView(
        line_no=line.line_no,
        item_id=line.item_id,
        sku=line.sku,
        title=line.title,
        kind=line.kind,
        units=line.units,
        unit_minor=line.unit_minor,
        discount_minor=line.discount_minor,
        tax_minor=line.tax_minor,
        total_minor=line.total_minor,
        quoted_unit_minor=line.quoted_unit_minor,
        promotions=tuple(line.promotions),
        options=tuple(line.options),
        parts=tuple(line.parts or ()),
        stores=tuple(stores.get(line.line_no, ())),
        tax_class=line.tax_class,
        tax_ppm=line.tax_ppm,
        withdrawn=withdrawn,
    )
