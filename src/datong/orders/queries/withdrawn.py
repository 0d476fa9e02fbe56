"""What can still be taken out of an order, and what was paid for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from datong.catalog.types import TaxedPart
from datong.kernel.db import in_brand
from datong.orders import rules
from datong.orders.queries.page import OrderView
from datong.payments.api import refunds_of


@dataclass(frozen=True, slots=True)
class Worth:
    """What goes back for units: `amount_minor` of the `left_minor` of the payment; `whole`: nothing of it remains."""

    amount_minor: int
    left_minor: int
    whole: bool


def worth_of(brand_id: UUID, order: OrderView, units: Mapping[int, int]) -> Worth:
    """What was paid for these units (line number -> units), with their tax and their part of the discounts.

    Never more than is left of the payment; all that is left when nothing remains of the order, its fees too. Raises
    BadInput naming each line that cannot be.
    """
    lines = paid_lines(order)
    rules.check_units(lines, units)
    with in_brand(brand_id):
        left = order.total_minor - sum(made.amount_minor for made in refunds_of(brand_id, [order.id]))
    if rules.is_whole(lines, units):
        return Worth(left, left, whole=True)
    goods, added = goods_paid(order)
    paid = rules.paid_minor(lines, goods, added=added)
    return Worth(min(rules.worth_minor(lines, paid, units), left), left, whole=False)


def worth_by_line(order: OrderView) -> dict[int, int]:
    """What was paid for what is left of each line, of a whole order at its prices; no statement."""
    lines = paid_lines(order)
    goods, added = goods_paid(order)
    paid = rules.paid_minor(lines, goods, added=added)
    return {line.line_no: rules.worth_minor([line], paid, {line.line_no: line.left}) for line in lines}


def paid_lines(order: OrderView) -> list[rules.PaidLine]:
    return [rules.PaidLine(x.line_no, x.units, x.withdrawn, x.total_minor, x.tax_minor) for x in order.lines]


def goods_paid(order: OrderView) -> tuple[int, bool]:
    """(What was paid for goods, whether their tax came on top of their prices)."""
    if order.amounts is not None:
        said = order.amounts
        return order.total_minor - said.get("packaging", 0) - said.get("delivery", 0), bool(said.get("tax_added"))
    fees = order.delivery_minor
    added = order.total_minor - sum(line.total_minor for line in order.lines) - fees
    if added <= 0:
        return order.total_minor - fees, False
    fees += sum(tax.tax_minor for tax in order.taxes if tax.part != TaxedPart.GOODS)
    return order.total_minor - fees, True
