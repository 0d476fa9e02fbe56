"""How much to order: up to what is wanted until the order after this one arrives, in whole packs."""

from __future__ import annotations

import math
from statistics import NormalDist

from datong.purchasing.types import Forecast, Policy, Position, SupplierItem

SERVICE = 0.95
"""The share of cycles in which nothing shall run out."""


def order_units(
    position: Position,
    terms: SupplierItem,
    *,
    policy: Policy | None = None,
    forecast: Forecast | None = None,
    cover_days: int = 0,
    service: float = SERVICE,
) -> tuple[int, str, int]:
    """(units to order, why, the level they fill up to).

    A policy (s, S) decides when there is one. Else the forecast over lead time and review plus a safety stock of its
    own past error; goods that spoil are not ordered beyond what will be wanted while they keep.
    """
    if policy is not None:
        lacking = policy.high - position.units if position.units <= policy.low else 0
        return _packed(lacking, terms), "min_max", policy.high
    if forecast is None:
        return 0, "no_demand", 0
    safety = NormalDist().inv_cdf(service) * forecast.sd
    level = forecast.units + safety
    if terms.shelf_life_days is not None and cover_days > 0 and terms.shelf_life_days < cover_days:
        level = min(level, forecast.units * terms.shelf_life_days / cover_days)
    top = math.ceil(level - 1e-9)
    return _packed(top - position.units, terms), "forecast", top


def _packed(lacking: int, terms: SupplierItem) -> int:
    """Whole packs, the supplier's least or more; nothing when nothing is lacking."""
    if lacking <= 0:
        return 0
    wanted = max(lacking, terms.min_units)
    return -(-wanted // terms.pack_units) * terms.pack_units
