"""Orders that one system has and another has not, has twice, or has otherwise.

An order is known by its number where it began. A book is asked about a selling system's orders only when it should hold
them, when it booked anything that day, and when its latest feed is later than the order by the grace. A book's order
that nobody sold is a stray only if the systems it could be of gave their orders of that day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datong.kernel.db import rows
from datong.shadow.detect.common import Window, minute
from datong.shadow.rules import severity_of
from datong.shadow.types import MAX_EVIDENCE, MAX_FINDINGS, Finding, Kind

BOOK = """
    book AS (
        SELECT s.id, s.code, s.books_of,
               (SELECT max(f.received_at) FROM shadow_feed f
                 WHERE f.brand_id = s.brand_id AND f.project_id = s.project_id AND f.system_id = s.id
                   AND f.kind = 'orders') AS told
          FROM shadow_system s
         WHERE s.brand_id = %(brand)s AND s.project_id = %(project)s AND s.id IN (
               SELECT system_id FROM shadow_t_order WHERE books AND placed_at >= %(since)s AND placed_at < %(until)s)
    ),
    seller AS (
        SELECT DISTINCT system_id AS id, code FROM shadow_t_order
         WHERE sells AND placed_at >= %(since)s AND placed_at < %(until)s
    ),
    booked AS (SELECT o.*, o.code AS book FROM shadow_t_order o WHERE o.system_id IN (SELECT id FROM book)),
    sold AS (SELECT o.*, o.code AS seller FROM shadow_t_order o WHERE o.system_id IN (SELECT id FROM seller))
"""
MISSING = f"""
    WITH {BOOK}
    SELECT s.seller, s.native_id, s.placed_at, s.goods_minor, s.units, s.store, b.code, s.ref
      FROM sold s JOIN book b ON (b.books_of = '[]'::jsonb OR b.books_of ? s.seller)
      LEFT JOIN booked x ON x.system_id = b.id AND x.ref = s.ref AND x.source IN ('', s.seller)
     WHERE x.id IS NULL AND NOT s.cancelled AND s.placed_at >= %(since)s AND s.placed_at < %(until)s
       AND s.placed_at <= b.told - %(grace)s * interval '1 second'
     ORDER BY s.goods_minor DESC, s.ref LIMIT %(most)s
"""  # noqa: S608 constants of ours
STRAY = f"""
    WITH {BOOK}
    SELECT x.book, x.native_id, x.placed_at, x.goods_minor, x.units, x.store, x.source, x.ref
      FROM booked x
      LEFT JOIN sold s ON s.ref = x.ref AND x.source IN ('', s.seller)
     WHERE s.id IS NULL AND NOT x.cancelled AND x.placed_at >= %(since)s AND x.placed_at < %(until)s
       AND (x.source IN (SELECT code FROM seller) OR (x.source = '' AND EXISTS (SELECT 1 FROM seller)))
     ORDER BY x.goods_minor DESC, x.ref LIMIT %(most)s
"""  # noqa: S608 constants of ours
TWICE = f"""
    WITH {BOOK}
    SELECT x.book, x.source, x.ref, count(*), sum(x.goods_minor) - max(x.goods_minor), min(x.placed_at),
           min(x.store), jsonb_agg(jsonb_build_object('system', x.book, 'order', x.native_id, 'at', x.placed_at,
                'ref', x.ref, 'units', x.units, 'amount_minor', x.goods_minor) ORDER BY x.placed_at, x.native_id)::text
      FROM booked x
     WHERE NOT x.cancelled AND x.placed_at >= %(since)s AND x.placed_at < %(until)s
     GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 5 DESC, 3 LIMIT %(most)s
"""  # noqa: S608 constants of ours
ALIKE = f"""
    WITH {BOOK},
    shown AS (SELECT s.*, coalesce(nullif(s.phone_key, ''), s.email_key) AS who FROM sold s
               WHERE NOT s.cancelled AND (s.phone_key <> '' OR s.email_key <> '')),
    pair AS (SELECT s.*, lag(native_id) OVER w AS before_id, lag(placed_at) OVER w AS before_at FROM shown s
             WINDOW w AS (PARTITION BY s.system_id, s.who, s.basket, s.goods_minor ORDER BY s.placed_at, s.native_id))
    SELECT seller, native_id, placed_at, goods_minor, units, store, before_id, before_at
      FROM pair
     WHERE before_id IS NOT NULL AND placed_at - before_at <= %(double)s * interval '1 second'
       AND placed_at >= %(since)s AND placed_at < %(until)s
     ORDER BY goods_minor DESC, native_id LIMIT %(most)s
