"""A drawn tile for what has no picture: always the same for a SKU, in the brand's colours."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

KINDS = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """`kind` 0 to 5 is the pattern, `turn` degrees it is turned by, `tone` 0 to 3 the mix of the brand's colour."""

    kind: int
    turn: int
    tone: int


def tile_of(sku: str) -> Tile:
    mark = sha256(sku.encode()).digest()
    return Tile(mark[0] % KINDS, mark[1] % 4 * 90, mark[2] % 4)
