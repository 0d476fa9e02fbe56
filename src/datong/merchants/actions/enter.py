"""Entering what companies owe each other: the difference between what should stand for a thing and what does.

Each thing (an order, an act of points, a top-up) is told as a whole, as it is now. What is entered is the difference,
so a repeat enters nothing, a refund takes back, and whatever comes late or out of order ends at the same sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.brand.api import companies_of_stores
from datong.kernel import clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.merchants import rules
from datong.merchants.queries import contracts
from datong.merchants.rules import Due
from datong.merchants.types import Contract, Deal, Entry, EntryKind, Terms
from datong.wallet.api import placed_points, placed_top_ups, used_by_orders
from datong.wallet.types.places import OrderUse


@dataclass(frozen=True, slots=True)
class _Matter:
    """A thing to be settled at a store: `dues` is what it comes to by the terms in force at `at`."""

    source_id: UUID
    store_id: UUID | None
    at: datetime
    currency: str
    subject_id: UUID
    dues: Callable[[Terms | None], list[Due]]


def enter_deals(deals: Sequence[Deal], *, brand: UUID) -> int:
    """What these orders come to between the companies of their stores and the brand: how many new entries.

    Points and stored value are read from the wallet, commission from the orders as told. Safe to repeat; a constant
    number of statements, two where no company is concerned.
    """
    with in_brand(brand):
        if not _concerned([d.order_id for d in deals], [d.store_id for d in deals], brand):
            return 0
        uses = used_by_orders(brand, [deal.order_id for deal in deals])
        return _enter([_deal_matter(deal, uses.get(deal.order_id, OrderUse())) for deal in deals], brand)


def _deal_matter(deal: Deal, use: OrderUse) -> _Matter:
    return _Matter(deal.order_id, deal.store_id, deal.at, deal.currency, deal.order_id,
                   lambda terms: rules.deal_dues(deal, use, terms))  # fmt: skip


def enter_points(acts: Sequence[UUID], *, brand: UUID) -> int:
    """What points come to that were given or taken at companies' stores, orders apart: how many new entries."""
    with in_brand(brand):
        found = placed_points(brand, acts)
        if not _concerned([p.id for p in found], [p.store_id for p in found], brand):
            return 0
        return _enter(
            [
                _Matter(p.id, p.store_id, p.at, "", p.subject_id or p.id, _points_dues(p.earn, p.points, p.pays_minor))
                for p in found
            ],
            brand,
        )


def _points_dues(earn: bool, points: int, pays_minor: int) -> Callable[[Terms | None], list[Due]]:
    return lambda terms: rules.points_due(terms, earn, points, pays_minor)


def enter_top_ups(top_ups: Sequence[UUID], *, brand: UUID) -> int:
    """What companies took at their stores for cards of the brand, less what they paid back: how many new entries."""
    with in_brand(brand):
        found = placed_top_ups(brand, top_ups)
        if not _concerned([t.id for t in found], [t.store_id for t in found], brand):
            return 0
        return _enter(
            [_Matter(t.id, t.store_id, t.at, t.currency, t.id, _top_up_dues(t.amount_minor)) for t in found], brand
        )


def _top_up_dues(amount_minor: int) -> Callable[[Terms | None], list[Due]]:
    return lambda terms: [Due(EntryKind.TOP_UP, True, amount_minor, basis_minor=amount_minor)]


ENTERED = "SELECT 1 FROM merchants_entry WHERE brand_id = %s AND source_id = ANY(%s::uuid[]) LIMIT 1"


def _concerned(sources: Sequence[UUID], stores: Sequence[UUID | None], brand: UUID) -> bool:
    if not sources:
        return False
    if companies_of_stores(brand, {store for store in stores if store}):
        return True
    return bool(rows(ENTERED, [brand, list(sources)]))


