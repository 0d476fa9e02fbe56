"""What all kinds of balance share: what stands is what was taken over, and what was spent of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Context, Facts, Key, Raw, Row, State, Wrong
from datong.wallet.types.opening import Bring, Brought, Taken

USED = "spent"


class Balances(Kind):
    """A table of what another system owes people. Keys are (kind, ref); `_called` is what people call the thing."""

    taken: ClassVar[Taken]
    reconciles = True
    measures: ClassVar[tuple[str, ...]] = ("principal",)
    icon = "wallet"

    def called(self, key: Key, about: Row | State) -> str:
        values = about.values if isinstance(about, Row) else about
        return str(values.get("_called") or key[1])

    def group(self, state: State) -> tuple[str, ...]:
        """By what its sums are told apart: the currency, the programme, the offer and state."""
        raise NotImplementedError

    def measured(self, state: State) -> tuple[tuple[str, ...], dict[str, int]]:
        return self.group(state), {measure: state[measure] for measure in self.measures}

    def why_changed(self, now: State | None, after: State) -> str:
        return "spent_since" if now is not None and now.get(USED) else "changed_since"


def state_of(found: Brought) -> State:
    it = found.it
    return {
        "holder": str(it.customer_id or ""),
        "unit": it.unit,
        "group": it.group,
        "principal": it.principal,
        "bonus": it.bonus,
        "face": it.face,
        "ends": moment(it.expires_at),
        "state": it.state,
        "lots": [[points, moment(ends)] for points, ends in it.lots],
        USED: found.spent,
    }


def bring_of(taken: Taken, key: Key, state: State | None) -> Bring | None:
    """A state as the wallet's verbs take it."""
    if state is None:
        return None
    return Bring(
        kind=taken,
        ref=key[1],
        unit=state["unit"],
        principal=state["principal"],
        customer_id=UUID(state["holder"]) if state["holder"] else None,
        group=state["group"],
        bonus=state["bonus"],
        face=state["face"],
        expires_at=moment_of(state["ends"]),
        state=state["state"],
        code_end=state.get("_end", ""),
        lots=tuple((points, moment_of(ends)) for points, ends in state["lots"]),
    )


def fresh(row: Row, unit: str, principal: int, called: str, before: State | None, **more: Any) -> State:
    """What a row wants. What was spent since cannot be changed any more, and an empty change is none."""
    state: State = {
        "holder": str(row.values.get("_holder") or ""),
        "unit": unit,
        "group": "",
        "principal": principal,
        "bonus": 0,
        "face": 0,
        "ends": "",
        "state": "active",
        "lots": [],
        USED: False,
        **more,
    }
    if before is not None:
        state[USED] = before[USED]
        if state == before:
            return state
        if before[USED]:
            row.wrong("", "spent_already")
    return {**state, "_called": called, "_end": more.get("_end", "")}


def steps_of(taken: Taken, changes: Sequence[Change]) -> list[tuple[Bring | None, Bring | None]]:
    return [(bring_of(taken, c.key, c.before), bring_of(taken, c.key, c.after)) for c in changes]


def steps_back(taken: Taken, changes: Sequence[Change]) -> list[tuple[Bring | None, Bring | None]]:
    return [(bring_of(taken, c.key, c.after), bring_of(taken, c.key, c.before)) for c in changes]


def amount(row: Row, column: str, currency: str, context: Context, *, none: int | None = None) -> int | None:
    """An amount of the row's own currency in minor units; what is wrong with it is noted."""
    raw = row.values.get(column)
    if raw is None:
        return none
    try:
        return cells.money(raw, replace(context.facts, currency=currency))
    except Wrong as wrong:
        row.wrong(column, wrong.code, **wrong.facts)
        return None


def raw_cell(raw: Raw, facts: Facts) -> Raw:
    """A cell as it is: it is read once the row's currency is known."""
    return raw


def until(raw: Raw, facts: Facts) -> str:
    """The last day something is good, as the moment at which that day ends in the brand's place."""
    day = cells.day(raw, facts)
    return moment(datetime.combine(day, time.max, ZoneInfo(facts.timezone)).astimezone(UTC))


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def moment_of(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def is_past(ends: str, context: Context) -> bool:
    """Whether a moment lies behind the run's."""
    at = moment_of(ends)
    return at is not None and at <= context.at


def passed(row: Row, column: str, context: Context) -> bool:
    return is_past(row.values.get(column, ""), context)
