"""Notes and coins 面额 of a currency, and what a count of them comes to."""

from __future__ import annotations

from collections.abc import Mapping

from datong.kernel.errors import BadInput, Problem

FACES: dict[str, tuple[int, ...]] = {
    "CNY": (10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5, 1),
    "EUR": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "HKD": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
}
USUAL = (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 1)
MOST_PIECES = 100_000


def faces(currency: str) -> tuple[int, ...]:
    """Face values in minor units, the largest first."""
    return FACES.get(currency, USUAL)


def counted_minor(currency: str, pieces: Mapping[int, int]) -> int:
    """What was counted. Raises BadInput naming each face value that is none or whose count cannot be."""
    known = faces(currency)
    problems = [
        Problem(f"pieces/{face}", "bad_value", f"a face value of {currency} and 0 to {MOST_PIECES} pieces", count)
        for face, count in pieces.items()
        if face not in known or type(count) is not int or not 0 <= count <= MOST_PIECES
    ]
    if problems:
        raise BadInput("this count cannot be", *problems)
    return sum(face * count for face, count in pieces.items())
