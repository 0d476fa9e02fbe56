"""Decision tables and rates as the rule book keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from datong.catalog.types import LiveTable, Rate, RateKind, Table


def tables_of(found: Sequence[Mapping[str, Any]]) -> dict[str, tuple[LiveTable, ...]]:
    """The live versions by name, the one that begins last first."""
    by_name: dict[str, list[LiveTable]] = {}
    for row in found:
        table = msgspec.convert(row["body"], type=Table)
        live = LiveTable(table, row["number"], datetime.fromisoformat(row["valid_from"]))
        by_name.setdefault(table.name, []).append(live)
    return {
        name: tuple(sorted(versions, key=lambda live: (live.valid_from, live.number), reverse=True))
        for name, versions in by_name.items()
    }


def dated_of(found: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[Rate, ...]]:
    """The rates by kind and key, the one that begins last first."""
    by_key: dict[tuple[str, str], list[Rate]] = {}
    for row in found:
        begins, at = datetime.fromisoformat(row["valid_from"]), datetime.fromisoformat(row["set_at"])
        rate = Rate(RateKind(row["kind"]), row["key"], row["value_e8"], begins, row["set_by"], at, row["reason"])
        by_key.setdefault((row["kind"], row["key"]), []).append(rate)
    return {key: tuple(sorted(rates, key=lambda r: r.valid_from, reverse=True)) for key, rates in by_key.items()}


def in_force_at(versions: Sequence[LiveTable], at: datetime) -> LiveTable | None:
    """The version that decides at a moment."""
    return next((live for live in versions if live.valid_from <= at), None)
