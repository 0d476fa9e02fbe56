"""What is known of a person here: by which entries they came, as far as their browser is known to be theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from datong.brand import api
from datong.kernel.keepers import Keeper, Text, Traces

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def export(traces: Traces) -> Mapping[str, Any]:
    visits = api.visits_of(traces.brand, traces.records, since=BEGINNING)
    entries = api.entries_by_id(traces.brand, {visit.entry_id for _, visit in visits})
    told = [{"at": visit.at, "entry": entries[visit.entry_id].title} for _, visit in visits]
    return {"visits": told} if told else {}


def erase(traces: Traces) -> Mapping[str, int]:
    return {"visitors": api.forget_visitors(traces.brand, traces.records)}


KEEPER = Keeper("brand", export=export, erase=erase, texts=(Text("brand_entry", ("title",)),))
