"""What an act posts: points as PTS between the programme and the purses, their fair value as money by the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from datong.kernel.ids import uuid7
from datong.ledger.types import Account, Rulebook, Transfer, purse_account
from datong.wallet.types.opening import LOTS, OPENING
from datong.wallet.types.points import POINTS, Act, ActKind, Bucket, Move

LIABILITY = "liability:points"
EVENTS = {
    ActKind.BURN: "points.spent",
    ActKind.GIVE_BACK: "points.spent",
    ActKind.EXPIRE: "points.lapsed",
    ActKind.ADJUST: "points.adjusted",
}
"""What an act is to the posting rules; the others are earning and its going back."""


def issued(programme: str) -> Account:
    """Where points come from and go back to: its balance is what all customers have."""
    return Account(f"equity:points:issued:{programme}", POINTS)


def purse(purse_id: UUID, part: str) -> Account:
    return purse_account(purse_id, part, POINTS)


def transfers_of(
    act: Act, moves: Sequence[Move], *, programme: str, currency: str, book: Rulebook, day: date, pays_minor: int = 0
) -> list[Transfer]:
    """The transfers of one act: all or nothing.

    `pays_minor`: the points pay this much of `act.subject_id` (given back: below zero). The fair value leaves the
    liability, the wallet's clearing account gets what was paid, and the difference goes where the brand's rules put
    what points cost on this business day.
    """
    subject = act.subject_id or act.id
    dimensions = {"programme": programme}

    def transfer(debit: Account, credit: Account, amount: int) -> Transfer:
        return Transfer(uuid7(), debit, credit, amount, f"points_{act.kind.value}", subject, day, dimensions)

    def flow(debit: Account, credit: Account, amount: int) -> list[Transfer]:
        if not amount:
            return []
        return [transfer(debit, credit, amount) if amount > 0 else transfer(credit, debit, -amount)]

    made: list[Transfer] = []
    for purse_id, (waiting, points) in _nets(moves).items():
        pending, active = purse(purse_id, "pending"), purse(purse_id, "points")
        if act.kind is ActKind.ACTIVATE:
            made += flow(pending, active, points)
        else:
            made += flow(issued(programme), pending, waiting) + flow(issued(programme), active, points)
    liability = Account(LIABILITY, currency)
    sides = book.sides(EVENTS.get(act.kind, "points.earned"), day, currency, programme=programme)
    cost = next(side for side in sides if side != liability)
    if act.source == LOTS:  # what an older system owed was no expense of ours
        cost = Account(OPENING, currency)
    made += flow(cost, liability, sum(move.value_minor for move in moves) + pays_minor)
    if pays_minor:
        made += flow(*book.sides("points.redeemed", day, currency), pays_minor)
    return made


def _nets(moves: Iterable[Move]) -> dict[UUID, tuple[int, int]]:
    """Per purse: what waits more, and what may be spent more (a debt counts against it); in the order of the purses."""
    nets: dict[UUID, tuple[int, int]] = {}
    for move in moves:
        waiting, points = nets.get(move.purse_id, (0, 0))
        if move.bucket is Bucket.PENDING:
            waiting += move.points
        else:
            points += -move.points if move.bucket is Bucket.OWED else move.points
        nets[move.purse_id] = (waiting, points)
    return dict(sorted(nets.items()))
