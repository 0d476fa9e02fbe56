"""Selling adverts: a slot is put and ended, its views are counted, and each business day is charged when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.kernel.money import exponent
from datong.kernel.once import once
from datong.kernel.secrets import marks
from datong.ledger.api import rulebook
from datong.merchants.actions.enter import put_entries
from datong.merchants.queries import partner, today
from datong.merchants.queries.adverts import COLUMNS, advert_of, advert_report
from datong.merchants.rules.adverts import LATE, TAIL, charges, check_advert
from datong.merchants.types import Entry, EntryKind
from datong.merchants.types.adverts import Advert, AdvertRefused, AdvertReport, AdvertUnknown, Counted, View

MAX_VIEWS = 1_000
AHEAD = timedelta(minutes=5)
LOCK = (
    f"SELECT {COLUMNS}, a.charged_minor FROM merchants_advert a WHERE a.brand_id = %s AND a.id = %s FOR NO KEY UPDATE"  # noqa: S608
)
PUT = """
    INSERT INTO merchants_advert AS a (brand_id, id, company_id, code, title, channel, place, text, link, language,
           since, until, basis, price_minor, currency, cap_minor, charged_minor, charged_through, at, by)
    VALUES (%(brand)s, %(id)s, %(company)s, %(code)s, %(title)s, %(channel)s, %(place)s, %(text)s, %(link)s,
            %(language)s, %(since)s, %(until)s, %(basis)s, %(price)s, %(currency)s, %(cap)s, 0,
            %(since)s::date - 1, %(now)s, %(by)s)
    ON CONFLICT (brand_id, id) DO UPDATE SET company_id = excluded.company_id, code = excluded.code,
           title = excluded.title, channel = excluded.channel, place = excluded.place, text = excluded.text,
           link = excluded.link, language = excluded.language, since = excluded.since, until = excluded.until,
           basis = excluded.basis, price_minor = excluded.price_minor, currency = excluded.currency,
           cap_minor = excluded.cap_minor,
           charged_through = CASE WHEN a.since = excluded.since THEN a.charged_through ELSE excluded.charged_through END
"""
CODE = "SELECT id FROM merchants_advert WHERE brand_id = %s AND code = %s AND id <> %s"
SOLD = ("company_id", "code", "since", "basis", "price_minor", "currency")
"""What was sold: it stands from the first day on."""


def put_advert(advert: Advert, *, brand: UUID, by: str) -> AdvertReport:
    """Sell a slot to a company, or change what is shown there; the same again changes nothing.

    From its first day on only what is shown, the last day (today or later) and the cap can be changed. Raises BadInput
    by field, NotFound for no such company, AdvertRefused (`used_code`, `begun`).
    """
    advert = replace(advert, title=advert.title.strip(), text=advert.text.strip(), ended_on=None)
    check_advert(advert)
    exponent(advert.currency)
    with in_brand(brand):
        partner(brand, advert.company_id)
        known = _lock(advert.id, brand)
        before, charged = known if known else (None, 0)
        if before is not None and replace(before, ended_on=None) == advert:
            return advert_report(brand, advert.id)
        _check_change(advert, before, charged, today(brand))
        if rows(CODE, [brand, advert.code, advert.id]):
            raise AdvertRefused("used_code", "a code that is new", field="code", value=advert.code)
        given = {"brand": brand, "id": advert.id, "company": advert.company_id, "code": advert.code}
        given |= {"title": advert.title, "channel": advert.channel, "place": advert.place, "text": advert.text}
        given |= {"link": advert.link, "language": advert.language, "since": advert.since, "until": advert.until}
        given |= {"basis": advert.basis.value, "price": advert.price_minor, "currency": advert.currency}
        execute(PUT, {**given, "cap": advert.cap_minor, "now": clock.now(), "by": by[:120]})
        _note("advert.put", advert, brand, by, _said(before) if before else None, _said(advert))
        return advert_report(brand, advert.id)


def _lock(advert_id: UUID, brand: UUID) -> tuple[Advert, int] | None:
    for row in rows(LOCK, [brand, advert_id]):
        return advert_of(row[:16]), row[16]
    return None


def _check_change(advert: Advert, before: Advert | None, charged: int, day: date) -> None:
    if before is None or day < before.since:
        if advert.since < day:
            raise BadValue("since", advert.since.isoformat(), f"{day} or later: days that are over are not sold")
        return
    if before.ended_on is not None:
        raise AdvertRefused("begun", "a new advert", field="until", value=advert.until.isoformat())
    for field in SOLD:
        if getattr(before, field) != getattr(advert, field):
            raise AdvertRefused("begun", f"{getattr(before, field)}", field=field, value=str(getattr(advert, field)))
    if advert.until != before.until and (advert.until < day or before.until < day):
        raise AdvertRefused("begun", "today or later, while it is shown", field="until", value=str(advert.until))
    if advert.cap_minor is not None and advert.cap_minor < charged:
        raise BadValue("cap_minor", advert.cap_minor, f"at least {charged}, which was charged")


END = "UPDATE merchants_advert SET ended_on = %s WHERE brand_id = %s AND id = %s"


def end_advert(advert_id: UUID, *, brand: UUID, by: str, reason: str = "") -> AdvertReport:
    """Take an advert off: today is its last day. The same again changes nothing. Raises AdvertUnknown."""
    if len(reason) > 300 or (reason and not reason.isprintable()):
        raise BadValue("reason", reason[:80], "at most 300 characters")
    with in_brand(brand):
        known = _lock(advert_id, brand)
        if known is None:
            raise AdvertUnknown(f"no advert {advert_id}")
        advert, day = known[0], today(brand)
        if advert.ended_on is None and advert.until >= day:
            execute(END, [day, brand, advert_id])
            _note("advert.end", advert, brand, by, {"until": str(advert.until)}, {"until": str(day)}, reason)
        return advert_report(brand, advert_id)


KNOWN = """
    SELECT id, code, since, least(until, ended_on) FROM merchants_advert
     WHERE brand_id = %s AND code = ANY(%s::text[])
