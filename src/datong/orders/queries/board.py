"""The order board: all channels in one list, newest first, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.customers.api import records_of
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor

PAGE = 50


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board shows; None or '' means any. `text` is a number, external id, name or phone, from its start.

    `stores` limits a store's staff to their own, an order of which their store serves a part among them; orders that
    none but `hidden` stores serve are left out; `before` / `after` are order ids of the page's edge (keyset);
    `since` / `until` are moments the hub took the order, `placed_since` one the customer
    placed it: a platform or a till may tell of it days later. Without `by_contact` a name or phone finds nothing.
    """

    channel_id: UUID | None = None
    state: str = ""
    store_id: UUID | None = None
    stores: tuple[UUID, ...] | None = None
    hidden: tuple[UUID, ...] | None = None
    customer_id: UUID | None = None
    exception: str = ""
    needs_hand: bool = False
    text: str = ""
    by_contact: bool = True
    since: datetime | None = None
    until: datetime | None = None
    placed_since: datetime | None = None
    before: UUID | None = None
    after: UUID | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class BoardRow:
    id: UUID
    number: str
    channel_id: UUID
    external_id: str
    customer_id: UUID | None
    contact_name: str
    store_id: UUID | None
    state: str
    fulfilment: str
    payment: str
    paid: bool
    total_minor: int
    currency: str
    units: int
    exceptions: int
    placed_at: datetime
    promised_at: datetime | None
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """`more`: there are further rows in the direction asked."""

    rows: tuple[BoardRow, ...]
    more: bool


COLUMNS = """o.id, o.number, o.channel_id, o.external_id, o.customer_id, o.contact_name, o.store_id, o.state,
       o.fulfilment, o.payment, o.paid, o.total_minor, o.currency, o.units, o.exceptions, o.placed_at, o.promised_at,
       o.distance_m"""

# Each filter is its own clause, so that the planner sees a constant and picks the right index; the set of clauses is
# closed, the values are parameters.
CLAUSES = {
    "channel_id": "o.channel_id = %(channel_id)s",
    "state": "o.state = %(state)s",
    "store_id": """(o.store_id = %(store_id)s OR EXISTS (SELECT 1 FROM orders_allocation a
                     WHERE a.brand_id = o.brand_id AND a.order_id = o.id AND a.store_id = %(store_id)s))""",
    "stores": """(o.store_id = ANY(%(stores)s::uuid[]) OR EXISTS (SELECT 1 FROM orders_allocation a
                   WHERE a.brand_id = o.brand_id AND a.order_id = o.id AND a.store_id = ANY(%(stores)s::uuid[])))""",
    "hidden": """(o.store_id IS NULL OR o.store_id <> ALL(%(hidden)s::uuid[])
                  OR EXISTS (SELECT 1 FROM orders_allocation a WHERE a.brand_id = o.brand_id AND a.order_id = o.id
                                AND a.store_id <> ALL(%(hidden)s::uuid[])))""",
    "customer_id": "o.customer_id = ANY(%(customers)s::uuid[])",
    "exception": """EXISTS (SELECT 1 FROM orders_finding f WHERE f.brand_id = o.brand_id AND f.order_id = o.id
                       AND f.closed_at IS NULL AND f.kind = %(exception)s)""",
    "needs_hand": "(o.exceptions > 0 OR o.state IN ('backorder', 'review'))",
    "text": "o.id = ANY(ARRAY(SELECT * FROM orders_search(%(text)s, %(high)s, %(phones)s::text[], %(by_contact)s,"
    " %(before)s::uuid, %(after)s::uuid, %(most)s)))",
    "since": "o.id >= %(since_id)s",
    "until": "o.id < %(until_id)s",
    "placed_since": "o.placed_at >= %(placed_since)s",
    "before": "o.id < %(before)s",
    "after": "o.id > %(after)s",
}


LAST = "\U0010ffff"
MOST_FOUND = 1_000
"""So many of the newest that fit a text are looked at; one that fits thousands is looked for among the newest 20,000
orders. The other filters narrow these."""


def phones_of(text: str) -> list[str]:
    """A phone number as typed, and as it is kept where only its writing differs: +1 (612) 555-0100."""
    bare = re.sub(r"[\s().\-/]", "", text)
    return [text, bare] if re.fullmatch(r"\+?\d{6,15}", bare) and bare != text else [text]


