"""Reads of points: programmes and rules, balances over all records of a person, lots, history, the check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.wallet import rules
from datong.wallet.types import (
    Act,
    ActKind,
    EarningRule,
    Expiring,
    Lot,
    PointsBalance,
    PointsDifference,
    Programme,
)

MAX_PAGE = 200
LOT_COLUMNS = 'id, purse_id, points, "left", value_minor, source, earned_at, pending, starts_at, expires_at, subject_id'
ACT_COLUMNS = (
    "id, kind, key, customer_id, points, at, by, subject_id, spend_minor, basis_minor, source, reason, detail, store_id"
)

PROGRAMMES = """
    SELECT id, settings FROM wallet_programme WHERE brand_id = %(brand)s ORDER BY active DESC, code
"""


def programmes(brand_id: UUID) -> list[Programme]:
    """The programmes of a brand, those in force first."""
    with in_brand(brand_id):
        return [_programme(*row) for row in rows(PROGRAMMES, {"brand": brand_id})]


def programme(brand_id: UUID, code: str = "") -> Programme:
    """One programme; '' is the first in force. Raises NotFound."""
    for found in programmes(brand_id):
        if found.code == code or (not code and found.active):
            return found
    raise NotFound(f"no points programme {code}" if code else "this brand has no points programme")


def _programme(id_: UUID, settings: Any) -> Programme:
    said = msgspec.json.decode(settings) if isinstance(settings, str) else dict(settings)
    return msgspec.convert({**said, "id": str(id_)}, Programme)


RULES = """
    SELECT settings::text FROM wallet_earningrule
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s ORDER BY code
"""


def earning_rules(brand_id: UUID, programme_id: UUID) -> list[EarningRule]:
    with in_brand(brand_id):
        found = rows(RULES, {"brand": brand_id, "programme": programme_id})
    return [msgspec.json.decode(text, type=EarningRule) for (text,) in found]


def lot_of(row: Sequence[Any]) -> Lot:
    """A row of LOT_COLUMNS."""
    id_, purse, points, left, value, source, earned, pending, starts, expires, subject = row
    return Lot(id_, purse, points, left, value, source, earned, pending, starts, expires, subject)


def act_of(row: Sequence[Any], *, repeat: bool = False) -> Act:
    """A row of ACT_COLUMNS."""
    (id_, kind, key, customer, points, at, by, subject, spend, basis, source, reason, detail, store) = row
    said = msgspec.json.decode(detail) if isinstance(detail, str) else detail
    return Act(
        id_, ActKind(kind), key, customer, points, at, by, subject, spend, basis, source, reason, said,
        repeat=repeat, store_id=store,
    )  # fmt: skip


OPEN_LOTS = """
    SELECT l.id, l.purse_id, l.points, l."left", l.value_minor, l.source, l.earned_at, l.pending, l.starts_at,
           l.expires_at, l.subject_id, p.customer_id
      FROM wallet_pointpurse p
      JOIN wallet_lot l ON l.brand_id = p.brand_id AND l.purse_id = p.id AND l."left" > 0
     WHERE p.brand_id = %(brand)s AND p.programme_id = %(programme)s AND p.customer_id = ANY(%(records)s::uuid[])
     ORDER BY l.expires_at NULLS LAST, l.earned_at, l.id
"""
OWED = """
    SELECT customer_id, owed FROM wallet_pointpurse
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = ANY(%(records)s::uuid[]) AND owed > 0
"""


def lots_of(brand_id: UUID, customer_id: UUID, programme_id: UUID) -> list[tuple[Lot, UUID]]:
    """Lots with something left, earliest expiry first, each with the record it belongs to; of the whole person."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "programme": programme_id, "records": _records(brand_id, customer_id)}
        return [(lot_of(row[:-1]), row[-1]) for row in rows(OPEN_LOTS, key)]


def points_of(brand_id: UUID, customer_id: UUID) -> list[PointsBalance]:
    """What a person has in each programme in force, over all records of theirs. What ran out by now does not count."""
    now = clock.now()
    with in_brand(brand_id):
        records = _records(brand_id, customer_id)
        return [_balance(brand_id, found, records, now) for found in programmes(brand_id) if found.active]


