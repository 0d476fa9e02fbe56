"""Reads of adverts: what is sold, how often it was seen, what was charged, day by day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.merchants.queries.contracts import today
from datong.merchants.rules.adverts import earned, state_of
from datong.merchants.types.adverts import Advert, AdvertBasis, AdvertDay, AdvertReport, AdvertState, AdvertUnknown

MAX_PAGE = 200
COLUMNS = """a.id, a.company_id, a.code, a.title, a.channel, a.place, a.text, a.link, a.language, a.since, a.until,
             a.basis, a.price_minor, a.currency, a.cap_minor, a.ended_on"""
REPORTS = f"""
    SELECT {COLUMNS}, d.views, a.charged_minor, a.charged_through, a.at, a.by
      FROM merchants_advert a
      CROSS JOIN LATERAL (SELECT coalesce(sum(d.views), 0)::bigint AS views FROM merchants_advertday d
                           WHERE d.brand_id = a.brand_id AND d.advert_id = a.id) d
     WHERE a.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR a.id = %(id)s)
       AND (%(companies)s::uuid[] IS NULL OR a.company_id = ANY(%(companies)s::uuid[]))
       AND (%(before)s::uuid IS NULL OR a.id < %(before)s::uuid) AND (%(channel)s = '' OR a.channel = %(channel)s)
       AND (%(on)s::date IS NULL OR (a.since <= %(on)s AND a.until >= %(on)s AND a.ended_on IS NULL))
     ORDER BY a.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def advert_reports(
    brand_id: UUID,
    *,
    companies: Collection[UUID] | None = None,
    channel: str = "",
    shown: bool = False,
    before: UUID | None = None,
    limit: int = 50,
) -> list[AdvertReport]:
    """Adverts, the newest first, of these companies (None: all) and this channel ('': all); one statement.

    `shown`: only those a door shows now. `before` is the id of the last of the page before; of a page of what is shown,
    those that have come to their cap are left out.
    """
    given: dict[str, Any] = {"companies": None if companies is None else sorted(companies), "channel": channel}
    given |= {"before": before, "limit": min(limit, MAX_PAGE)}
    found = _reports(brand_id, given, shown=shown)
    return [each for each in found if each.state is AdvertState.SHOWN] if shown else found


def advert_report(brand_id: UUID, advert_id: UUID) -> AdvertReport:
    """Raises AdvertUnknown."""
    given = {"companies": None, "channel": "", "before": None, "limit": 1}
    for found in _reports(brand_id, given, id_=advert_id):
        return found
    raise AdvertUnknown(f"no advert {advert_id}")


def _reports(
    brand_id: UUID, given: dict[str, Any], *, shown: bool = False, id_: UUID | None = None
) -> list[AdvertReport]:
    day = today(brand_id)
    with in_brand(brand_id):
        found = rows(REPORTS, {"brand": brand_id, "id": id_, "on": day if shown else None, **given})
    return [_report(row, day) for row in found]


def _report(row: tuple[Any, ...], day: date) -> AdvertReport:
    advert = advert_of(row[:16])
    views, charged, through, at, by = row[16:]
    comes_to = earned(advert, views, day)
    return AdvertReport(advert, state_of(advert, comes_to, day), views, comes_to, charged, through, at, by)


BASIS = 11
"""Where an advert's row says what the price is for."""


def advert_of(row: tuple[Any, ...]) -> Advert:
    fields: list[Any] = list(row)
    fields[BASIS] = AdvertBasis(fields[BASIS])
    return Advert(*fields)


DAYS = """
    SELECT day, views, charged_minor FROM merchants_advertday
     WHERE brand_id = %(brand)s AND advert_id = %(id)s AND (%(before)s::date IS NULL OR day < %(before)s)
     ORDER BY day DESC LIMIT %(limit)s
"""


def advert_days(brand_id: UUID, advert_id: UUID, *, before: date | None = None, limit: int = 50) -> list[AdvertDay]:
    """Its days with views or charges, the last first; one statement."""
    given = {"brand": brand_id, "id": advert_id, "before": before, "limit": min(limit, MAX_PAGE)}
    with in_brand(brand_id):
        return [AdvertDay(*row) for row in rows(DAYS, given)]
