"""Who gets what there is: groups are served in order, each wholly or not at all. Plain decisions over balances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic
from uuid import UUID

from datong.kernel.errors import BadInput, Conflict, NotFound, Problem
from datong.ledger.rules.transfers import MAX_PROBLEMS, E, refuse_other
from datong.ledger.types import (
    Account,
    Capture,
    Entry,
    Held,
    Hold,
    HoldStep,
    InsufficientBalance,
    Release,
    Standing,
    StepKind,
    Transfer,
    is_purse,
)

MAX_TURNOVER = 2**61
"""Minor units that may ever go into or out of one purse account; far from what a bigint's sums could not hold."""


@dataclass(frozen=True, slots=True)
class Served(Generic[E]):
    """One group: what of it is to be written (nothing for a repeat), or why it is refused."""

    fresh: tuple[E, ...] = ()
    refused: Conflict | None = None


def serve(
    groups: Iterable[Sequence[E]], standings: dict[Account, Standing], there: Mapping[UUID, E], now: datetime
) -> list[Served[E]]:
    """Groups in order, each all or nothing: what fits the purses' floors is taken, the rest refused.

    `standings` are those of the purses and are moved along; `there` is what exists under the ids. Within a group each
    entry must fit in its turn, as if it were written alone.
    """
    known = dict(there)
    served: list[Served[E]] = []
    for group in groups:
        trial: dict[Account, Standing] = {}
        fresh: dict[UUID, E] = {}
        try:
            for entry in group:
                before = known.get(entry.id) or fresh.get(entry.id)
                if before is not None:
                    refuse_other(before, entry)
                    continue
                if isinstance(entry, Hold) and _ended(entry, now):
                    raise _refusal("expires_at", "hold_expired", "a time to come", entry.expires_at)
                _move(entry, trial, standings)
                fresh[entry.id] = entry
        except Conflict as refused:
            served.append(Served(refused=refused))
            continue
        standings.update(trial)
        known.update(fresh)
        served.append(Served(tuple(fresh.values())))
    return served


def moves(entries: Iterable[Entry]) -> dict[Account, Standing]:
    """What the entries add to each purse they name."""
    return _sums(
        (e.debit, e.credit, *((0, e.amount_minor) if isinstance(e, Hold) else (e.amount_minor, 0))) for e in entries
    )


def moves_of(steps: Iterable[HoldStep], holds: Mapping[UUID, Held]) -> dict[Account, Standing]:
    """What the steps of holds add to each purse: what is captured is posted, and all that is done is held no more."""
    return _sums(
        (hold.debit, hold.credit, step.amount_minor if step.what is StepKind.CAPTURE else 0, -step.amount_minor)
        for step in steps
        for hold in (holds[step.hold_id].hold,)
    )


def _sums(moved: Iterable[tuple[Account, Account, int, int]]) -> dict[Account, Standing]:
    """Of debit, credit, what is posted and what is held, the sums of each purse."""
    sums: dict[Account, Standing] = {}
    for debit, credit, posted, held in moved:
        if is_purse(debit):
            standing = sums.setdefault(debit, Standing())
            standing.debits += posted
            standing.held_debits += held
        if is_purse(credit):
            standing = sums.setdefault(credit, Standing())
            standing.credits += posted
            standing.held_credits += held
    return sums


def _move(entry: Transfer | Hold, trial: dict[Account, Standing], standings: Mapping[Account, Standing]) -> None:
    amount, held = entry.amount_minor, isinstance(entry, Hold)
    if is_purse(entry.debit):
        standing = _of(entry.debit, trial, standings)
        if amount > standing.free:
            raise InsufficientBalance(entry.debit, amount, standing.free)
        if held:
            standing.held_debits += amount
        else:
            standing.debits += amount
    if is_purse(entry.credit):
        standing = _of(entry.credit, trial, standings)
        if standing.credits + standing.held_credits + amount > MAX_TURNOVER:
            problem = Problem("amount_minor", "balance_too_large", f"at most {MAX_TURNOVER} in all", amount)
            raise Conflict(f"{entry.credit.code} cannot take {amount} more", problem)
        if held:
            standing.held_credits += amount
        else:
            standing.credits += amount


