"""What a file says against what was taken in, to the cent and row by row; signed by a person and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from datong.brand import api as brands
from datong.imports.actions.common import Work, parsed
from datong.imports.models import Reconciliation
from datong.imports.ports import Kind, kind_of
from datong.imports.queries import get_reconciliation, get_run, lines_of, pack
from datong.imports.types import Apart, Compared, Context, Key, Reconciled, Row, RunState, State, Total
from datong.kernel import audit, clock
from datong.kernel.bulk import uncollected
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

ROWS = "rows"
Group = tuple[str, ...]
MAX_GIVEN = 500
MAX_NOTE = 500


def ask_reconciliation(brand_id: UUID, run_id: UUID, given: Sequence[Total], *, by: str) -> Reconciled:
    """Ask for one; a worker (or `reconcile`) makes it. Asked again while it waits, it is the same.

    Conflict before the rows went in, or of a table without sums.
    """
    run = get_run(brand_id, run_id)
    kind = kind_of(run.kind)
    if not kind.reconciles:
        raise Conflict(f"a table of {run.kind} has nothing to reconcile")
    if run.state is not RunState.DONE:
        raise Conflict(f"this import is {run.state}; one that is done can be reconciled")
    if len(given) > MAX_GIVEN or any(total.measure not in (*kind.measures, ROWS) for total in given):
        raise BadValue("given", len(given), f"at most {MAX_GIVEN} totals of {', '.join((*kind.measures, ROWS))}")
    with in_brand(brand_id):
        waits = Reconciliation.objects.filter(run_id=run_id, done_at=None).order_by("-id").first()
        if waits is not None and msgspec.convert(waits.given, list[Total]) == list(given):
            return get_reconciliation(brand_id, waits.id)
        made = Reconciliation.objects.create(
            brand_id=brand_id,
            id=uuid7(),
            run_id=run_id,
            given=msgspec.to_builtins(list(given)),
            asked_by=by[:120],
            asked_at=clock.now(),
        )
    return get_reconciliation(brand_id, made.id)


@dataclass(slots=True)
class _Sums:
    """Figures by (group, measure), and the rows apart."""

    kind: Kind
    file: Counter[tuple[Group, str]] = field(default_factory=Counter)
    here: Counter[tuple[Group, str]] = field(default_factory=Counter)
    units: dict[Group, str] = field(default_factory=dict)
    seen: dict[Key, int] = field(default_factory=dict)
    apart: list[Apart] = field(default_factory=list)

    def add(self, row: Row, key: Key | None, stands: State | None) -> None:
        said = self.kind.says(row)
        if said is not None:
            group, amounts = said
            self._count(self.file, group, amounts)
            self.units[group] = self.kind.unit(row.values)
        why = row.faults[0].code if row.faults else ""
        called = self.kind.called(key or ("", ""), row)
        told = _told(said)
        if key is None or stands is None:
            self.apart.append(Apart(row.line, "missing", called, why or "not_in", told, ""))
            return
        if key in self.seen:
            self.apart.append(Apart(row.line, "doubled", called, str(self.seen[key]), told, ""))
            return
        self.seen[key] = row.line
        group, amounts = self.kind.measured(stands)
        self._count(self.here, group, amounts)
        self.units[group] = self.kind.unit(stands)
        if said != (group, amounts):
            self.apart.append(Apart(row.line, "different", called, why, told, _told((group, amounts))))

    def _count(self, sums: Counter[tuple[Group, str]], group: Group, amounts: dict[str, int]) -> None:
        sums[group, ROWS] += 1
        for measure, amount in amounts.items():
            sums[group, measure] += amount

    def lines(self, given: Sequence[Total]) -> list[Compared]:
        control = {(total.group, total.measure): total.value for total in given}
        groups = sorted({group for group, _ in [*self.file, *self.here, *control]})
        return [
            Compared(
                group,
                "" if measure == ROWS else self.units.get(group, ""),
                measure,
                control.get((group, measure)),
                self.file[group, measure],
                self.here[group, measure],
            )
            for group in groups
            for measure in (ROWS, *self.kind.measures)
        ]


def _told(said: tuple[Group, dict[str, int]] | None) -> str:
    return msgspec.json.encode(said).decode() if said is not None else ""


def reconcile(brand_id: UUID, reconciliation_id: UUID) -> Reconciled:
    """Make one that was asked for; made already, it is as it was made. A few statements a part of the file."""
    found = get_reconciliation(brand_id, reconciliation_id)
    if found.done_at is not None:
        return found
    run = get_run(brand_id, found.run_id)
    kind = kind_of(run.kind)
    context = Context(brands.get_brand(brand_id), run.id, found.asked_by, clock.now(), run.file_name, run.options)
    sums, work = _Sums(kind), Work(run, kind, context, uuid7())
    for lines in lines_of(brand_id, run.id):
        with uncollected(), in_brand(brand_id):
            rows = parsed(work, lines)
            kind.look(rows, context)
            keys = {row.line: next(iter(kind.keys(row)), None) for row in rows}
            standing = kind.standing({key for key in keys.values() if key is not None}, context)
            for row in rows:
                key = keys[row.line]
                sums.add(row, key, standing.get(key) if key else None)
    compared = sums.lines(found.given)
    rest = [[a.line, a.what, a.called, a.why, a.file, a.here] for a in sums.apart]
    with in_brand(brand_id):
        Reconciliation.objects.filter(id=reconciliation_id, done_at=None).update(
            lines=msgspec.to_builtins(compared), rest=pack(rest), differences=len(rest), done_at=clock.now()
        )
    return get_reconciliation(brand_id, reconciliation_id)


def sign_reconciliation(brand_id: UUID, reconciliation_id: UUID, *, by: str, note: str = "") -> Reconciled:
    """Somebody else than who brought the file in answers for it, once, for good; where something differs, with a note
    that says why that is in order. Conflict before it is made, and for who brought the file in."""
    note = " ".join(note.split())
    if len(note) > MAX_NOTE or not (note.isprintable() or not note):
        raise BadValue("note", note[:80], f"at most {MAX_NOTE} printable characters")
    with in_brand(brand_id):
        row = Reconciliation.objects.select_for_update().filter(id=reconciliation_id).first()
        if row is None:
            raise NotFound(f"no reconciliation {reconciliation_id}")
        found = get_reconciliation(brand_id, reconciliation_id)
        if found.signed_at is not None:
            return found
        if found.done_at is None:
            raise Conflict("it is not made yet")
        if get_run(brand_id, found.run_id).by == by[:120]:
            raise Conflict("who brought the file in does not sign: it takes a second person")
        if not found.agrees and not note:
            raise BadValue("note", "", "why it is in order although something differs")
        row.signed_by, row.signed_at, row.note = by[:120], clock.now(), note
        row.save(update_fields=["signed_by", "signed_at", "note"])
        audit.record(
            brand=brand_id,
            actor=by,
            verb="imports.sign",
            subject=f"import {found.run_id}",
            after={"reconciliation": str(reconciliation_id), "differences": found.differences, "agrees": found.agrees},
            reason=note,
        )
    return get_reconciliation(brand_id, reconciliation_id)
