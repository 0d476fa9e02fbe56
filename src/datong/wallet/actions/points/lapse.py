"""What time does to points: those that waited may be spent, those that ran out are gone."""

from __future__ import annotations

from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.wallet import rules
from datong.wallet.actions.points.book import open_book, write
from datong.wallet.actions.points.spend import expire_all
from datong.wallet.queries.points import programmes
from datong.wallet.types import Act, ActKind, Programme

AT_ONCE = 500

DUE = """
    SELECT DISTINCT p.customer_id FROM wallet_lot l
      JOIN wallet_pointpurse p ON p.brand_id = l.brand_id AND p.id = l.purse_id AND p.programme_id = %(programme)s
     WHERE l.brand_id = %(brand)s AND l."left" > 0
       AND ((l.pending AND l.starts_at <= %(now)s) OR (NOT l.pending AND l.expires_at <= %(now)s))
     LIMIT %(limit)s
"""


def lapse_points(brand: UUID) -> int:
    """Let points begin and end that are due, for up to 500 purses a programme; how many acts it took.

    Finds its own work, so nothing is lost when the process dies, and twice is once. What is due counts as such in
    every balance and spending before this has run.
    """
    done = 0
    with in_brand(brand):
        for programme in programmes(brand):
            done += len(_lapse(programme, brand))
    return done


def _lapse(programme: Programme, brand: UUID) -> list[Act]:
    now = clock.now()
    key = {"brand": brand, "programme": programme.id, "now": now, "limit": AT_ONCE}
    customers = [row[0] for row in rows(DUE, key)]
    if not customers:
        return []
    opened = open_book(brand, programme, get_brand(brand).currency, customers)
    expire_all(opened, now)
    for lot in list(opened.book.lots.values()):
        if lot.pending and lot.left and lot.starts_at is not None and lot.starts_at <= now:
            opened.book.activate(lot.id, rules.expiry(programme, now))
            customer = opened.customers[lot.purse_id]
            opened.act(
                Act(uuid7(), ActKind.ACTIVATE, f"lot:{lot.id}", customer, 0, now, "points", subject_id=lot.subject_id)
            )
    return write(opened)
