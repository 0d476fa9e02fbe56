"""Prints the picture of the layers from the contract that is checked: tools/importlinter.toml.

ARCHITECTURE.md holds what this prints (a test compares them): `.venv/bin/python tools/layer_picture.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

CONTRACTS = Path(__file__).with_name("importlinter.toml")
_LINE = re.compile(r'\s*"(?P<modules>[^"]+)",\s*(?:# (?P<note>.*))?')


def picture(text: str) -> str:
    """The first list of layers in the contracts, top to bottom; a module that is not built yet is in parentheses."""
    rows = [_LINE.match(line) for line in text.partition("layers = [\n")[2].partition("\n]")[0].splitlines()]
    layers = [(row["modules"], (row["note"] or "").strip()) for row in rows if row]
    width = max(len(modules) for modules, _ in layers)
    edge = "+-" + "-" * width + "-+"
    return "\n".join([edge, *(f"| {modules:<{width}} |  {note}".rstrip() for modules, note in layers), edge])


if __name__ == "__main__":
    print(picture(CONTRACTS.read_text()))
