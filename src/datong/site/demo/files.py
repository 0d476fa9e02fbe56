"""The files that the demo brings along."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by column name; `.gz` is unpacked."""
    opener = gzip.open if name.endswith(".gz") else open
    with opener(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def words(name: str) -> list[list[str]]:
    """The words of each line of a text file."""
    return [line.split() for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
