"""Short lists of orders."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import in_brand
from datong.orders.sourcing.rulebook import load_rules
from datong.orders.sourcing.types import Rule


def sourcing_rules(brand_id: UUID) -> tuple[Rule, ...]:
    """The rules orders are sourced by now, in their order; a brand that wrote none has the first ones."""
    with in_brand(brand_id):
        return load_rules()
