"""What may be posted, and what must hold of the books. What to post is decided by those who know the business event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar
from uuid import UUID, uuid5

from datong.kernel.errors import BadInput, Conflict, DatongError, Problem
from datong.kernel.money import MAX_MINOR, exponent
from datong.ledger.types import (
    BY_COMPANY,
    COMPANY,
    Account,
    AccountKind,
    Difference,
    Entry,
    Hold,
    Transfer,
    TrialRow,
    is_purse,
)

EXCHANGE = "clearing:exchange:"
MAX_CODE = 120
MAX_KIND = 40
MAX_DIMENSIONS = 12
MAX_DIMENSION = 80
MAX_PROBLEMS = 100

_CODE = re.compile(r"(?P<kind>[a-z]+):[^\s\x00-\x1f\x7f]+")
_KINDS = frozenset(kind.value for kind in AccountKind)
_VERSION, _V7 = 0xF << 76 | 0b11 << 62, 7 << 76 | 0b10 << 62
"""The bits of a UUID that say version and variant; what `UUID.version` asks costs as much as all else here."""
COMPARED = ("debit", "credit", "amount_minor", "kind", "subject_id", "business_date", "dimensions")
E = TypeVar("E", bound=Entry)


@lru_cache(maxsize=1 << 14)
def account_id(brand: UUID, account: Account) -> UUID:
    """The same id on every node for an account of a brand (UUIDv5 of code and currency): nothing to look up."""
    return uuid5(brand, f"account:{account.code}:{account.currency}")


def check_transfers(transfers: Sequence[E], where: str = "transfers") -> list[E]:
    """The transfers to post, or the holds to take, one an id; the very same twice in a batch counts once.

    Raises BadInput naming every faulty field: amounts are whole and above zero, debit and credit are two accounts
    of one currency, ids are UUIDv7 (the table is split by their month). Raises Conflict `exists_with_different_...`
    for one id with two contents.
    """
    problems = [
        Problem(f"{where}/{i}/{field}", "bad_value", fix, str(found)[:200])
        for i, transfer in enumerate(transfers)
        for field, fix, found in _faults(transfer)
    ]
    if problems:
        raise BadInput(f"{len(problems)} values cannot be posted", *problems[:MAX_PROBLEMS])
    unique: dict[UUID, E] = {}
    for transfer in transfers:
        refuse_other(unique.setdefault(transfer.id, transfer), transfer)
    return list(unique.values())


def refuse_other(there: E, wanted: E) -> None:
    """Raise Conflict when `wanted` has the id of `there` but differs; the problem's code names the first difference."""
    if there is wanted:
        return
    held = isinstance(wanted, Hold)
    for field in (*COMPARED, "expires_at") if held else COMPARED:
        before, after = getattr(there, field), getattr(wanted, field)
        if field == "dimensions" and BY_COMPANY not in after:
            before = {name: value for name, value in before.items() if name != BY_COMPANY}  # written by the posting
        if before != after:
            problem = Problem(field, f"exists_with_different_{field}", f"{before}", str(after)[:200])
            name = "hold" if held else "transfer"
            raise Conflict(f"{name} {wanted.id} exists with different {field}", problem)


def _faults(transfer: Entry) -> Iterator[tuple[str, str, object]]:
    if transfer.id.int & _VERSION != _V7:
        yield "id", "a UUIDv7", transfer.id
    if type(transfer.amount_minor) is not int or not 0 < transfer.amount_minor <= MAX_MINOR:
        yield "amount_minor", "whole minor units above zero", transfer.amount_minor
    if transfer.debit == transfer.credit:
        yield "credit", "another account than the debit", transfer.credit.code
    if transfer.debit.currency != transfer.credit.currency:
        yield "credit", f"an account in {transfer.debit.currency}: one row has one currency", transfer.credit.currency
    for side, account in (("debit", transfer.debit), ("credit", transfer.credit)):
        for fix, found in _account_faults(account):
            yield side, fix, found
    if not transfer.kind or len(transfer.kind) > MAX_KIND:
        yield "kind", f"1 to {MAX_KIND} characters", transfer.kind
    if len(transfer.dimensions) > MAX_DIMENSIONS:
        yield "dimensions", f"at most {MAX_DIMENSIONS}", len(transfer.dimensions)
    for name, value in transfer.dimensions.items():
        if not (_short(name) and _short(value)):
            yield "dimensions", f"names and values of 1 to {MAX_DIMENSION} printable characters", f"{name}={value}"
    if isinstance(transfer, Hold):
        if not (is_purse(transfer.debit) or is_purse(transfer.credit)):
            yield "debit", "an account of a purse on one side: only purses have a balance to hold", transfer.debit.code
        if transfer.expires_at is not None and transfer.expires_at.tzinfo is None:
            yield "expires_at", "a time with its zone", transfer.expires_at


@lru_cache(maxsize=1 << 14)
def _account_faults(account: Account) -> tuple[tuple[str, str], ...]:
    faults = []
    match = _CODE.fullmatch(account.code)
    if not match or match["kind"] not in _KINDS or len(account.code) > MAX_CODE or not account.code.isprintable():
        faults.append(("kind:name with a kind of " + ", ".join(sorted(_KINDS)), account.code))
    try:
        exponent(account.currency)
    except DatongError:
        faults.append(("an ISO 4217 currency", account.currency))
    return tuple(faults)


def _short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= MAX_DIMENSION and text.isprintable()


def totals(transfers: Iterable[Transfer]) -> dict[Account, TrialRow]:
    """Debits and credits an account, added up from the rows."""
    sums: dict[Account, list[int]] = {}
    for transfer in transfers:
        sums.setdefault(transfer.debit, [0, 0])[0] += transfer.amount_minor
        sums.setdefault(transfer.credit, [0, 0])[1] += transfer.amount_minor
    return {account: TrialRow(account, debits, credits) for account, (debits, credits) in sums.items()}


def open_clearing(nets: Mapping[tuple[UUID, Account], int]) -> list[Difference]:
    """Clearing accounts that have not come back to zero; `nets` is debits less credits by subject and account.

    What was exchanged stays: it is a position in two currencies, proven pair by pair. What companies owe each other
    stays until it is settled.
    """
    return [
        Difference("clearing_open", account.code, account.currency, net, subject)
        for (subject, account), net in sorted(nets.items(), key=lambda kv: (kv[0][0], kv[0][1].code, kv[0][1].currency))
        if account.kind is AccountKind.CLEARING and net and not account.code.startswith((EXCHANGE, COMPANY))
    ]


def clearing_nets(transfers: Iterable[Transfer]) -> dict[tuple[UUID, Account], int]:
    """What each subject still has on each clearing account: debits less credits, zeros included."""
    nets: dict[tuple[UUID, Account], int] = {}
    for transfer in transfers:
        for account, amount in ((transfer.debit, transfer.amount_minor), (transfer.credit, -transfer.amount_minor)):
            if account.kind is AccountKind.CLEARING:
                key = transfer.subject_id, account
                nets[key] = nets.get(key, 0) + amount
    return nets


def unbalanced(rows: Iterable[TrialRow]) -> list[Difference]:
    """Currencies whose debits and credits differ; none can, since a row has both, unless rows were tampered with."""
    nets: dict[str, int] = {}
    for row in rows:
        nets[row.account.currency] = nets.get(row.account.currency, 0) + row.net_minor
    return [Difference("currency_unbalanced", "", currency, net) for currency, net in sorted(nets.items()) if net]
