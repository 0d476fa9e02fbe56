"""What all kinds of balance share: what stands is what was taken over, and what was spent of it stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.access.types import Action
from datong.imports.kinds.balances import leaving
from datong.imports.kinds.balances.holders import KINDS
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Context, Facts, Key, Raw, Row, State, Wrong
from datong.wallet import api as wallet
from datong.wallet.types.opening import Bring, Brought, Taken

HERE = "here"
"""The first part of the key of a thing that stands here already and came back in a file that was exported."""
USED = "spent"


class Balances(Kind):
    """A table of what another system owes people. Keys are (kind, ref); `_called` is what people call the thing.

    What a kind says of its own rows is in the verbs that end in `_of`; rows that left from here are the same for all.
    """

    taken: ClassVar[Taken]
    reconciles = True
    leaves = Action.WALLET_VIEW
    measures: ClassVar[tuple[str, ...]] = ("principal",)
    icon = "wallet"

    def look(self, rows: Sequence[Row], context: Context) -> None:
        leaving.find_here(rows, self.taken, self.columns, context)
        self.look_of([row for row in rows if "_here" not in row.values], context)

    def look_of(self, rows: Sequence[Row], context: Context) -> None:
        raise NotImplementedError

    def keys(self, row: Row) -> list[Key]:
        here: Brought | None = row.values.get("_here")
        return [(HERE, here.it.ref)] if here else self.keys_of(row)

    def keys_of(self, row: Row) -> list[Key]:
        return [(self.name, row.values["_ref"])] if "_ref" in row.values else []

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = set(keys)
        here = {key[1]: UUID(key[1]) for key in wanted if key[0] == HERE}
        stand = wallet.standing_things(context.brand.id, self.taken, here.values())
        taken = wallet.taken_over(context.brand.id, self.taken, {key[1] for key in wanted if key[0] != HERE})
        found = {(HERE, ref): state_of(one) for ref, one in stand.items()}
        return found | {key: state_of(taken[key[1]]) for key in wanted if key[0] != HERE and key[1] in taken}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        return {key: before[key]} if key[0] == HERE else {key: self.want_of(row, before.get(key), context)}

    def want_of(self, row: Row, before: State | None, context: Context) -> State:
        raise NotImplementedError

    def says(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        here: Brought | None = row.values.get("_here")
        return self.measured(state_of(here)) if here else self.says_of(row)

    def says_of(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        raise NotImplementedError

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        return leaving.lines_of(brand_id, self.taken)

    def called(self, key: Key, about: Row | State) -> str:
        if isinstance(about, Row) and "_here" in about.values:
            return str(next((about.values[name] for name in (*KINDS, "code") if name in about.values), key[1]))
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
