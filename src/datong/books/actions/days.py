"""A store's business day 日结: count the cash, close with difference and deposit, match providers, lock; reopen.

Each step locks the day's row and looks at what is so now; the same step again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec

from datong.access.api import ask
from datong.access.types import Approval, Asker
from datong.books import rules
from datong.books.queries import day_of, expected_cash, provider_figures
from datong.books.queries.days import cash_codes
from datong.books.types import KIND_OF_DAY, Day, DayState
from datong.brand.api import get_brand
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.ledger.api import lock_day as shut
from datong.ledger.api import post, report, rulebook, unlock_day
from datong.ledger.types import Account, Asked, Transfer

COUNT = """
    INSERT INTO books_day (brand_id, store_id, day, state, currency, expected_minor, counted_minor, deposit_minor,
                           pieces, note, counted_by, counted_at, closed_by, locked_by)
    VALUES (%(brand)s, %(store)s, %(day)s, 'counted', %(currency)s, %(expected)s, %(counted)s, 0, %(pieces)s::jsonb,
            %(note)s, %(by)s, %(now)s, '', '')
    ON CONFLICT (brand_id, store_id, day) DO UPDATE
       SET state = 'counted', expected_minor = excluded.expected_minor, counted_minor = excluded.counted_minor,
           pieces = excluded.pieces, note = excluded.note, counted_by = excluded.counted_by,
           counted_at = excluded.counted_at, deposit_minor = 0, closed_by = '', closed_at = NULL
"""


def count_cash(brand: UUID, store_id: UUID, day: date, pieces: Mapping[int, int], *, by: str, note: str = "") -> Day:
    """Count the store's cash, face value in minor units -> pieces; again as long as the day is not closed.

    What is expected is read at that moment. Raises BadInput naming the face value, BadValue for a day to come, Conflict
    for a day that is closed.
    """
    currency = get_brand(brand).currency
    counted = rules.counted_minor(currency, pieces)
    if day > rulebook(brand).business_date(clock.now(), store_id):
        raise BadValue("day", day.isoformat(), "today or a day before")
    with in_brand(brand):
        _take(brand, store_id, day)
        now = day_of(brand, store_id, day)
        if now.state in (DayState.CLOSED, DayState.LOCKED):
            raise Conflict(f"this day was closed by {now.closed_by}; two people open it again")
        expected = expected_cash(brand, store_id, day)
        kept = {str(face): count for face, count in sorted(pieces.items(), reverse=True) if count}
        key = {"brand": brand, "store": store_id, "day": day, "currency": currency, "by": by[:120]}
        given = {"expected": expected, "counted": counted, "pieces": msgspec.json.encode(kept).decode()}
        execute(COUNT, {**key, **given, "note": note.strip()[:300], "now": clock.now()})
        _note(brand, store_id, day, "day.count", by, counted_minor=counted, expected_minor=expected)
        return day_of(brand, store_id, day)


CLOSE = """
    UPDATE books_day SET state = 'closed', deposit_minor = %(deposit)s, closed_by = %(by)s, closed_at = %(now)s
     WHERE brand_id = %(brand)s AND store_id = %(store)s AND day = %(day)s
"""


def close_day(brand: UUID, store_id: UUID, day: date, *, deposit_minor: int, by: str) -> Day:
    """Post the difference and what goes to the bank by the brand's rules, and shut the day for the store.

    Raises Conflict for a day that was not counted, or whose books have moved since: count again. Safe to repeat.
    """
    with in_brand(brand):
        _take(brand, store_id, day)
        now = day_of(brand, store_id, day)
        if now.state in (DayState.CLOSED, DayState.LOCKED) and now.deposit_minor == deposit_minor:
            return now
        if now.state is not DayState.COUNTED:
            raise Conflict("count the cash first" if now.state is DayState.OPEN else f"closed by {now.closed_by}")
        if not 0 <= deposit_minor <= now.counted_minor:
            raise BadValue("deposit", deposit_minor, f"0 to {now.counted_minor}: what was counted")
        if expected_cash(brand, store_id, day) != now.expected_minor:
            raise Conflict("something was sold or given back since the cash was counted: count again")
        post(_postings(brand, now, deposit_minor), brand=brand)
        key = {"brand": brand, "store": store_id, "day": day}
        execute(CLOSE, {**key, "deposit": deposit_minor, "by": by[:120], "now": clock.now()})
        shut(brand, store_id, day, by=by)
        facts = {"difference_minor": now.difference_minor, "deposit_minor": deposit_minor}
        _note(brand, store_id, day, "day.close", by, **facts)
        return day_of(brand, store_id, day)


def _postings(brand: UUID, day: Day, deposit_minor: int) -> list[Transfer]:
    """The difference, then the deposit, at the counter's account where most of the store's money stands."""
    book = rulebook(brand)
    asked = Asked(until=day.day, where={"store": str(day.store_id)}, codes=cash_codes(brand, day.day))
    stands = {row.account: row.closing_minor for row in report(brand, asked).rows
              if row.account.currency == day.currency}  # fmt: skip
    cash = max(stands, key=lambda a: stands[a], default=None)
    code = cash.code if cash else book.account("received.counter", day.day, channel="counter")
    given = {"cash": code, "bank": book.account("bank", day.day)}
    events = (
        ("cash.over", max(day.difference_minor, 0)),
        ("cash.short", max(-day.difference_minor, 0)),
        ("cash.deposit", deposit_minor),
    )
    return [
        Transfer(
            id=uuid7(),
            debit=Account(book.legs(event, day.day, **given)[0], day.currency),
            credit=Account(book.legs(event, day.day, **given)[1], day.currency),
            amount_minor=amount,
            kind=event.replace(".", "_"),
            subject_id=day.store_id,
            business_date=day.day,
            dimensions={"store": str(day.store_id)},
        )
        for event, amount in events
        if amount
    ]


MATCH = """
    INSERT INTO books_match (brand_id, id, day, account, ours_minor, theirs_minor, reason, by, at)
    VALUES (%(brand)s, %(id)s, %(day)s, %(account)s, %(ours)s, %(theirs)s, %(reason)s, %(by)s, %(now)s)
