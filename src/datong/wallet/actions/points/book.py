"""Loading and writing the book of some purses: a constant number of statements, whatever the number of acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

import msgspec

from datong.kernel import clock, outbox
from datong.kernel.db import execute, rows
from datong.ledger.api import post, rulebook, set_floor
from datong.ledger.types import Transfer
from datong.wallet import rules
from datong.wallet.events import PointsChanged
from datong.wallet.queries.points import LOT_COLUMNS, lot_of
from datong.wallet.types import Act, Bucket, Lot, Move, Programme


def purse_id(programme: UUID, customer_id: UUID) -> UUID:
    """The purse of a record in a programme: the same on every node, nothing to look up."""
    return uuid5(programme, f"points:{customer_id}")


OPEN = """
    INSERT INTO wallet_pointpurse (brand_id, id, programme_id, customer_id, owed)
    SELECT %(brand)s, id, %(programme)s, customer, 0
      FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[]) p(id, customer) ORDER BY id
    ON CONFLICT DO NOTHING
"""
LOCK = """
    SELECT id, customer_id, owed FROM wallet_pointpurse
     WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
"""
LOTS = f"""
    SELECT {LOT_COLUMNS} FROM wallet_lot
     WHERE brand_id = %(brand)s AND purse_id = ANY(%(purses)s::uuid[])
       AND ("left" > 0 OR id = ANY(%(also)s::uuid[]) OR subject_id = ANY(%(subjects)s::uuid[]))
     ORDER BY id
"""  # noqa: S608  constants only


@dataclass(slots=True)
class Open:
    """Locked purses with their lots, and what is to be written."""

    brand: UUID
    programme: Programme
    currency: str
    book: rules.Book
    customers: dict[UUID, UUID]  # purse -> record
    owed_before: dict[UUID, int]
    acts: list[tuple[Act, list[Move]]] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)

    def purse(self, customer_id: UUID) -> UUID:
        return purse_id(self.programme.id, customer_id)

    def act(self, act: Act, *, pays_minor: int = 0) -> Act:
        """Close an act: its moves are those since the last one. The act with what it changed."""
        moves = self.book.take_moves()
        done = replace(act, points=rules.change_of(moves))
        self.acts.append((done, moves))
        self.transfers += rules.transfers_of(
            done,
            moves,
            programme=self.programme.code,
            currency=self.currency,
            book=rulebook(self.brand),
            day=rulebook(self.brand).business_date(clock.now(), act.store_id),
            pays_minor=pays_minor,
        )
        return done


def open_book(
    brand: UUID,
    programme: Programme,
    currency: str,
    customers: Collection[UUID],
    *,
    fresh: Collection[UUID] = (),
    lots: Collection[UUID] = (),
    subjects: Collection[UUID] = (),
) -> Open:
    """Lock the purses of these records in the order of their ids and read their lots; inside in_brand.

    `fresh`: records whose purse is opened if there is none. `lots` and `subjects` (orders): lots that are needed even
    when nothing is left of them.
    """
    if fresh:
        ids = [purse_id(programme.id, customer) for customer in fresh]
        execute(OPEN, {"brand": brand, "programme": programme.id, "ids": ids, "customers": list(fresh)})
    ids = sorted({purse_id(programme.id, customer) for customer in customers})
    locked = rows(LOCK, {"brand": brand, "ids": ids})
    key = {"brand": brand, "purses": [row[0] for row in locked], "also": list(lots), "subjects": list(subjects)}
    found = [lot_of(row) for row in rows(LOTS, key)] if locked else []
    owed = {purse: owed for purse, _, owed in locked}
    return Open(
        brand=brand,
        programme=programme,
        currency=currency,
        book=rules.Book({lot.id: lot for lot in found}, dict(owed)),
        customers={purse: customer for purse, customer, _ in locked},
        owed_before=owed,
    )


ACTS = """
    INSERT INTO wallet_pointact (brand_id, id, programme_id, kind, key, customer_id, points, spend_minor, basis_minor,
                                 subject_id, source, by, reason, detail, store_id, at)
    SELECT %(brand)s, id, %(programme)s, kind, key, customer, points, spend, basis, subject, source, by, reason,
           detail, store, %(now)s
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(keys)s::text[], %(customers)s::uuid[], %(points)s::bigint[],
                  %(spends)s::bigint[], %(bases)s::bigint[], %(subjects)s::uuid[], %(sources)s::text[], %(by)s::text[],
                  %(reasons)s::text[], %(details)s::jsonb[], %(stores)s::uuid[])
           a(id, kind, key, customer, points, spend, basis, subject, source, by, reason, detail, store)
