"""What each line of an order earned."""

from __future__ import annotations

from collections.abc import Sequence

from datong.kernel.money import split_minor


def line_revenues(goods_minor: int, totals: Sequence[int]) -> list[int]:
    """The revenue of an order's goods, as the ledger has it, split over its lines by what each was booked at.

    The parts sum to the whole, so that a report by product agrees with the ledger to the cent.
    """
    weights = [max(total, 0) for total in totals]
    if not goods_minor or not any(weights):
        return [0] * len(totals)
    return split_minor(goods_minor, weights)