def board(brand_id: UUID, wanted: BoardFilter) -> BoardPage:
    """A page of orders, newest first; with `after`, the ones that came since, oldest of them last."""
    clauses = [sql for name, sql in CLAUSES.items() if getattr(wanted, name) not in (None, "", False)]
    order = "ASC" if wanted.after else "DESC"
    sql = f"""SELECT {COLUMNS} FROM orders_order o WHERE {" AND ".join(["o.brand_id = %(brand)s", *clauses])}
              ORDER BY o.id {order} LIMIT %(limit)s"""  # noqa: S608 - the clauses are the constants above
    with in_brand(brand_id):
        records: tuple[UUID, ...] = ()
        if (one := wanted.customer_id) is not None:
            records = records_of(brand_id, [one]).get(one, (one,))
        found = rows(sql, {**_values(brand_id, wanted), "customers": list(records)})
    page = [BoardRow(*row) for row in found[: wanted.limit]]
    return BoardPage(tuple(reversed(page) if wanted.after else page), len(found) > wanted.limit)


SHARES = """
    SELECT order_id, store_id, sum(units)::int FROM orders_allocation
     WHERE brand_id = %(brand)s AND order_id = ANY(%(ids)s::uuid[]) AND units > 0
     GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""


def shares(brand_id: UUID, ids: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Of orders that several stores serve: order -> store -> units, the most first. One statement."""
    found: dict[UUID, dict[UUID, int]] = {}
    with in_brand(brand_id):
        for order, store, units in rows(SHARES, {"brand": brand_id, "ids": list(ids)}):
            found.setdefault(order, {})[store] = units
    return {order: stores for order, stores in found.items() if len(stores) > 1}


def _values(brand_id: UUID, wanted: BoardFilter) -> dict[str, object]:
    text = wanted.text.strip()
    every: dict[str, object] = {
        "channel_id": wanted.channel_id,
        "state": wanted.state,
        "store_id": wanted.store_id,
        "stores": list(wanted.stores or ()),
        "hidden": list(wanted.hidden or ()),
        "exception": wanted.exception,
        "text": text,
        "by_contact": wanted.by_contact,
        "high": f"{text}{LAST}",
        "phones": phones_of(text),
        "most": MOST_FOUND,
        "since_id": uuid7_floor(wanted.since) if wanted.since else None,
        "until_id": uuid7_floor(wanted.until) if wanted.until else None,
        "placed_since": wanted.placed_since,
        "before": wanted.before,
        "after": wanted.after,
    }
    return {**every, "brand": brand_id, "limit": min(wanted.limit, 500) + 1}


@dataclass(frozen=True, slots=True)
class Summary:
    """The board's one sentence: since a moment, how many orders, how many need a hand, what they are worth."""

    orders: int
    need_hand: int
    waiting: int
    total_minor: int


SUMMARY = """
    SELECT count(*), count(*) FILTER (WHERE exceptions > 0 OR state IN ('backorder', 'review')),
           count(*) FILTER (WHERE state = 'backorder'), coalesce(sum(total_minor), 0)::bigint
      FROM orders_order o
     WHERE brand_id = %(brand)s AND id >= %(since)s
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]) OR EXISTS (
            SELECT 1 FROM orders_allocation a WHERE a.brand_id = o.brand_id AND a.order_id = o.id
               AND a.store_id = ANY(%(stores)s::uuid[])))
       AND (%(hidden)s::uuid[] IS NULL OR store_id IS NULL OR store_id <> ALL(%(hidden)s::uuid[]) OR EXISTS (
            SELECT 1 FROM orders_allocation a WHERE a.brand_id = o.brand_id AND a.order_id = o.id
               AND a.store_id <> ALL(%(hidden)s::uuid[])))
"""


def summary(
    brand_id: UUID,
    since: datetime,
    stores: tuple[UUID, ...] | None = None,
    *,
    hidden: tuple[UUID, ...] | None = None,
) -> Summary:
    """Counts of the orders taken since a moment: of those that some stores serve if given, if only a part of them;
    without those that none but `hidden` stores serve.
    """
    key = {
        "brand": brand_id,
        "since": uuid7_floor(since),
        "stores": None if stores is None else list(stores),
        "hidden": list(hidden) if hidden else None,
    }
    with in_brand(brand_id):
        return Summary(*rows(SUMMARY, key)[0])
