"""Putting money aside, taking it, giving it back. Holds and their steps are only added; the balance row moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict, Problem
from datong.kernel.ids import uuid7
from datong.ledger import rules
from datong.ledger.actions.periods import as_asked
from datong.ledger.actions.post import NEW, POSTED, columns, which
from datong.ledger.actions.purses import MOVED, OPENED, ids_of, moved, serve, take_purses
from datong.ledger.queries import holds_by_id, holds_due, steps_by_id, transfers_by_id
from datong.ledger.types import Capture, GroupOutcome, Held, Hold, HoldStep, Release, StepKind, Transfer

HOLD = f"""
    {OPENED}, posted AS (
        INSERT INTO ledger_hold (brand_id, id, debit_id, credit_id, amount_minor, currency, kind, subject_id,
                                 business_date, dimensions, expires_at, held_at)
        SELECT %(brand)s, t.*, %(now)s
          FROM unnest(%(ids)s::uuid[], %(debits)s::uuid[], %(credits)s::uuid[], %(amounts)s::bigint[],
                      %(currencies)s::text[], %(kinds)s::text[], %(subjects)s::uuid[], %(days)s::date[],
                      %(dimensions)s::jsonb[], %(expiries)s::timestamptz[]) AS t(id)
         ORDER BY t.id
        ON CONFLICT (brand_id, id) DO NOTHING
        RETURNING id
    ), moved AS ({MOVED} AND (SELECT count(*) FROM posted) = %(count)s) {NEW}
"""  # noqa: S608 (constants)


def hold(holds: Sequence[Hold], *, brand: UUID) -> int:
    """Put money of purses aside, all of it or none, each hold once: how many are new. Two statements, as `post` has.

    Safe to repeat as `post` is. Raises BadInput, Conflict (`exists_with_different_<field>`, `hold_expired` for a time
    that has passed) and InsufficientBalance; nothing is held then.
    """
    [outcome] = hold_each([holds], brand=brand)
    if outcome.refused:
        raise outcome.refused
    return outcome.new


def hold_each(groups: Sequence[Sequence[Hold]], *, brand: UUID) -> list[GroupOutcome]:
    """Hold groups in order, each all or nothing: what became of each; a group that does not fit is refused.

    As many statements as `post_each` has.
    """
    batches = [rules.check_transfers(group, f"groups/{i}") for i, group in enumerate(groups)]
    entries = [entry for batch in batches for entry in batch]
    if not entries:
        return [GroupOutcome() for _ in batches]
    accounts = ids_of(brand, entries)

    def write(fresh: Sequence[Hold], moved: Mapping[str, object]) -> set[UUID] | None:
        expiries = {"expiries": [entry.expires_at for entry in fresh]}
        new = which(rows(HOLD, {**columns(fresh, accounts, brand), **expiries, **moved}))
        if new is not None:
            found = there()
            for entry in fresh:
                if entry.id not in new:
                    rules.refuse_other(found[entry.id], entry)
        return new

    def there() -> dict[UUID, Hold]:
        return {held.hold.id: held.hold for held in holds_by_id(brand, [entry.id for entry in entries])}

    with in_brand(brand):
        return serve(batches, accounts, brand, write=write, there=there)


SETTLE = f"""
    {OPENED}, posted AS ({POSTED} RETURNING id), stepped AS (
        INSERT INTO ledger_holdstep (brand_id, id, hold_id, what, amount_minor, at)
        SELECT %(brand)s, s.*, %(now)s
          FROM unnest(%(step_ids)s::uuid[], %(holds)s::uuid[], %(whats)s::text[], %(step_amounts)s::bigint[]) AS s(id)
         ORDER BY s.id
        ON CONFLICT (brand_id, id) DO NOTHING
        RETURNING id
    ), moved AS ({MOVED})
    SELECT (SELECT count(*) FROM posted), (SELECT count(*) FROM stepped)