STANDS = """
    SELECT source_id, kind, company_id, owes, currency, sum(amount_minor)::bigint, sum(points)::bigint, max(seq),
           (array_agg(store_id ORDER BY seq DESC))[1]
      FROM merchants_entry WHERE brand_id = %(brand)s AND source_id = ANY(%(sources)s::uuid[])
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
Key = tuple[EntryKind, UUID, bool, str]


@dataclass(slots=True)
class _Stands:
    """What was entered for one thing so far."""

    sums: dict[Key, tuple[int, int]]
    stores: dict[UUID, UUID]  # store -> the company it was with
    seq: int = 0


def _enter(matters: Sequence[_Matter], brand: UUID) -> int:
    locks.take(*(f"merchants {brand} {matter.source_id}" for matter in matters))
    known: dict[UUID, _Stands] = {matter.source_id: _Stands({}, {}) for matter in matters}
    found = rows(STANDS, {"brand": brand, "sources": list(known)})
    for source, kind, company, owes, currency, amount, points, seq, store in found:
        stands = known[source]
        stands.sums[EntryKind(kind), company, owes, currency] = amount, points
        stands.seq = max(stands.seq, seq)
        if store:
            stands.stores[store] = company
    companies = companies_of_stores(brand, {matter.store_id for matter in matters if matter.store_id})
    held = contracts(brand, {*companies.values(), *(c for s in known.values() for c in s.stores.values())})
    made: list[Entry] = []
    for matter in matters:
        stands = known[matter.source_id]
        company = None
        if matter.store_id:  # a store that went to another company since takes its old affairs not with it
            company = stands.stores.get(matter.store_id) or companies.get(matter.store_id)
        made += _differences(matter, stands, company, held.get(company, ()) if company else (), brand)
    put_entries(made, brand)
    return len(made)


def _differences(
    matter: _Matter, stands: _Stands, company: UUID | None, held: Sequence[Contract], brand: UUID
) -> list[Entry]:
    book, now = rulebook(brand), clock.now()
    contract = rules.in_force(held, book.business_date(matter.at, matter.store_id))
    wanted: dict[Key, Due] = {}
    if company:
        for found in matter.dues(contract.terms if contract else None):
            wanted[found.kind, company, found.owes, found.currency or matter.currency] = found
    made = []
    for key in sorted({*wanted, *stands.sums}):
        due, (amount, points) = wanted.get(key), stands.sums.get(key, (0, 0))
        more = (due.amount_minor if due else 0) - amount
        more_points = (due.points if due else 0) - points
        if not more and not more_points:
            continue
        kind, whose, owes, currency = key
        stands.seq += 1
        made.append(
            Entry(
                id=uuid7(),
                source_id=matter.source_id,
                seq=stands.seq,
                kind=kind,
                company_id=whose,
                counter_id=None,
                owes=owes,
                amount_minor=more,
                currency=currency,
                points=more_points,
                basis_minor=due.basis_minor if due else 0,
                subject_id=matter.subject_id,
                store_id=matter.store_id,
                contract_id=contract.id if contract and due else None,
                day=book.business_date(now, matter.store_id),
                at=now,
            )
        )
    return made


PUT = """
    INSERT INTO merchants_entry (brand_id, id, source_id, seq, kind, company_id, counter_id, owes, amount_minor,
                                 currency, points, basis_minor, subject_id, store_id, contract_id, day, at, words)
    SELECT %(brand)s, * FROM unnest(%(ids)s::uuid[], %(sources)s::uuid[], %(seqs)s::int[], %(kinds)s::text[],
           %(companies)s::uuid[], %(counters)s::uuid[], %(owes)s::boolean[], %(amounts)s::bigint[],
           %(currencies)s::text[], %(points)s::bigint[], %(bases)s::bigint[], %(subjects)s::uuid[], %(stores)s::uuid[],
           %(contracts)s::uuid[], %(days)s::date[], %(ats)s::timestamptz[], %(words)s::text[])
    ON CONFLICT (brand_id, source_id, seq) DO NOTHING
"""


def put_entries(entries: Sequence[Entry], brand: UUID) -> None:
    """Write entries and post them, all or none, inside in_brand and under the locks of their sources."""
    if entries:
        put_rows(entries, brand)
        book = rulebook(brand)
        post([transfer for entry in entries for transfer in rules.entry_transfers(entry, book)], brand=brand, late=True)


def put_rows(entries: Sequence[Entry], brand: UUID) -> int:
    """Write entries whose transfers are posted elsewhere, those that are not there yet: how many."""
    return execute(
        PUT,
        {
            "brand": brand,
            "ids": [e.id for e in entries],
            "sources": [e.source_id for e in entries],
            "seqs": [e.seq for e in entries],
            "kinds": [e.kind.value for e in entries],
            "companies": [e.company_id for e in entries],
            "counters": [e.counter_id for e in entries],
            "owes": [e.owes for e in entries],
            "amounts": [e.amount_minor for e in entries],
            "currencies": [e.currency for e in entries],
            "points": [e.points for e in entries],
            "bases": [e.basis_minor for e in entries],
            "subjects": [e.subject_id for e in entries],
            "stores": [e.store_id for e in entries],
            "contracts": [e.contract_id for e in entries],
            "days": [e.day for e in entries],
            "ats": [e.at for e in entries],
            "words": [e.words[:60] for e in entries],
        },
    )
