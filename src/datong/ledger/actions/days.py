"""Say at which hour the business day ends, for the brand or a store, from a day that has not begun."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from datong.brand.api import get_brand, stores_by_id
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.ledger import rules
from datong.ledger.actions.books import LEAD
from datong.ledger.queries import day_ends, forget_rulebook
from datong.ledger.types import LATEST, DayEnd

PUT = """
    INSERT INTO ledger_dayend (brand_id, id, store_id, valid_from, hour, zone, by, at)
    VALUES (%(brand)s, %(id)s, %(store)s, %(from)s, %(hour)s, %(zone)s, %(by)s, %(now)s)
    ON CONFLICT (brand_id, store_id, valid_from) DO UPDATE
       SET hour = excluded.hour, zone = excluded.zone, by = excluded.by, at = excluded.at
"""


def first_day_of(brand: UUID, store_id: UUID | None = None) -> date:
    """The first business day whose end may be set: the one after that which may run in any process; for the brand the
    one after that of every store."""
    book = rules.make_rulebook(get_brand(brand).timezone, (), day_ends(brand))
    soon = clock.now() + LEAD
    today = book.days.today_of_all(soon)[1] if store_id is None else book.business_date(soon, store_id)
    return today + timedelta(days=1)


def put_day_end(
    brand: UUID, hour: int | None, valid_from: date, *, by: str, store_id: UUID | None = None, reason: str = ""
) -> DayEnd:
    """The business day ends at this hour of the next morning (0 to 11, 0 is midnight) from a day on, at a store by the
    store's own clock; the same day again replaces it. `hour` None: the store is as the brand again.

    Days that have begun stay as they are, so no posting and no closed day moves. Raises BadInput naming the field,
    NotFound for a store the brand does not have.
    """
    zone = ""
    if store_id is not None:
        store = stores_by_id(brand, [store_id]).get(store_id)
        if store is None:
            raise NotFound(f"no store {store_id}")
        zone = store.timezone if hour is not None else ""
    _check(brand, hour, valid_from, store_id)
    made = DayEnd(store_id, hour, valid_from, zone, by[:120])
    with in_brand(brand):
        locks.take(f"ledger books {brand}")
        before = next((e for e in day_ends(brand) if e.store_id == store_id and e.valid_from <= valid_from), None)
        if before and (before.hour, before.zone, before.valid_from) == (hour, zone, valid_from):
            return before
        key = {"brand": brand, "id": uuid7(), "store": store_id, "from": valid_from, "hour": hour, "zone": zone}
        execute(PUT, {**key, "by": made.by, "now": clock.now()})
        audit.record(
            brand=brand,
            actor=by,
            verb="business_day.end",
            subject=f"business day of store {store_id}" if store_id else "business day",
            before=_said(before),
            after=_said(made),
            reason=reason,
            store_id=store_id,
        )
        transaction.on_commit(lambda: forget_rulebook(brand))
    return made


def _said(end: DayEnd | None) -> dict[str, object]:
    if end is None:
        return {}
    return {"hour": end.hour, "zone": end.zone, "valid_from": end.valid_from.isoformat()}


def _check(brand: UUID, hour: int | None, valid_from: date, store_id: UUID | None) -> None:
    problems = []
    if hour is None and store_id is None:
        problems.append(Problem("hour", "missing", f"0 to {LATEST}: the brand's own day has an end", ""))
    if hour is not None and (type(hour) is not int or not 0 <= hour <= LATEST):
        problems.append(Problem("hour", "range", f"0 (midnight) to {LATEST} in the morning", str(hour)[:20]))
    first = first_day_of(brand, store_id)
    if valid_from < first:
        fix = f"{first.isoformat()} or later: a day that has begun ends as it is"
        problems.append(Problem("valid_from", "too_early", fix, valid_from.isoformat()))
    if problems:
        raise BadInput("the end of the business day cannot be put", *problems)
