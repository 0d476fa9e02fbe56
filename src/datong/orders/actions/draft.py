"""An order in the making: what each step of `place` has found out so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from datong.brand.types import Channel
from datong.catalog.types import Fee, Quote
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.types import Want
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import rules
from datong.orders.sourcing.choose import units_by_item
from datong.orders.sourcing.types import Demand, DemandLine, Plan, Share
from datong.orders.types import ExceptionKind, OrderIntent, OrderState, Outcome
from datong.payments.types import PaymentMethod
from datong.risk.types import Decision, Verdict

PICKUP_HOLD = timedelta(hours=48)


def pay_within() -> timedelta:
    """How long an order that is to be paid first waits for its money."""
    return timedelta(minutes=settings.PAY_WITHIN_MINUTES)


def pay_until(placed_at: datetime) -> datetime:
    """When the time to pay such an order is over."""
    return placed_at + pay_within()


@dataclass(slots=True)
class Draft:
    """One order of a batch. `outcome` set early means: nothing more to do for it."""

    intent: OrderIntent
    hash: bytes
    order_id: UUID = field(default_factory=uuid7)
    number: str = ""
    channel: Channel | None = None
    outcome: Outcome | None = None
    customer_id: UUID | None = None
    person_id: UUID | None = None
    quote: Quote | None = None
    booked: rules.Booked | None = None
    fee: Fee | None = None
    free_delivery: str = ""  # the tier that need not pay for it
    exempt: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    point: Point | None = None
    store_id: UUID | None = None
    referred_store_id: UUID | None = None
    plan: Plan | None = None
    state: OrderState = OrderState.ASSIGNED
    findings: list[tuple[ExceptionKind, dict[str, Any]]] = field(default_factory=list)

    @property
    def key(self) -> tuple[UUID, str]:
        return self.intent.channel_id, self.intent.external_id

    @property
    def paid(self) -> bool:
        return self.intent.paid or self.intent.completed or self.intent.payment is PaymentMethod.PLATFORM

    @property
    def lines(self) -> tuple[DemandLine, ...]:
        assert self.booked is not None
        return tuple(DemandLine(s.line_no, s.item_id, s.units) for s in rules.stocked_lines(self.booked.lines))

    @property
    def also(self) -> frozenset[UUID]:
        """Items of the order that take no units of their own: services, a bundle as such."""
        assert self.booked is not None
        counted = {line.item_id for line in self.lines}
        return frozenset(s.item_id for s in self.booked.lines if s.item_id is not None and s.item_id not in counted)

    def demand(self) -> Demand:
        """What sourcing needs to know."""
        assert self.channel is not None and self.booked is not None
        intent = self.intent
        return Demand(
            order_id=self.order_id,
            channel_id=intent.channel_id,
            fulfilment=intent.fulfilment,
            lines=self.lines,
            at=intent.promised_at,
            place=self.point,
            fixed_store=self.store_id,
            allowed_stores=frozenset(self.channel.stores),
            buffer_units=self.channel.buffer_units,
            total_minor=self.booked.total_minor,
            model=intent.model.value,
            not_at=self.quote.not_at if self.quote else frozenset(),
            also=self.also,
        )

    def want(self, share: Share) -> Want:
        """The hold for one store's part; it expires while nobody has paid, unless it was sold elsewhere."""
        assert self.channel is not None
        hold = {
            PaymentMethod.PREPAID: pay_within(),
            PaymentMethod.STORED_VALUE: pay_within(),
            PaymentMethod.PAY_AT_STORE: PICKUP_HOLD,
        }.get(self.intent.payment)
        return Want(
            order_id=self.order_id,
            location_id=share.store_id,
            quantities=units_by_item(share.lines),
            floor=self.channel.buffer_units,
            expires_at=clock.now() + hold if hold and not self.paid and not self.intent.happened else None,
            customer_key=str(self.person_id or self.intent.contact.phone or self.intent.contact.email),
            also=frozenset() if self.intent.happened else self.also,
        )

    def find(self, kind: ExceptionKind, **detail: Any) -> None:
        self.findings.append((kind, detail))

    def settle_state(self) -> None:
        """The state the order starts in, from its plan, its verdict and whether it is done already."""
        if self.intent.completed:
            self.state = OrderState.COMPLETED
        elif self.plan is None or self.plan.waits:
            self.state = OrderState.BACKORDER
        elif self.verdict and self.verdict.decision is Decision.REVIEW and not self.intent.happened:
            self.state = OrderState.REVIEW
        else:
            self.state = OrderState.ASSIGNED

    @property
    def needs_store(self) -> bool:
        return not self.intent.completed and self.intent.fulfilment is not FulfilmentKind.TILL
