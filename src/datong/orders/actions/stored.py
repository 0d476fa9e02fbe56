"""Orders that are paid from the wallet (储值支付): taken with the order, given back to what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.kernel.db import current_brand, in_brand
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.orders.actions.draft import Draft
from datong.orders.actions.paid import lock, pay
from datong.payments.api import payments_of
from datong.payments.types import AttemptOutcome, PaymentMethod, PaymentState
from datong.wallet.api import settle_sales as settle
from datong.wallet.api import take_payment
from datong.wallet.types.paying import SoldFromWallet


def pay_from_wallet(order_id: UUID, payment_id: UUID, *, brand: UUID, who: str) -> AttemptOutcome:
    """Pay an open order with a payment that the wallet holds, in one transaction; the same again changes nothing.

    Raises NotFound, BadValue for an order that was not to be paid from the wallet or a payment that has less left,
    Conflict for an order that was cancelled or a payment whose time is over.
    """
    with in_brand(brand):
        order = lock([order_id], brand).get(order_id)
        if order is None:
            raise NotFound(f"no order {order_id}")
        if order.method is not PaymentMethod.STORED_VALUE:
            raise BadValue("order_id", str(order_id), "an order whose payment is stored_value")
        if order.state == "cancelled":
            raise Conflict("the order was cancelled: release the payment")
        ref = str(payment_id)
        paid = [p.provider_ref for p in payments_of(brand, [order_id])[order_id] if p.state is PaymentState.PAID]
        if paid and paid != [ref]:
            raise Conflict("the order is paid already: release this payment")
        if not paid:
            take_payment(payment_id, order_id, order.total_minor, brand=brand)
        return pay(order_id, amount_minor=order.total_minor, provider_ref=ref, brand=brand, who=who)


def settle_sales(drafts: Sequence[Draft]) -> None:
    """Till sales that were paid from the wallet: what the payments have is taken, what is missing becomes a shortfall.
    A constant number of statements for the batch."""
    sold = [d for d in drafts if d.intent.payment is PaymentMethod.STORED_VALUE and d.paid and d.booked]
    totals = [(d, d.booked.total_minor if d.booked else 0) for d in sold]
    sales = [
        SoldFromWallet(_payment_of(d.intent.provider_ref), d.order_id, total, d.intent.currency)
        for d, total in totals
        if total > 0
    ]
    settle(sales, brand=current_brand())


def _payment_of(ref: str) -> UUID | None:
    try:
        return UUID(ref)
    except ValueError:
        return None
