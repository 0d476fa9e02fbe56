"""Money that goes back with a second person's word, where the amount asks for one."""

from __future__ import annotations

from uuid import UUID

from datong.access.api import ask
from datong.access.types import Approval, Staff
from datong.kernel.db import current_brand, in_brand
from datong.orders.actions.paid import give_back, lock
from datong.orders.queries.page import order_page
from datong.payments.api import refunds_of

KIND_OF_REFUND = "refund"


def ask_to_give_back(
    order_id: UUID, *, amount_minor: int, reason: str, key: str, brand: UUID, by: Staff, shown: str, href: str
) -> Approval:
    """Ask to give part or all of an order's money back: done at once within the limit of the asker's role, else it
    waits for a second person. `shown` is the amount as a person reads it; the same key again is the same request.

    What counts against the limit is what would be given back of the order in all, so that nobody gets around it in
    small steps; two who ask at the same moment go one after the other.

    Raises BadValue when it is more than is left of what was paid, as soon as that is known.
    """
    with in_brand(brand):
        lock([order_id], brand)
        order = order_page(brand, order_id)
        before = sum(made.amount_minor for made in refunds_of(brand, [order_id]))
        return ask(
            KIND_OF_REFUND,
            brand=brand,
            by=by,
            subject=f"{order.number}: {shown}",
            facts={"order": order.number, "amount": shown, "key": key, "href": href, "refund_minor": amount_minor},
            amount_minor=before + amount_minor,
            store_id=order.store_id,
            reason=reason,
            key=key,
        )


def apply_refund(approval: Approval) -> None:
    """Carry out an approved refund, in the transaction of the decision."""
    brand = current_brand()
    order = order_page(brand, str(approval.facts["order"]))
    give_back(
        order.id,
        amount_minor=int(approval.facts.get("refund_minor", approval.amount_minor)),
        reason=approval.reason,
        key=str(approval.facts["key"]),
        brand=brand,
        who=approval.decided_by or approval.asked_by,
    )
