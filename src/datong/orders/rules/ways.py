"""Which mode a way is: its sides in their order, each run of one side counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datong.orders.types import MODES, Side


def turns(sides: Iterable[Side]) -> tuple[Side, ...]:
    """online, online, offline -> online, offline."""
    found: list[Side] = []
    for side in sides:
        if not found or found[-1] is not side:
            found.append(side)
    return tuple(found)


def mode_of(sides: Iterable[Side]) -> str:
    """The code of the mode whose turns these are; of a longer way that of its last three. '' for one side only."""
    way = turns(sides)[-3:]
    return next((mode.code for mode in MODES if mode.sides == way), "")


def crossings(sides: Sequence[Side]) -> dict[tuple[Side, Side], int]:
    """(from, to) -> how often, of a customer's touches in their order."""
    found: dict[tuple[Side, Side], int] = {}
    for before, after in zip(sides, sides[1:], strict=False):
        if before is not after:
            found[before, after] = found.get((before, after), 0) + 1
    return found