def _balance(brand_id: UUID, found: Programme, records: list[UUID], now: datetime) -> PointsBalance:
    key = {"brand": brand_id, "programme": found.id, "records": records}
    lots = [lot_of(row[:-1]) for row in rows(OPEN_LOTS, key)]
    live = [lot for lot in lots if not lot.pending and (lot.expires_at or rules.NEVER) > now]
    active = sum(lot.left for lot in live)
    owed = sum(owed for _, owed in rows(OWED, key))
    days: dict[datetime, int] = {}
    for lot in live:
        if lot.expires_at:
            days[lot.expires_at] = days.get(lot.expires_at, 0) + lot.left
    return PointsBalance(
        programme=found.code,
        active=active,
        pending=sum(lot.left for lot in lots if lot.pending),
        owed=owed,
        worth_minor=rules.worth(found, max(active - owed, 0)),
        expiring=tuple(Expiring(at, points) for at, points in sorted(days.items())[:3]),
    )


HISTORY = """
    WITH mine AS (
        SELECT id FROM wallet_pointpurse
         WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = ANY(%(records)s::uuid[])
    )
    SELECT a.id, a.kind, a.key, a.customer_id, m.points, a.at, a.by, a.subject_id, a.spend_minor, a.basis_minor,
           a.source, a.reason, a.detail, a.store_id
      FROM wallet_pointact a
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(CASE WHEN bucket = 'owed' THEN -points ELSE points END), 0)::bigint AS points
             FROM wallet_pointmove x
            WHERE x.brand_id = a.brand_id AND x.act_id = a.id AND x.purse_id IN (SELECT id FROM mine)) m
     WHERE a.brand_id = %(brand)s AND a.programme_id = %(programme)s
       AND (a.customer_id = ANY(%(records)s::uuid[])
            OR a.id IN (SELECT act_id FROM wallet_pointmove
                         WHERE brand_id = %(brand)s AND purse_id IN (SELECT id FROM mine)))
       AND (%(before)s::uuid IS NULL OR a.id < %(before)s::uuid)
     ORDER BY a.id DESC LIMIT %(limit)s
"""