"""


def match_provider(brand: UUID, day: date, account: str, theirs_minor: int, *, by: str, reason: str = "") -> None:
    """Lay a provider's own figure of a day beside ours (T+1). A difference needs a reason; the newest figure counts.

    Raises BadValue for an account without entries that day or a difference without a reason, Conflict for a day that
    is not over.
    """
    with in_brand(brand):
        if day >= rulebook(brand).days.today_of_all(clock.now())[0]:
            raise Conflict("a provider's day is matched from the day after it on")
        ours = {m.account: m for m in provider_figures(brand, day)}
        if account not in ours:
            raise BadValue("account", account, "a provider or platform with entries on this day")
        if ours[account].ours_minor != theirs_minor and not reason.strip():
            raise BadValue("reason", reason, "why their figure is another")
        if (ours[account].theirs_minor, ours[account].reason) == (theirs_minor, reason.strip()[:300]):
            return
        key = {"brand": brand, "id": uuid7(), "day": day, "account": account, "by": by[:120], "now": clock.now()}
        given = {"ours": ours[account].ours_minor, "theirs": theirs_minor, "reason": reason.strip()[:300]}
        execute(MATCH, {**key, **given})
        audit.record(
            brand=brand,
            actor=by,
            verb="provider.match",
            subject=f"{account} {day.isoformat()}",
            after={"ours_minor": given["ours"], "theirs_minor": theirs_minor},
            reason=reason,
        )


LOCK = """
    UPDATE books_day SET state = 'locked', locked_by = %(by)s, locked_at = %(now)s
     WHERE brand_id = %(brand)s AND store_id = %(store)s AND day = %(day)s
"""


def lock_day(brand: UUID, store_id: UUID, day: date, *, by: str) -> Day:
    """Lock a closed day once every provider the store had entries with was matched; Conflict naming who is not."""
    with in_brand(brand):
        _take(brand, store_id, day)
        now = day_of(brand, store_id, day)
        if now.state is DayState.LOCKED:
            return now
        if now.state is not DayState.CLOSED:
            raise Conflict("close the day first")
        missing = [m.account for m in provider_figures(brand, day, store_id=store_id) if m.theirs_minor is None]
        if missing:
            raise Conflict("not matched yet: " + ", ".join(missing))
        execute(LOCK, {"brand": brand, "store": store_id, "day": day, "by": by[:120], "now": clock.now()})
        _note(brand, store_id, day, "day.lock", by)
        return day_of(brand, store_id, day)


def ask_reopen(brand: UUID, store_id: UUID, day: date, *, by: Asker, reason: str) -> Approval:
    """Ask to open a closed or locked day again; another person decides, whoever asks."""
    if not reason.strip():
        raise BadValue("reason", reason, "a few words on why")
    with in_brand(brand):
        now = day_of(brand, store_id, day)
        if now.state not in (DayState.CLOSED, DayState.LOCKED):
            raise Conflict("this day is open")
        facts = {"day": day.isoformat(), "state": now.state.value}
        return ask(
            KIND_OF_DAY, brand=brand, by=by, subject=f"store day {day.isoformat()}", facts=facts, store_id=store_id,
            reason=reason,
        )  # fmt: skip


OPEN = "UPDATE books_day SET state = 'open' WHERE brand_id = %(brand)s AND store_id = %(store)s AND day >= %(day)s"


def apply_reopen(approval: Approval) -> None:
    """Open the day again, and those after it: what was posted stays, the next count begins from it."""
    brand, store, day = current_brand(), approval.store_id, date.fromisoformat(str(approval.facts["day"]))
    assert store is not None
    with in_brand(brand):
        _take(brand, store, day)
        unlock_day(brand, store, day - timedelta(days=1), by=approval.decided_by)
        execute(OPEN, {"brand": brand, "store": store, "day": day})
        _note(brand, store, day, "day.open", approval.decided_by)


def _take(brand: UUID, store_id: UUID, day: date) -> None:
    """One step of a store's days at a time."""
    locks.take(f"books day {brand} {store_id}")


def _note(brand: UUID, store_id: UUID, day: date, verb: str, by: str, **facts: int) -> None:
    subject = f"store day {store_id} {day.isoformat()}"
    audit.record(brand=brand, actor=by, verb=verb, subject=subject, after=facts, store_id=store_id)
