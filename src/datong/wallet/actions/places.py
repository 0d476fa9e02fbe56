"""Asking whoever knows the contracts whether a store takes part: a module above says so, the wallet knows none."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from datong.wallet.types.places import Use

PlaceCheck = Callable[[UUID, UUID, Use], None]
_checks: dict[str, PlaceCheck] = {}


def register_place_check(name: str, check: PlaceCheck) -> None:
    """`check(brand, store, use)` raises NotAcceptedHere where a store takes no part; called in a module's `ready()`."""
    _checks[name] = check


def check_place(brand: UUID, store_id: UUID, use: Use) -> None:
    for check in _checks.values():
        check(brand, store_id, use)