def point_history(
    brand_id: UUID, customer_id: UUID, programme_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[Act]:
    """What happened to a person's points, the newest first; `before` is the last of the page before.

    `points` of each is what it changed of this person's records: after a merge is undone, each has its own share.
    """
    with in_brand(brand_id):
        key = {
            "brand": brand_id,
            "programme": programme_id,
            "records": _records(brand_id, customer_id),
            "before": before,
            "limit": min(limit, MAX_PAGE),
        }
        return [act_of(row) for row in rows(HISTORY, key)]


BY_KEY = f"""
    SELECT {ACT_COLUMNS} FROM wallet_pointact
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND key = ANY(%(keys)s::text[])
"""  # noqa: S608
OF_SUBJECTS = f"""
    SELECT {ACT_COLUMNS} FROM wallet_pointact
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND subject_id = ANY(%(subjects)s::uuid[]) ORDER BY id
"""  # noqa: S608


def acts_by_key(brand_id: UUID, programme_id: UUID, keys: Iterable[str]) -> dict[str, Act]:
    """The acts that were done under these keys; one statement, inside in_brand or not."""
    with in_brand(brand_id):
        found = rows(BY_KEY, {"brand": brand_id, "programme": programme_id, "keys": sorted(set(keys))})
    return {act.key: act for act in (act_of(row, repeat=True) for row in found)}


def acts_of_orders(brand_id: UUID, programme_id: UUID, orders: Collection[UUID]) -> dict[UUID, list[Act]]:
    """What orders did to points, in the order it happened."""
    with in_brand(brand_id):
        found = rows(OF_SUBJECTS, {"brand": brand_id, "programme": programme_id, "subjects": sorted(set(orders))})
    acts: dict[UUID, list[Act]] = {}
    for act in map(act_of, found):
        if act.subject_id:
            acts.setdefault(act.subject_id, []).append(act)
    return acts


OF_BURN = f"""
    SELECT {ACT_COLUMNS} FROM wallet_pointact
     WHERE brand_id = %(brand)s AND programme_id = %(programme)s AND customer_id = %(customer)s
       AND kind = 'give_back' AND detail->>'burn' = %(burn)s::text AND id > %(id)s ORDER BY id
"""  # noqa: S608


def acts_of_burn(brand_id: UUID, programme_id: UUID, burn: Act) -> list[Act]:
    """What came back of one spending, in the order it came."""
    key = {"brand": brand_id, "programme": programme_id, "customer": burn.customer_id, "burn": str(burn.id)}
    with in_brand(brand_id):
        return [act_of(row) for row in rows(OF_BURN, {**key, "id": burn.id})]


def _records(brand_id: UUID, customer_id: UUID) -> list[UUID]:
    return sorted(records_of(brand_id, [customer_id]).get(customer_id, ()) or [customer_id])


CHECK = """
    WITH moved AS (
        SELECT purse_id,
               coalesce(sum(points) FILTER (WHERE bucket = 'pending'), 0) AS pending,
               coalesce(sum(points) FILTER (WHERE bucket = 'active'), 0) AS active,
               coalesce(sum(points) FILTER (WHERE bucket = 'owed'), 0) AS owed,
               sum(value_minor) AS value
          FROM wallet_pointmove WHERE brand_id = %(brand)s GROUP BY purse_id
    ), held AS (
        SELECT purse_id, coalesce(sum("left") FILTER (WHERE pending), 0) AS pending,
               coalesce(sum("left") FILTER (WHERE NOT pending), 0) AS active
          FROM wallet_lot WHERE brand_id = %(brand)s GROUP BY purse_id
    ), booked AS (
        SELECT split_part(a.code, ':', 3)::uuid AS purse_id,
               coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)
                        FILTER (WHERE a.code LIKE '%%:pending'), 0) AS pending,
               coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)
                        FILTER (WHERE a.code LIKE '%%:points'), 0) AS points
          FROM ledger_account a
          JOIN ledger_transfer t ON t.brand_id = a.brand_id AND (t.credit_id = a.id OR t.debit_id = a.id)
         WHERE a.brand_id = %(brand)s AND a.currency = 'PTS' AND a.code LIKE 'liability:purse:%%'
         GROUP BY 1
    )
    SELECT p.id, p.owed, coalesce(m.pending, 0), coalesce(m.active, 0), coalesce(m.owed, 0), coalesce(m.value, 0),
           coalesce(h.pending, 0), coalesce(h.active, 0), coalesce(b.pending, 0), coalesce(b.points, 0)
      FROM wallet_pointpurse p LEFT JOIN moved m ON m.purse_id = p.id LEFT JOIN held h ON h.purse_id = p.id
      LEFT JOIN booked b ON b.purse_id = p.id
     WHERE p.brand_id = %(brand)s
     ORDER BY p.id
"""
CARRIED = """
    SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)
      FROM ledger_account a
      JOIN ledger_transfer t ON t.brand_id = a.brand_id AND (t.credit_id = a.id OR t.debit_id = a.id)
     WHERE a.brand_id = %(brand)s AND a.code = 'liability:points'
"""


def check_points(brand_id: UUID) -> list[PointsDifference]:
    """Recompute every purse from its moves and from the ledger's transfers, and name what differs; two statements.

    The lots are the sum of their moves; the ledger's purse accounts are the lots less what is owed; no purse has both
    points and a debt; the liability in money is the sum of the lots' fair values.
    """
    found: list[PointsDifference] = []
    worth = 0
    with in_brand(brand_id):
        for row in rows(CHECK, {"brand": brand_id}):
            purse, owed, pending, active, moved_owed, value, has_pending, has_active, book_pending, book_points = row
            worth += value
            for what, expected, there in (
                ("lots", pending, has_pending),
                ("lots", active, has_active),
                ("owed", moved_owed, owed),
                ("debt_beside_points", 0, min(owed, has_active)),
                ("ledger", has_pending, book_pending),
                ("ledger", has_active - owed, book_points),
            ):
                if expected != there:
                    found.append(PointsDifference(what, purse, int(expected), int(there)))
        ((carried,),) = rows(CARRIED, {"brand": brand_id})
    if worth != carried:
        found.append(PointsDifference("value", None, int(worth), int(carried)))
    return found