def _of(account: Account, trial: dict[Account, Standing], standings: Mapping[Account, Standing]) -> Standing:
    """How the purse stands on trial: a copy, since the group may be refused."""
    found = trial.get(account)
    if found is None:
        was = standings[account]
        found = Standing(was.debits, was.credits, was.held_debits, was.held_credits, was.floor)
        trial[account] = found
    return found


def capture_of(hold: Hold, capture: Capture) -> Transfer:
    """The transfer a capture makes."""
    return Transfer(
        id=capture.id,
        debit=hold.debit,
        credit=hold.credit,
        amount_minor=capture.amount_minor,
        kind=capture.kind or hold.kind,
        subject_id=capture.subject_id or hold.subject_id,
        business_date=capture.business_date or hold.business_date,
        dimensions={**hold.dimensions, **capture.dimensions},
    )


def check_steps(wanted: Sequence[Capture | Release]) -> None:
    """Raise BadInput naming every faulty field of what is wanted of holds."""
    problems = []
    for i, each in enumerate(wanted):
        amount = each.amount_minor
        if each.id.version != 7:
            problems.append(Problem(f"steps/{i}/id", "bad_value", "a UUIDv7", str(each.id)))
        if amount is not None and (type(amount) is not int or amount <= 0):
            fix = "whole minor units above zero"
            problems.append(Problem(f"steps/{i}/amount_minor", "bad_value", fix, str(amount)))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be posted", *problems[:MAX_PROBLEMS])


def settle(
    wanted: Sequence[Capture | Release],
    holds: Mapping[UUID, Held],
    there: Mapping[UUID, HoldStep],
    now: datetime,
    *,
    expiring: bool = False,
) -> list[HoldStep]:
    """The steps to write, in order; what was done already is left out, and so is giving back the nothing that is left.

    `holds` as they stand, `there` what exists under the ids. Raises NotFound for an unknown hold and Conflict:
    `exceeds_hold` for more than is left, `hold_expired` for a capture after its time,
    `exists_with_different_<field>` for an id that was used otherwise.
    """
    left = {hold_id: held.left_minor for hold_id, held in holds.items()}
    done, steps = dict(there), []
    for each in wanted:
        what = StepKind.CAPTURE if isinstance(each, Capture) else StepKind.EXPIRY if expiring else StepKind.RELEASE
        if each.hold_id not in holds:
            raise NotFound(
                f"there is no hold {each.hold_id}", Problem("hold_id", "unknown_hold", "a hold", each.hold_id)
            )
        if each.id in done:
            _refuse_other_step(done[each.id], each, what)
            continue
        rest = left[each.hold_id]
        amount = rest if each.amount_minor is None else each.amount_minor
        if what is StepKind.CAPTURE and _ended(holds[each.hold_id].hold, now):
            raise _refusal("hold_id", "hold_expired", "a hold whose time has not passed", each.hold_id)
        if amount > rest:
            raise _refusal("amount_minor", "exceeds_hold", f"at most {rest}, what is left of the hold", amount)
        if amount:
            left[each.hold_id] = rest - amount
            done[each.id] = step = HoldStep(each.id, each.hold_id, what, amount)
            steps.append(step)
    return steps


def _ended(hold: Hold, now: datetime) -> bool:
    return hold.expires_at is not None and hold.expires_at <= now


def _refuse_other_step(there: HoldStep, wanted: Capture | Release, what: StepKind) -> None:
    amount = there.amount_minor if wanted.amount_minor is None else wanted.amount_minor
    for field, before, after in (
        ("kind", there.what, what),
        ("hold_id", there.hold_id, wanted.hold_id),
        ("amount_minor", there.amount_minor, amount),
    ):
        if before != after:
            raise _refusal(field, f"exists_with_different_{field}", f"{before}", after)


def _refusal(field: str, code: str, fix: str, value: object) -> Conflict:
    return Conflict(f"{field} {value}: {code}, {fix}", Problem(field, code, fix, str(value)))