"""
PUT_LOTS = """
    INSERT INTO wallet_lot (brand_id, id, purse_id, points, "left", value_minor, source, earned_at, pending, starts_at,
                            expires_at, subject_id)
    SELECT %(brand)s, * FROM unnest(%(ids)s::uuid[], %(purses)s::uuid[], %(points)s::bigint[], %(lefts)s::bigint[],
                  %(values)s::bigint[], %(sources)s::text[], %(earned)s::timestamptz[], %(pending)s::boolean[],
                  %(starts)s::timestamptz[], %(expires)s::timestamptz[], %(subjects)s::uuid[])
    ON CONFLICT (brand_id, id) DO UPDATE SET "left" = excluded."left", pending = excluded.pending,
           starts_at = excluded.starts_at, expires_at = excluded.expires_at
"""
MOVES = """
    INSERT INTO wallet_pointmove (brand_id, act_id, seq, purse_id, lot_id, bucket, points, value_minor)
    SELECT %(brand)s, * FROM unnest(%(acts)s::uuid[], %(seqs)s::smallint[], %(purses)s::uuid[], %(lots)s::uuid[],
                  %(buckets)s::text[], %(points)s::bigint[], %(values)s::bigint[])
"""
OWED = """
    UPDATE wallet_pointpurse p SET owed = o.owed
      FROM unnest(%(ids)s::uuid[], %(owed)s::bigint[]) o(id, owed) WHERE p.brand_id = %(brand)s AND p.id = o.id
"""


def write(opened: Open, *, changed: Iterable[UUID] = ()) -> list[Act]:
    """Write what was done to the book, post it and tell of it; the acts. A constant number of
    statements, and a few for each purse whose debt changed.

    `changed`: lots whose dates changed without a move.
    """
    acts = [act for act, _ in opened.acts]
    if acts:
        _put_acts(opened, acts)
    moves = [(act, n, move) for act, found in opened.acts for n, move in enumerate(found)]
    _put_lots(opened, {move.lot_id for _, _, move in moves if move.lot_id} | set(changed))
    if moves:
        execute(
            MOVES,
            {
                "brand": opened.brand,
                "acts": [act.id for act, _, _ in moves],
                "seqs": [n for _, n, _ in moves],
                "purses": [move.purse_id for _, _, move in moves],
                "lots": [move.lot_id for _, _, move in moves],
                "buckets": [move.bucket.value for _, _, move in moves],
                "points": [move.points for _, _, move in moves],
                "values": [move.value_minor for _, _, move in moves],
            },
        )
    debts = sorted({move.purse_id for _, _, move in moves if move.bucket is Bucket.OWED})
    _put_owed(opened, debts)
    _put_floors(opened, [purse for purse in debts if opened.book.owed[purse] > opened.owed_before[purse]])
    post(opened.transfers, brand=opened.brand)
    _put_floors(opened, [purse for purse in debts if opened.book.owed[purse] < opened.owed_before[purse]])
    code = opened.programme.code
    told = (PointsChanged(a.customer_id, code, a.kind.value, a.points, a.subject_id, a.id) for a in acts)
    outbox.emit(*told)
    return acts


def _put_acts(opened: Open, acts: Sequence[Act]) -> None:
    execute(
        ACTS,
        {
            "brand": opened.brand,
            "programme": opened.programme.id,
            "now": clock.now(),
            "ids": [act.id for act in acts],
            "kinds": [act.kind.value for act in acts],
            "keys": [act.key for act in acts],
            "customers": [act.customer_id for act in acts],
            "points": [act.points for act in acts],
            "spends": [act.spend_minor for act in acts],
            "bases": [act.basis_minor for act in acts],
            "subjects": [act.subject_id for act in acts],
            "sources": [act.source[:60] for act in acts],
            "by": [act.by[:120] for act in acts],
            "reasons": [act.reason[:300] for act in acts],
            "details": [msgspec.json.encode(act.detail).decode() for act in acts],
            "stores": [act.store_id for act in acts],
        },
    )


def _put_lots(opened: Open, ids: Collection[UUID]) -> None:
    if not ids:
        return
    lots: list[Lot] = [opened.book.lots[lot_id] for lot_id in sorted(ids)]
    execute(
        PUT_LOTS,
        {
            "brand": opened.brand,
            "ids": [lot.id for lot in lots],
            "purses": [lot.purse_id for lot in lots],
            "points": [lot.points for lot in lots],
            "lefts": [lot.left for lot in lots],
            "values": [lot.value_minor for lot in lots],
            "sources": [lot.source[:60] for lot in lots],
            "earned": [lot.earned_at for lot in lots],
            "pending": [lot.pending for lot in lots],
            "starts": [lot.starts_at for lot in lots],
            "expires": [lot.expires_at for lot in lots],
            "subjects": [lot.subject_id for lot in lots],
        },
    )


def _put_floors(opened: Open, purses: Sequence[UUID]) -> None:
    """A purse may stand below zero in the ledger by what it owes, and by nothing more."""
    for purse in purses:
        account = rules.purse(purse, "points")
        set_floor(opened.brand, account, -opened.book.owed[purse], by="points", reason="what is owed")


def _put_owed(opened: Open, ids: Sequence[UUID]) -> None:
    if ids:
        key = {"brand": opened.brand, "ids": ids, "owed": [opened.book.owed[purse] for purse in ids]}
        execute(OWED, key)
