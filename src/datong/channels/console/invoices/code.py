"""A QR code as a picture that scans on every screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass

import segno

MARGIN = 4
"""Quiet modules round the code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class Code:
    """`path` draws the dark modules of a square of `size` modules, the margin counted."""

    size: int
    path: str


def code_of(text: str) -> Code:
    rows = segno.make(text, error="m", micro=False).matrix
    dark = "".join(
        f"M{x + MARGIN} {y + MARGIN}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on
    )
    return Code(len(rows) + 2 * MARGIN, dark)
