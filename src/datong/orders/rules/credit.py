"""How an order's net amount is split between who sold it, who served it and the member of staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.kernel.money import split_minor
from datong.orders.types.credit import CreditLine, CreditPart, CreditRole, CreditShares


def split_credit(
    net_minor: int,
    shares: CreditShares,
    *,
    selling: UUID | None,
    served: Mapping[UUID, int],
    associate: str,
) -> list[CreditPart]:
    """Parts that sum to `net_minor` exactly. `served`: store -> the worth of what it hands over.

    The share of nobody falls to who sold: there was no member of staff, or no store has served it.
    """
    weights = [shares.selling, shares.fulfilling if served else 0, shares.associate if associate else 0]
    weights[0] += 100 - sum(weights)
    sold, handed, staff = split_minor(net_minor, weights)
    parts = [CreditPart(CreditRole.SELLING, selling, "", sold)]
    if handed:
        stores = sorted(served)
        worth = [served[store] for store in stores] if any(served.values()) else [1] * len(stores)
        split = split_minor(handed, worth)
        parts += [CreditPart(CreditRole.FULFILLING, store, "", part) for store, part in zip(stores, split, strict=True)]
    if staff:
        parts.append(CreditPart(CreditRole.ASSOCIATE, selling, associate, staff))
    return [part for part in parts if part.amount_minor]


def standing(lines: Sequence[CreditLine]) -> list[CreditLine]:
    """The rows that nobody has taken back."""
    gone = {line.reverses for line in lines}
    return [line for line in lines if line.reverses is None and line.id not in gone]


def stands(lines: Sequence[CreditLine], net_minor: int) -> bool:
    """Whether the record says what it should: nothing to write."""
    return sum(line.amount_minor for line in standing(lines)) == net_minor