"""
COUNT = """
    WITH fresh AS (
        INSERT INTO merchants_advertseen (brand_id, advert_id, hour, visitor)
        SELECT DISTINCT %(brand)s::uuid, v.advert, v.hour, v.visitor
          FROM unnest(%(adverts)s::uuid[], %(hours)s::timestamptz[], %(visitors)s::text[]) v(advert, hour, visitor)
         ORDER BY 2, 3, 4
        ON CONFLICT DO NOTHING RETURNING advert_id, hour, visitor),
    days AS (
        INSERT INTO merchants_advertday AS d (brand_id, advert_id, day, views, charged_minor)
        SELECT %(brand)s::uuid, f.advert_id, v.day, count(*), 0
          FROM fresh f
          JOIN (SELECT DISTINCT ON (advert, hour, visitor) advert, hour, visitor, day
                  FROM unnest(%(adverts)s::uuid[], %(hours)s::timestamptz[], %(visitors)s::text[], %(days)s::date[])
                       v(advert, hour, visitor, day)
                 ORDER BY advert, hour, visitor, day) v
            ON v.advert = f.advert_id AND v.hour = f.hour AND v.visitor = f.visitor
         GROUP BY 2, 3 ORDER BY 2, 3
        ON CONFLICT (brand_id, advert_id, day) DO UPDATE SET views = d.views + excluded.views RETURNING 1)
    SELECT count(*)::int FROM fresh
"""


def count_views(views: Sequence[View], *, brand: UUID, key: str) -> Counted:
    """Count a batch of views: one of a visitor, advert and hour counts once; the same key again is the same answer.

    Three statements whatever the number. Of a visitor a hash of the day is kept until `forget_views`. Raises BadValue,
    and Conflict for a key of another batch.
    """
    if not 0 < len(views) <= MAX_VIEWS:
        raise BadValue("views", len(views), f"1 to {MAX_VIEWS} views")
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], "1 to 200 printable characters")
    for n, view in enumerate(views):
        if not 0 < len(view.visitor) <= 200:
            raise BadValue(f"views/{n}/visitor", view.visitor[:20], "1 to 200 characters")
    asked = [(view.code, view.at.astimezone(UTC).isoformat(), view.visitor) for view in views]
    with in_brand(brand):
        answer = once("merchants.views", key, asked, lambda: _count(views, brand))
        return Counted(**answer)


def _count(views: Sequence[View], brand: UUID) -> dict[str, int]:
    now, book = clock.now(), rulebook(brand)
    known = {code: (id_, since, last) for id_, code, since, last in rows(KNOWN, [brand, [v.code for v in views]])}
    late = unknown = 0
    columns: dict[str, list[object]] = {"adverts": [], "hours": [], "visitors": [], "days": []}
    for view in views:
        if not now - LATE <= view.at <= now + AHEAD:
            late += 1
            continue
        day, found = book.business_date(view.at), known.get(view.code)
        if found is None or not found[1] <= day <= found[2]:
            unknown += 1
            continue
        hour = view.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        columns["adverts"].append(found[0])
        columns["hours"].append(hour)
        columns["visitors"].append(_mark(view.visitor, hour, brand))
        columns["days"].append(day)
    counted: int = rows(COUNT, {"brand": brand, **columns})[0][0] if columns["days"] else 0
    return {"counted": counted, "again": len(columns["days"]) - counted, "late": late, "unknown": unknown}


def _mark(visitor: str, hour: datetime, brand: UUID) -> str:
    """Nobody without the installation's key tells whose it is, and nobody at all who was there on two days."""
    return marks(f"advert {brand} {hour.date()} {visitor}")[0]


