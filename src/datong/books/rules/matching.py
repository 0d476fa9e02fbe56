"""A statement's orders laid beside the ledger's: pure, so that the same file gives the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from datong.books.types import BillLine, Entry, Fix, Verdict
from datong.kernel.ids import uuid7


@dataclass(slots=True)
class Ours:
    """An order on the ledger's account: payments less refunds in these days, and every name it goes by.

    Or a platform's coupon: then `shown` is the name it is told by, for its code is not.
    """

    order_id: UUID
    net_minor: int
    keys: frozenset[str] = field(default_factory=frozenset)
    shown: str = ""

    @property
    def order(self) -> UUID | None:
        return None if self.shown else self.order_id


def match(lines: Iterable[BillLine], ours: Iterable[Ours], elsewhere: Mapping[str, UUID | None]) -> list[Entry]:
    """Every order of either side once; `elsewhere`: names of orders (None: coupons) that our books have outside of
    these days."""
    by_key: dict[str, Ours] = {}
    listed = list(ours)
    for each in listed:
        for key in each.keys:
            by_key.setdefault(key, each)
    theirs: dict[UUID | str, list[BillLine]] = {}
    for line in lines:
        found = by_key.get(line.order_ref) or by_key.get(line.ref)
        theirs.setdefault(found.order_id if found else line.order_ref, []).append(line)
    mine = {each.order_id: each for each in listed}
    made = [_entry(key, group, mine.get(key) if isinstance(key, UUID) else None, elsewhere)
            for key, group in theirs.items()]  # fmt: skip
    made += [
        Entry(
            uuid7(),
            Verdict.NOT_THEIRS,
            Fix.WAIT,
            each.shown or min(each.keys, default=""),
            None,
            each.net_minor,
            0,
            each.order,
        )
        for each in listed
        if each.order_id not in theirs and each.net_minor
    ]
    return made


def _entry(key: UUID | str, group: list[BillLine], ours: Ours | None, elsewhere: Mapping[str, UUID | None]) -> Entry:
    net = sum(line.paid_minor - line.refunded_minor for line in group)
    fee = sum(line.fee_minor for line in group)
    ref = group[0].order_ref or group[0].ref
    if ours is not None:
        if ours.net_minor == net:
            return Entry(uuid7(), Verdict.MATCHED, Fix.NONE, ref, net, net, fee, ours.order)
        fix = Fix.NET_OF_FEE if fee and abs(ours.net_minor - net) == abs(fee) else Fix.LOOK
        return Entry(uuid7(), Verdict.DIFFERS, fix, ref, net, ours.net_minor, fee, ours.order)
    name = next((name for name in (group[0].order_ref, group[0].ref) if name in elsewhere), None)
    known = None if name is None else elsewhere[name]
    fix = Fix.TAKE_ORDER if name is None else Fix.OTHER_DAY
    return Entry(uuid7(), Verdict.NOT_OURS, fix, ref, net, None, fee, known)
