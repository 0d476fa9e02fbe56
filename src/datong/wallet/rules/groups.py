"""What may be bought together, and what a member's money does."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import MAX_MINOR
from datong.ledger.types import Rulebook, Transfer
from datong.wallet.types.groups import GroupDeal

MAX_PEOPLE = 100
MAX_HOURS = 168


def check_group_deal(deal: GroupDeal) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = []
    if not 0 < len(deal.title.strip()) <= 120 or not deal.title.isprintable():
        problems.append(Problem("title", "length", "1 to 120 characters", deal.title[:80]))
    if type(deal.people) is not int or not 2 <= deal.people <= MAX_PEOPLE:
        problems.append(Problem("people", "range", f"2 to {MAX_PEOPLE} people", deal.people))
    if type(deal.hours) is not int or not 1 <= deal.hours <= MAX_HOURS:
        problems.append(Problem("hours", "range", f"1 to {MAX_HOURS} hours", deal.hours))
    if type(deal.price_minor) is not int or not 0 < deal.price_minor <= MAX_MINOR:
        problems.append(Problem("price_minor", "range", "an amount above 0", deal.price_minor))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def paid(
    method: str, amount_minor: int, currency: str, member: UUID, *, book: Rulebook, day: date, back: bool = False
) -> Transfer:
    """A member's money: from where it was paid to what waits for the group, or back there."""
    sides = book.sides("group.paid", day, currency, method=method)
    debit, credit = sides[::-1] if back else sides
    kind = "group_back" if back else "group_paid"
    return Transfer(uuid7(), debit, credit, amount_minor, kind, member, day, {})


def sold(amount_minor: int, currency: str, member: UUID, offer: str, *, book: Rulebook, day: date) -> Transfer:
    """The group is complete: what was paid is owed on the voucher now."""
    sides = book.sides("group.complete", day, currency)
    return Transfer(uuid7(), *sides, amount_minor, "group_done", member, day, {"offer": offer})
