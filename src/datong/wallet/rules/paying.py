"""Which purse pays how much: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR, exponent, split_minor
from datong.wallet.rules.stored import parts_of
from datong.wallet.types.paying import PayAsk, TakeKind
from datong.wallet.types.stored import Part, SpendOrder

MAX_GIFTS = 10
MAX_TENDERS = 10
MAX_KEY = 200
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def check_ask(ask: PayAsk) -> None:
    """Raises BadInput naming every field that cannot be used."""
    problems = []
    if type(ask.amount_minor) is not int or not 0 < ask.amount_minor <= MAX_MINOR:
        problems.append(Problem("amount_minor", "bad_value", "whole minor units above 0", str(ask.amount_minor)[:40]))
    try:
        exponent(ask.currency)
    except BadValue:
        problems.append(Problem("currency", "bad_value", "an ISO 4217 code such as CNY", ask.currency[:10]))
    if not 0 < len(ask.key) <= MAX_KEY or not ask.key.isprintable():
        problems.append(Problem("Idempotency-Key", "bad_value", f"1 to {MAX_KEY} printable characters", ask.key[:40]))
    if not ask.code and not ask.gifts:
        problems.append(Problem("code", "bad_value", "a member's code, or a gift card's", ""))
    if len(ask.gifts) > MAX_GIFTS or len(set(ask.gifts)) < len(ask.gifts):
        problems.append(Problem("gifts", "bad_value", f"at most {MAX_GIFTS} codes, each once", len(ask.gifts)))
    if len(ask.tenders) > MAX_TENDERS:
        problems.append(Problem("tenders", "bad_value", f"at most {MAX_TENDERS}", len(ask.tenders)))
    for n, tender in enumerate(ask.tenders):
        if type(tender.amount_minor) is not int or not 0 < tender.amount_minor <= MAX_MINOR:
            problems.append(Problem(f"tenders/{n}/amount_minor", "bad_value", "whole minor units above 0", ""))
        if tender.kind is TakeKind.STORED_VALUE:
            problems.append(Problem(f"tenders/{n}/kind", "bad_value", "cash or provider", tender.kind))
        if tender.kind is TakeKind.PROVIDER and not (tender.name and tender.ref):
            problems.append(Problem(f"tenders/{n}/ref", "bad_value", "the provider's name and its number", tender.ref))
    others = sum(t.amount_minor for t in ask.tenders if type(t.amount_minor) is int)
    if not problems and others >= ask.amount_minor:
        problems.append(Problem("tenders", "bad_value", "less than the amount: the card pays the rest", others))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def plan(
    wanted_minor: int,
    purses: Sequence[tuple[UUID, datetime | None, int, int]],
    order: SpendOrder,
) -> list[tuple[UUID, Part, int]]:
    """What to take of which part of which purse, together at most `wanted_minor`: the soonest to expire first.

    `purses`: (id, expires at, principal and bonus that are free), the oldest first; what is held is not among them.
    """
    taken: list[tuple[UUID, Part, int]] = []
    for purse, _ends, principal, bonus in sorted(purses, key=lambda p: (p[1] or NEVER, p[0])):
        amount = min(wanted_minor, principal + bonus)
        taken += [(purse, part, n) for part, n in parts_of(amount, principal, bonus, order).items()]
        wanted_minor -= amount
    return taken


def share_capture(amount_minor: int, left: Sequence[int]) -> list[int]:
    """How a capture in parts goes over what is left of the takes, in their order."""
    shares = []
    for each in left:
        part = min(amount_minor, each)
        shares.append(part)
        amount_minor -= part
    return shares


def share_back(amount_minor: int, left: Sequence[int]) -> list[int]:
    """How money given back goes over what was taken, in proportion; no part gets more than was taken from it."""
    return split_minor(amount_minor, list(left)) if amount_minor else [0] * len(left)