DUE = f"""
    SELECT {COLUMNS}, a.charged_minor, a.charged_through FROM merchants_advert a
     WHERE a.brand_id = %(brand)s AND a.charged_through < %(day)s
       AND a.charged_through < least(a.until, a.ended_on) + %(tail)s
     ORDER BY a.id LIMIT 200 FOR NO KEY UPDATE
"""  # noqa: S608  constants only
VIEWS = "SELECT advert_id, day, views FROM merchants_advertday WHERE brand_id = %s AND advert_id = ANY(%s::uuid[])"
CHARGE = """
    INSERT INTO merchants_advertday AS d (brand_id, advert_id, day, views, charged_minor)
    SELECT %(brand)s, c.advert, c.day, 0, c.minor
      FROM unnest(%(adverts)s::uuid[], %(days)s::date[], %(minors)s::bigint[]) c(advert, day, minor)
     ORDER BY c.advert, c.day
    ON CONFLICT (brand_id, advert_id, day) DO UPDATE SET charged_minor = excluded.charged_minor
"""
THROUGH = """
    UPDATE merchants_advert a SET charged_minor = a.charged_minor + c.minor, charged_through = c.day
      FROM unnest(%(adverts)s::uuid[], %(minors)s::bigint[], %(days)s::date[]) c(advert, minor, day)
     WHERE a.brand_id = %(brand)s AND a.id = c.advert
"""


def charge_adverts(*, brand: UUID) -> int:
    """Charge the business days that are over: how many charges. A day is charged once; safe to repeat and to run at
    once. One statement where nothing is due."""
    made = 0
    while True:
        with in_brand(brand, may_fail=True):
            found, more = _charge(brand)
        made += found
        if not more:
            return made


def _charge(brand: UUID) -> tuple[int, bool]:
    yesterday = today(brand) - timedelta(days=1)
    due = rows(DUE, {"brand": brand, "day": yesterday, "tail": TAIL.days})
    if not due:
        return 0, False
    seen: dict[UUID, dict[date, int]] = {}
    for id_, day, views in rows(VIEWS, [brand, [row[0] for row in due]]):
        seen.setdefault(id_, {})[day] = views
    entries: list[Entry] = []
    through: list[tuple[UUID, int, date]] = []
    for *row, charged, last in due:
        advert = advert_of(tuple(row))
        days = list(charges(advert, seen.get(advert.id, {}), charged, last, yesterday))
        entries += [_entry(advert, day, minor) for day, minor in days if minor]
        through.append((advert.id, sum(minor for _, minor in days), days[-1][0]))
    if entries:
        put_entries(entries, brand)
        columns = {"adverts": [e.source_id for e in entries], "days": [e.day for e in entries]}
        execute(CHARGE, {"brand": brand, **columns, "minors": [e.amount_minor for e in entries]})
    ids, minors, ends = (list(column) for column in zip(*through, strict=True))
    execute(THROUGH, {"brand": brand, "adverts": ids, "minors": minors, "days": ends})
    return len(entries), len(due) == 200


def _entry(advert: Advert, day: date, minor: int) -> Entry:
    """A line of the partner's statement: it owes the brand for a day; one a day."""
    return Entry(
        id=uuid7(),
        source_id=advert.id,
        seq=(day - advert.since).days + 1,
        kind=EntryKind.ADVERT,
        company_id=advert.company_id,
        counter_id=None,
        owes=True,
        amount_minor=minor,
        currency=advert.currency,
        points=0,
        basis_minor=0,
        subject_id=advert.id,
        store_id=None,
        contract_id=None,
        day=day,
        at=clock.now(),
        words=advert.title,
    )


FORGET = "DELETE FROM merchants_advertseen WHERE brand_id = %s AND hour < %s"


def forget_views(*, brand: UUID) -> int:
    """Throw away who saw what, once no view of that hour is counted any more; the counts stay."""
    with in_brand(brand, may_fail=True):
        return execute(FORGET, [brand, clock.now() - LATE - timedelta(hours=1)])


def _said(advert: Advert) -> dict[str, object]:
    names = (
        "title",
        "channel",
        "place",
        "text",
        "link",
        "language",
        "since",
        "until",
        "basis",
        "price_minor",
        "currency",
    )
    return {**{name: str(getattr(advert, name)) for name in names}, "cap_minor": advert.cap_minor}


def _note(
    verb: str,
    advert: Advert,
    brand: UUID,
    by: str,
    before: dict[str, object] | None,
    after: dict[str, object],
    reason: str = "",
) -> None:
    about = {"code": advert.code, "company": str(advert.company_id), **after}
    audit.record(
        brand=brand, actor=by, verb=verb, subject=f"advert {advert.id}", before=before, after=about, reason=reason
    )
