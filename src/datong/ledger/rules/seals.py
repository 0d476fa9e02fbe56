"""What must hold of the hash chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from datong.ledger.types import Difference

START_HASH = bytes(32)


def broken_seals(seals: Iterable[tuple[Any, ...]], sealed: int) -> list[Difference]:
    """What is wrong with the chain; `seals` as (number, count, previous, hash, found, hash again) in order.

    `sealed` is how many transfers stand behind the mark: more than the seals count were put in later.
    """
    found, last, expected, counted = [], START_HASH, 1, 0
    for number, count, previous, hashed, there, again in seals:
        if number != expected or bytes(previous) != last:
            found.append(Difference("seal_missing", f"seal {expected}", "", number - expected))
        if there != count or again is None or bytes(again) != bytes(hashed):
            found.append(Difference("seal_broken", f"seal {number}", "", there - count))
        last, expected, counted = bytes(hashed), number + 1, counted + count
    if sealed > counted:
        found.append(Difference("unsealed", "", "", sealed - counted))
    return found
