"""How bad a finding is, how long a way takes, what it costs."""

from __future__ import annotations

from datong.kernel.money import part_minor
from datong.shadow.types import Kind, Severity

NEAR_M = 50_000
DETOUR_PERCENT = 130
CITY_KMH = 25
PARCEL_H = 24.0
PARCEL_KM_A_DAY = 500

_ALWAYS = {
    Kind.OVERSELL: Severity.HIGH,
    Kind.MISSING: Severity.HIGH,
    Kind.STRAY: Severity.MEDIUM,
    Kind.DIFFERS: Severity.MEDIUM,
    Kind.NEAR_MISS: Severity.LOW,
    Kind.DUPLICATE: Severity.MEDIUM,
    Kind.MAYBE_SAME: Severity.LOW,
}


def severity_of(kind: Kind, *, sure: bool = True, units: int = 0, hours: float = 0.0) -> Severity:
    """HIGH: a customer is let down or money is gone. MEDIUM: somebody has to put it right. LOW: it held by luck.

    `sure` False: doubled by the look of it only. `units`: sold at the lower price. `hours` saved by a nearer store.
    """
    if kind is Kind.DOUBLED:
        return Severity.HIGH if sure else Severity.MEDIUM
    if kind is Kind.PRICE_GAP:
        return Severity.MEDIUM if units else Severity.LOW
    if kind is Kind.NEARER:
        return Severity.MEDIUM if hours >= PARCEL_H / 2 else Severity.LOW
    return _ALWAYS[kind]


def hours_of_way(metres: float) -> float:
    """About how long goods are on the way: by courier up to 50 km (city speed, roads are longer than the crow flies),
    as a parcel beyond (a day, and a day more for each 500 km)."""
    if metres <= NEAR_M:
        return round(metres * DETOUR_PERCENT / 100 / 1000 / CITY_KMH, 2)
    return round(PARCEL_H + metres / 1000 / PARCEL_KM_A_DAY * 24, 2)


def cost_of_way(metres: int, km_minor: int) -> int:
    """Delivery cost in minor units: `km_minor` a kilometre by courier, a tenth of it for the kilometres beyond 50."""
    near, far = min(metres, NEAR_M), max(metres - NEAR_M, 0)
    return part_minor(near, km_minor, 1000) + part_minor(far, km_minor, 10_000)