"""  # noqa: S608 (constants)


def capture(captures: Sequence[Capture], *, brand: UUID) -> int:
    """Take what was held, in parts if wanted, all captures or none: how many are new. Five statements at most.

    Each makes a transfer of its id. Safe to repeat. Raises NotFound for an unknown hold and Conflict: `exceeds_hold`
    for more than is left, `hold_expired`, `exists_with_different_<field>`.
    """
    return _settle(captures, brand)


def release(releases: Sequence[Release], *, brand: UUID) -> int:
    """Give back what was held, or a part: how many steps are new. Four statements. Safe to repeat.

    Giving back all that is left when nothing is left changes nothing. Raises as `capture` does.
    """
    return _settle(releases, brand)


OVERLAP = timedelta(hours=1)
"""How long a transaction that holds may take to commit and still be found by `expire`."""
MARK = "SELECT at FROM ledger_mark WHERE brand_id = %(brand)s AND name = 'expired'"
MOVE_MARK = """
    INSERT INTO ledger_mark (brand_id, name, at) VALUES (%(brand)s, 'expired', %(at)s)
    ON CONFLICT (brand_id, name) DO UPDATE SET at = excluded.at
"""


def expire(*, brand: UUID, limit: int = 500) -> int:
    """Give back what is left of holds whose time has passed: how many. At most seven statements."""
    now = clock.now()
    with in_brand(brand):
        mark = rows(MARK, {"brand": brand})
        since = mark[0][0] - OVERLAP if mark else datetime.min.replace(tzinfo=now.tzinfo)
        due = holds_due(brand, since=since, now=now, limit=limit)
        if due:
            _settle([Release(uuid7(), hold_id) for hold_id in due], brand, expiring=True)
        if len(due) < limit and (not mark or now - mark[0][0] > OVERLAP):
            execute(MOVE_MARK, {"brand": brand, "at": now})
    return len(due)


def _settle(wanted: Sequence[Capture | Release], brand: UUID, *, expiring: bool = False) -> int:
    rules.check_steps(wanted)
    if not wanted:
        return 0
    hold_ids = sorted({each.hold_id for each in wanted})
    with in_brand(brand):
        known = [held.hold for held in holds_by_id(brand, hold_ids)]
        accounts = ids_of(brand, known)
        take_purses(accounts, brand)
        # Read again under the locks: every step of a hold is taken with its purse in hand. One that was committed
        # meanwhile is not there yet: its purse was not taken.
        holds = {held.hold.id: held for held in holds_by_id(brand, [hold.id for hold in known])}
        there = steps_by_id(brand, [each.id for each in wanted])
        transfers = _transfers(wanted, holds, there, brand)
        steps = rules.settle(wanted, holds, there, clock.now(), expiring=expiring)
        if steps:
            fresh = [transfers[step.id] for step in steps if step.what is StepKind.CAPTURE]
            moves = rules.moves_of(steps, holds)
            # What was promised is kept: on a day that is closed by now it goes to the first open one.
            _write(steps, fresh, {**columns(fresh, accounts, brand, late=True), **moved(moves, accounts)})
    return len(steps)


def _transfers(
    wanted: Sequence[Capture | Release], holds: dict[UUID, Held], there: dict[UUID, HoldStep], brand: UUID
) -> dict[UUID, Transfer]:
    """What the captures post; what they posted before must be the same."""
    made = [rules.capture_of(holds[c.hold_id].hold, c) for c in wanted if isinstance(c, Capture) and c.hold_id in holds]
    checked = {transfer.id: transfer for transfer in rules.check_transfers(made, "captures")}
    repeats = [id for id in checked if id in there and there[id].what is StepKind.CAPTURE]
    if repeats:
        posted = {p.transfer.id: p.transfer for p in transfers_by_id(brand, repeats)}
        for id, transfer in as_asked(posted, list(checked.values()), brand).items():
            rules.refuse_other(transfer, checked[id])
    return checked


def _write(steps: Sequence[HoldStep], transfers: Sequence[Transfer], params: Mapping[str, object]) -> None:
    params = {
        **params,
        "step_ids": [step.id for step in steps],
        "holds": [step.hold_id for step in steps],
        "whats": [step.what for step in steps],
        "step_amounts": [step.amount_minor for step in steps],
    }
    [(posted, stepped)] = rows(SETTLE, params)
    if (posted, stepped) != (len(transfers), len(steps)):
        raise _raced("capture")


def _raced(what: str) -> Conflict:
    """Only an id used for something else, elsewhere and at this moment, comes here: the same id waits for the lock."""
    problem = Problem("id", "exists_with_different_body", "an id of its own", what)
    return Conflict(f"the id of a {what} was used for something else", problem)
