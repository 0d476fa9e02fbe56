"""The book of some purses' points in memory: what each act does to the lots. Pure; the action loads, calls and writes.

What holds before and after every act: no lot has less than nothing or more than it was issued with; a purse that owes
has no active points, because the first points that come fill the debt; what the lots have is the sum of their moves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from datong.kernel.money import part_minor
from datong.wallet.types.points import Bucket, Lot, Move, NotEnoughPoints

NEVER = datetime.max.replace(tzinfo=UTC)


def value_of(lot: Lot, left: int) -> int:
    """The fair value of what is left of a lot: whole minor units that end at exactly 0 and exactly the lot's value."""
    return part_minor(lot.value_minor, left, lot.points)


@dataclass(slots=True)
class Book:
    """Lots by id and what each purse owes, as the acts so far leave them; `moves` is what they did."""

    lots: dict[UUID, Lot] = field(default_factory=dict)
    owed: dict[UUID, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def take_moves(self) -> list[Move]:
        """The moves since this was last asked: those of one act."""
        taken, self.moves = self.moves, []
        return taken

    def spendable(self, purses: Collection[UUID], now: datetime) -> int:
        there = sum(lot.left for lot in self._live(purses, now))
        return max(there - sum(self.owed.get(purse, 0) for purse in purses), 0)

    def earn(self, lot: Lot) -> None:
        """New points, waiting or to be spent."""
        self.lots[lot.id] = replace(lot, left=0)
        self._add(lot.id, lot.left)
        self._fill(lot.purse_id)

    def activate(self, lot_id: UUID, expires_at: datetime | None) -> None:
        """Points that waited may be spent from now on."""
        lot = self.lots[lot_id]
        waited = lot.left
        if not lot.pending or not waited:
            return
        self._add(lot_id, -waited)
        self.lots[lot_id] = replace(self.lots[lot_id], pending=False, expires_at=expires_at)
        self._add(lot_id, waited)
        self._fill(lot.purse_id)

    def burn(self, purses: Collection[UUID], points: int, now: datetime) -> list[tuple[UUID, int]]:
        """Spend: earliest expiry first, over all purses of the person; what each lot gave. Raises NotEnoughPoints."""
        there = self.spendable(purses, now)
        if points > there:
            raise NotEnoughPoints(points, there)
        return self._use(self._live(purses, now), points)

    def give_back(
        self, taken: Sequence[tuple[UUID, int]], points: int, now: datetime, grace: datetime
    ) -> list[tuple[UUID, int]]:
        """Put spent points back into the lots they came from, the last taken first; what each got.

        `taken`: (lot, what it still lacks of this spending) in the order it was taken. A lot that expired meanwhile
        lives until `grace`; `expire` comes first, so that only what is given back does.
        """
        left, given = points, []
        for lot_id, lacking in reversed(taken):
            back = min(left, lacking)
            if not back:
                continue
            lot = self.lots[lot_id]
            if lot.expires_at is not None and lot.expires_at <= now:
                assert not lot.left, "expire comes first"
                self.lots[lot_id] = replace(lot, expires_at=grace)
            self._add(lot_id, back)
            left -= back
            given.append((lot_id, back))
            self._fill(lot.purse_id)
        return given

    def take_back(self, lot_ids: Iterable[UUID], points: int, now: datetime, max_owed: int | None) -> int:
        """Take earned points back: first from their own lots (of one purse), then from the rest of the purse, then as a
        debt.

        How many were taken; fewer than wanted when the purse may not owe so much.
        """
        lots = [self.lots[lot_id] for lot_id in lot_ids]
        left = points - _sum(self._use(lots, points))
        if left and lots:
            left -= self.take_from(lots[0].purse_id, left, now, max_owed)
        return points - left

    def take_from(self, purse: UUID, points: int, now: datetime, max_owed: int | None) -> int:
        """Take points from a purse, earliest expiry first; what is not there is owed. How many were taken.

        `expire` comes first, or a debt would stand beside points that have run out.
        """
        left = points - _sum(self._use(self._live([purse], now), points))
        if left:
            more = left if max_owed is None else min(left, max(max_owed - self.owed.get(purse, 0), 0))
            if more:
                self._owe(purse, more)
                left -= more
        return points - left

    def strike(self, lot_id: UUID) -> None:
        """A lot is gone with all that is left of it."""
        self._add(lot_id, -self.lots[lot_id].left)

    def expire(self, now: datetime, purse: UUID | None = None) -> int:
        """What ran out (in one purse, or in all) is gone; how many points."""
        gone = 0
        for lot in list(self.lots.values()):
            mine = purse in (None, lot.purse_id) and lot.left and not lot.pending
            if mine and lot.expires_at is not None and lot.expires_at <= now:
                self._add(lot.id, -lot.left)
                gone += lot.left
        return gone

    def _live(self, purses: Collection[UUID], now: datetime) -> list[Lot]:
        wanted = frozenset(purses)
        found = [
            lot
            for lot in self.lots.values()
            if lot.left and not lot.pending and lot.purse_id in wanted and (lot.expires_at or NEVER) > now
        ]
        return sorted(found, key=lambda lot: (lot.expires_at or NEVER, lot.earned_at, lot.id))

    def _use(self, lots: Sequence[Lot], points: int) -> list[tuple[UUID, int]]:
        left, used = points, []
        for lot in lots:
            part = min(left, lot.left)
            if part:
                self._add(lot.id, -part)
                left -= part
                used.append((lot.id, part))
        return used

    def _fill(self, purse: UUID) -> None:
        """The first points that come fill what is owed."""
        owed = self.owed.get(purse, 0)
        if not owed:
            return
        lots = [lot for lot in self.lots.values() if lot.purse_id == purse and not lot.pending and lot.left]
        lots.sort(key=lambda lot: (lot.expires_at or NEVER, lot.earned_at, lot.id))
        if filled := self._use(lots, min(owed, sum(lot.left for lot in lots))):
            self._owe(purse, -_sum(filled))

    def _owe(self, purse: UUID, points: int) -> None:
        self.owed[purse] = self.owed.get(purse, 0) + points
        self.moves.append(Move(purse, None, Bucket.OWED, points))

    def _add(self, lot_id: UUID, points: int) -> None:
        lot = self.lots[lot_id]
        after = lot.left + points
        bucket = Bucket.PENDING if lot.pending else Bucket.ACTIVE
        value = 0 if lot.pending else value_of(lot, after) - value_of(lot, lot.left)
        self.lots[lot_id] = replace(lot, left=after)
        self.moves.append(Move(lot.purse_id, lot_id, bucket, points, value))


def _sum(used: Iterable[tuple[UUID, int]]) -> int:
    return sum(points for _, points in used)


def change_of(moves: Iterable[Move]) -> int:
    """What an act changes of what the customer has, or will have: active and waiting, less owed."""
    return sum(-move.points if move.bucket is Bucket.OWED else move.points for move in moves)
