"""What was given back of an order, and where each part of it went."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from datong.payments.api import payments_of, refunds_of
from datong.payments.types import Payment, Refund, RefundState
from datong.wallet.api import returned_of
from datong.wallet.types.paying import Back


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Where a part went. `kind`: stored_value, points, voucher, coupon, cash or provider; of an order that was not paid
    from the wallet the way it was paid (types.PaymentMethod). `part`: principal or bonus of the purse. `name`: the
    programme, the offer, the platform. `provider_ref`: the provider's number; of a voucher or coupon its id."""

    kind: str
    amount_minor: int
    state: RefundState
    provider_ref: str = ""
    purse_id: UUID | None = None
    part: str = ""
    name: str = ""
    points: int = 0
    returned: bool = False


@dataclass(frozen=True, slots=True)
class RefundView:
    refund: Refund
    parts: tuple[RefundPart, ...]


def refunds_in_parts(brand_id: UUID, order_id: UUID) -> list[RefundView]:
    """The refunds of an order with their parts, which come to their sum, the oldest first; three statements."""
    made = refunds_of(brand_id, [order_id])
    if not made:
        return []
    back = returned_of(brand_id, order_id)
    paid = {one.id: one for one in payments_of(brand_id, [order_id]).get(order_id, ())}
    return [RefundView(one, _parts(one, back.get(one.id, ()), paid.get(one.payment_id))) for one in made]


def _parts(refund: Refund, back: list[Back] | tuple[()], paid: Payment | None) -> tuple[RefundPart, ...]:
    parts = [
        RefundPart(
            each.kind.value,
            each.amount_minor,
            refund.state,
            refund.provider_ref or each.ref,
            each.purse_id,
            each.part,
            each.name,
            each.points,
            each.returned,
        )
        for each in back
    ]
    rest = refund.amount_minor - sum(each.amount_minor for each in back)
    if rest:
        kind = paid.method.value if paid else ""
        parts.append(RefundPart(kind, rest, refund.state, refund.provider_ref))
    return tuple(parts)
