"""What a delivery of a partner's cards may be, and what its sale posts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import MAX_MINOR
from datong.ledger.types import Rulebook, Transfer
from datong.merchants.types.cards import CardBatch, CardDeal

MAX_CARDS = 5_000
MAX_AT_ONCE = 50
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z .:/_-]{2,78}[0-9A-Za-z]")
METHOD = re.compile(r"[a-z0-9:_-]{1,40}")


def check_batch(batch: CardBatch) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = []
    if not 0 < len(batch.name.strip()) <= 120 or not batch.name.isprintable():
        problems.append(Problem("name", "length", "1 to 120 characters", batch.name[:80]))
    for field in ("face_minor", "price_minor", "cost_minor"):
        value = getattr(batch, field)
        if type(value) is not int or not 0 < value <= MAX_MINOR:
            problems.append(Problem(field, "range", "an amount above 0", value))
    whole = not problems
    if whole and batch.price_minor > batch.face_minor:
        problems.append(Problem("price_minor", "range", "at most what is on the card", batch.price_minor))
    if whole and batch.deal is CardDeal.COMMISSION and batch.cost_minor > batch.price_minor:
        problems.append(
            Problem("cost_minor", "range", "at most the price: the rest is the commission", batch.cost_minor)
        )
    if type(batch.refund_days) is not int or not 0 <= batch.refund_days <= 365:
        problems.append(Problem("refund_days", "range", "0 to 365 days", batch.refund_days))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def plain_codes(codes: Sequence[str]) -> list[str]:
    """The codes without spaces around, in the order they came. Raises BadInput naming each that cannot be."""
    found = [code.strip() for code in codes]
    if not 0 < len(found) <= MAX_CARDS:
        raise BadValue("codes", len(found), f"1 to {MAX_CARDS} codes")
    seen: set[str] = set()
    problems = []
    for n, code in enumerate(found):
        if not _CODE.fullmatch(code):
            problems.append(Problem(f"codes/{n}", "bad_value", "4 to 80 letters, digits and - . : / _", code[:20]))
        elif code in seen:
            problems.append(Problem(f"codes/{n}", "twice", "each code once", f"…{code[-4:]}"))
        seen.add(code)
    if problems:
        raise BadInput("some codes cannot be used", *problems[:50])
    return found


def sale_transfers(
    batch: CardBatch,
    count: int,
    received: str,
    subject: UUID,
    day: date,
    book: Rulebook,
    *,
    store: UUID | None,
    back: bool = False,
) -> list[Transfer]:
    """What our side of a sale posts: the price comes in and is income (bought out, its cost leaves the stock), or what
    is ours of it is commission, and `clearing:cards` keeps the partner's part for its entry. `back`: turned.
    `received`: where the money stands."""
    parts = [("cards.price", count * batch.price_minor)]
    if batch.deal is CardDeal.BUYOUT:
        parts += [("cards.sale", count * batch.price_minor), ("cards.cost", count * batch.cost_minor)]
    else:
        parts.append(("cards.commission", count * (batch.price_minor - batch.cost_minor)))
    facts = {"merchant": str(batch.company_id)} | ({"store": str(store)} if store else {})
    made = []
    for event, amount in parts:
        debit, credit = book.sides(event, day, batch.currency, received=received)
        kind = event.replace(".", "_")
        if back:
            debit, credit, kind = credit, debit, f"{kind}_back"
        if amount:
            made.append(Transfer(uuid7(), debit, credit, amount, kind, subject, day, facts))
    return made


def lost_transfer(batch: CardBatch, count: int, subject: UUID, day: date, book: Rulebook) -> Transfer:
    """Cards of ours that nobody will buy: their cost is waste."""
    sides, facts = book.sides("cards.lost", day, batch.currency), {"merchant": str(batch.company_id)}
    return Transfer(uuid7(), *sides, count * batch.cost_minor, "cards_lost", subject, day, facts)
