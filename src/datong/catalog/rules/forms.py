"""The decision tables the house itself asks, with the rows a brand may begin with."""

from __future__ import annotations

from collections.abc import Mapping

from datong.catalog.types import Column, FieldKind, Row, Table

DELIVERY_FEE = "delivery_fee"
PRICE_APPROVAL = "price_approval"
MINIMUM_ORDER = "minimum_order"

FIRST: Mapping[str, Table] = {
    DELIVERY_FEE: Table(
        DELIVERY_FEE,
        "Delivery fee",
        (
            Column("distance_m", label="Distance, meters", most=200_000),
            Column("total_minor", label="Goods, minor units", most=10**9),
            Column("region", FieldKind.TEXT, label="Region"),
        ),
        (Column("fee_minor", label="Fee, minor units", most=10**7),),
        (
            Row(("<= 3000", ">= 3000", ""), ("0",), "near and enough"),
            Row(("<= 3000", "< 3000", ""), ("500",), "near"),
            Row(("> 3000", "", ""), ("900",), "far"),
        ),
    ),
    MINIMUM_ORDER: Table(
        MINIMUM_ORDER,
        "Minimum order for delivery",
        (
            Column("distance_m", label="Distance, meters", most=200_000),
            Column("region", FieldKind.TEXT, label="Region"),
        ),
        (Column("least_minor", label="Goods at least, minor units", most=10**7),),
        (
            Row(("<= 3000", ""), ("2000",), "near"),
            Row(("> 3000", ""), ("4000",), "far"),
        ),
    ),
    PRICE_APPROVAL: Table(
        PRICE_APPROVAL,
        "Approval of price changes",
        (
            Column("prices", label="Prices that change", most=20_000),
            Column("below_cost", label="Below cost", most=20_000),
            Column("big_jumps", label="By 30 percent or more", most=20_000),
        ),
        (Column("approval", FieldKind.TEXT, label="Approval", values=("limit", "second")),),
        (
            Row(("", "0", "0"), ("limit",), "the limit of the role decides"),
            Row(("", ">= 1", ""), ("second",), "never below cost alone"),
            Row(("", "0", ">= 1"), ("second",), "never a jump alone"),
        ),
    ),
}