"""  # noqa: S608 constants of ours
DIFFERS = f"""
    WITH {BOOK},
    once AS (SELECT system_id, source, ref FROM booked WHERE NOT cancelled GROUP BY 1, 2, 3 HAVING count(*) = 1)
    SELECT s.seller, s.native_id, s.placed_at, s.goods_minor, s.units, s.cancelled, s.store,
           x.book, x.native_id, x.placed_at, x.goods_minor, x.units, x.cancelled
      FROM sold s JOIN booked x ON x.ref = s.ref AND x.source IN ('', s.seller)
     WHERE s.placed_at >= %(since)s AND s.placed_at < %(until)s AND s.currency = x.currency
       AND (s.cancelled <> x.cancelled
            OR (NOT s.cancelled AND (s.goods_minor <> x.goods_minor OR s.units <> x.units)
                AND (x.system_id, x.source, x.ref) IN (SELECT system_id, source, ref FROM once)))
       AND s.placed_at <= (SELECT told FROM book WHERE id = x.system_id) - %(grace)s * interval '1 second'
     ORDER BY abs(s.goods_minor - x.goods_minor) DESC, s.native_id LIMIT %(most)s
"""  # noqa: S608 constants of ours


def find_books(window: Window) -> list[Finding]:
    """Missing, stray, doubled and differing orders of the day."""
    allowed = window.project.tolerances
    params = {**window.params, "grace": allowed.grace_s, "double": allowed.double_s, "most": MAX_FINDINGS}
    twice = [_twice(window, row) for row in rows(TWICE, params)]
    return [
        *(_missing(window, row) for row in rows(MISSING, params)),
        *(_stray(window, row) for row in rows(STRAY, params)),
        *twice,
        *(_alike(window, row) for row in rows(ALIKE, params)),
        *(_differs(window, row) for row in rows(DIFFERS, params)),
    ]


def _finding(window: Window, kind: Kind, mark: str, **fields: Any) -> Finding:
    plain: dict[str, Any] = {"severity": severity_of(kind), "currency": window.project.currency, "day": window.day}
    return Finding(mark=f"{kind.value}:{window.day}:{mark}"[:300], kind=kind, **plain | fields)


def _row(system: str, order: str, at: Any, units: int, amount: int, **more: Any) -> Mapping[str, Any]:
    return {"system": system, "order": order, "at": minute(at), "units": units, "amount_minor": int(amount), **more}


def _missing(window: Window, row: tuple[Any, ...]) -> Finding:
    seller, order, at, amount, units, store, book, ref = row
    return _finding(
        window, Kind.MISSING, f"{seller}:{ref}:{book}", at=at, amount_minor=int(amount), store=store, title=order,
        systems=(seller, book), facts={"order": order, "has": seller, "lacks": book},
        evidence=(_row(seller, order, at, units, amount, ref=ref), {"system": book, "order": "", "missing": True}),
        rows=2,
    )  # fmt: skip


def _stray(window: Window, row: tuple[Any, ...]) -> Finding:
    book, order, at, amount, units, store, source, ref = row
    return _finding(
        window, Kind.STRAY, f"{book}:{order}", at=at, amount_minor=int(amount), store=store, title=ref,
        systems=(book, source) if source else (book,), facts={"order": order, "has": book, "lacks": source},
        evidence=(_row(book, order, at, units, amount, ref=ref), {"system": source, "order": "", "missing": True}),
        rows=2,
    )  # fmt: skip


def _twice(window: Window, row: tuple[Any, ...]) -> Finding:
    book, source, ref, count, amount, at, store, lines = row
    return _finding(
        window, Kind.DOUBLED, f"{book}:{source}:{ref}", at=at, amount_minor=int(amount), store=store, title=ref,
        systems=(book, source) if source else (book,), facts={"order": ref, "times": count, "sure": True},
        evidence=tuple(json.loads(lines)[:MAX_EVIDENCE]), rows=count,
    )  # fmt: skip


def _alike(window: Window, row: tuple[Any, ...]) -> Finding:
    seller, order, at, amount, units, store, before, before_at = row
    return _finding(
        window, Kind.DOUBLED, f"{seller}:{order}", severity=severity_of(Kind.DOUBLED, sure=False), at=at,
        amount_minor=int(amount), store=store, title=order, systems=(seller,),
        facts={"order": order, "before": before, "seconds": int((at - before_at).total_seconds()), "sure": False},
        evidence=(_row(seller, before, before_at, units, amount), _row(seller, order, at, units, amount)), rows=2,
    )  # fmt: skip


def _differs(window: Window, row: tuple[Any, ...]) -> Finding:
    seller, order, at, amount, units, gone, store, book, order2, at2, amount2, units2, gone2 = row
    stake = max(int(amount), int(amount2)) if gone != gone2 else abs(int(amount) - int(amount2))
    return _finding(
        window, Kind.DIFFERS, f"{seller}:{order}:{book}", at=at, amount_minor=stake, store=store, title=order,
        systems=(seller, book), facts={"order": order, "cancelled": gone != gone2, "units": units - units2},
        evidence=(_row(seller, order, at, units, amount, cancelled=gone),
                  _row(book, order2, at2, units2, amount2, cancelled=gone2)), rows=2,
    )  # fmt: skip
