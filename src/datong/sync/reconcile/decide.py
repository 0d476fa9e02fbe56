"""A person closes a difference: takes the order now, accepts it with a reason, or asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand, list_channels
from datong.integration import api as integration
from datong.integration.types import OPEN_STATES, InboxState
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, Problem
from datong.kernel.money import minor_of
from datong.sync.inward.pull import take_one
from datong.sync.reconcile.make import make_report
from datong.sync.reconcile.queries import difference_of
from datong.sync.reconcile.types import DifferenceKind, DifferenceState, Report, Total

MAX_REASON = 500
MAX_TOTALS = 5_000
TAKEABLE = {DifferenceKind.MISSING_HERE}
INBOX_OF = """
    SELECT inbox_id FROM sync_theirs
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND external_id = %(external)s
"""
DECIDE = """
    UPDATE sync_difference SET state = %(state)s, by = %(by)s, reason = %(reason)s, at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('open', 'asked')
"""
PUT_TOTAL = """
    INSERT INTO sync_total (brand_id, channel_id, day, orders, amount_minor, currency, by, at)
    SELECT %(brand)s, *, %(by)s, %(now)s
      FROM unnest(%(channels)s::uuid[], %(days)s::date[], %(orders)s::int[], %(amounts)s::bigint[],
                  %(currencies)s::text[])
    ON CONFLICT (brand_id, channel_id, day) DO UPDATE
       SET orders = excluded.orders, amount_minor = excluded.amount_minor, currency = excluded.currency,
           by = excluded.by, at = excluded.at
"""


def take_now(brand_id: UUID, difference_id: UUID, *, by: str) -> Report:
    """Ask the channel for the order that is missing here and take it; the day, computed again.

    Raises NotFound, Conflict (it is not missing here, or it cannot be read: the inbox says what to mend), and what the
    channel's client may: Unavailable, NotAllowed.
    """
    channel, day, external_id, kind, _ = difference_of(brand_id, difference_id)
    if kind not in TAKEABLE:
        raise Conflict(
            "only an order that is missing here can be taken", Problem("/kind", "not_missing", "accept it", kind)
        )
    params = {"brand": brand_id, "channel": channel, "external": external_id}
    with in_brand(brand_id):
        entry = next((id_ for (id_,) in rows(INBOX_OF, params)), None)
    state = None
    if entry is not None and integration.inbox_entry(brand_id, entry).state in OPEN_STATES:
        state = integration.replay(brand_id, entry, by).state
    else:
        found = take_one(brand_id, channel, external_id)
        if found is None or not found[1]:
            problem = Problem("/external_id", "unknown_there", "accept the difference with a reason", external_id)
            raise Conflict("the channel does not know this order any more", problem)
        state = integration.inbox_entry(brand_id, found[1][0]).state
    with in_brand(brand_id):
        audit.record(
            brand=brand_id, actor=by, verb="order.take", subject=f"order {external_id}", reason="reconciliation"
        )
        made = make_report(brand_id, channel, day)
    if state not in (InboxState.PLACED, InboxState.REPEAT, InboxState.PENDING):
        fix = "open the entry in the inbox, mend what is marked, replay it"
        raise Conflict("the order is here now, but it cannot be read", Problem("/inbox", "not_taken", fix, str(state)))
    return made


def accept(brand_id: UUID, difference_id: UUID, *, reason: str, by: str) -> None:
    """Let a difference stand, with the reason; it opens again by itself when its amounts change."""
    _decide(brand_id, difference_id, DifferenceState.ACCEPTED, reason, by, "difference.accept")


def ask(brand_id: UUID, difference_id: UUID, *, question: str, by: str) -> None:
    """Note that somebody was asked, and what; the difference stays open."""
    _decide(brand_id, difference_id, DifferenceState.ASKED, question, by, "difference.ask")


def _decide(brand_id: UUID, difference_id: UUID, state: DifferenceState, reason: str, by: str, verb: str) -> None:
    said = reason.strip()
    if not said or len(said) > MAX_REASON or "\x00" in said:
        raise BadValue("reason", said, f"why, in 1 to {MAX_REASON} characters")
    channel, day, external_id, kind, before = difference_of(brand_id, difference_id)
    params = {"brand": brand_id, "id": difference_id, "state": state.value, "by": by[:120], "reason": said}
    with in_brand(brand_id):
        if not execute(DECIDE, {**params, "now": clock.now()}):
            raise Conflict(f"this difference is {before} already")
        audit.record(
            brand=brand_id,
            actor=by,
            verb=verb,
            subject=f"difference {external_id or day}",
            before={"state": before.value},
            after={"state": state.value, "kind": kind.value, "day": day, "channel_id": channel},
            reason=said,
        )


def put_totals(brand_id: UUID, totals: Sequence[Total], *, by: str) -> int:
    """Keep what tills and files declare their days were; a day declared again is replaced. How many."""
    known = {channel.id for channel in list_channels(brand_id)}
    problems = [
        Problem(f"/totals/{n}/channel", "unknown_channel", "a channel of this brand")
        for n, total in enumerate(totals)
        if total.channel_id not in known
    ]
    problems += [
        Problem(f"/totals/{n}/orders", "bad_number", "0 or more", total.orders)
        for n, total in enumerate(totals)
        if not 0 <= total.orders < 2**31
    ]
    if problems:
        raise BadInput("the totals cannot be kept", *problems[:100])
    # The last of a day wins, as it would in two uploads.
    latest = {(total.channel_id, total.day): total for total in totals}
    found = [latest[key] for key in sorted(latest)]
    with in_brand(brand_id):
        columns: dict[str, list[Any]] = {
            "channels": [t.channel_id for t in found],
            "days": [t.day for t in found],
            "orders": [t.orders for t in found],
            "amounts": [t.amount_minor for t in found],
            "currencies": [t.currency for t in found],
        }
        execute(PUT_TOTAL, {"brand": brand_id, "by": by[:120], "now": clock.now(), **columns})
        audit.record(brand=brand_id, actor=by, verb="totals.put", subject=f"totals {len(found)} days")
        for total in found:
            make_report(brand_id, total.channel_id, total.day)
    return len(found)


def read_totals(brand_id: UUID, text: str) -> list[Total]:
    """Totals of a CSV with the columns channel, day, orders, amount. Raises BadInput: every row, column and fix."""
    codes = {channel.code: channel.id for channel in list_channels(brand_id)}
    currency = get_brand(brand_id).currency
    found, problems = [], []
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    lacking = {"channel", "day", "orders", "amount"} - {
        (name or "").strip().lower() for name in reader.fieldnames or ()
    }
    if lacking:
        problem = Problem("/0", "missing_column", f"a first line with channel, day, orders, amount (no {min(lacking)})")
        raise BadInput(f"the file has no column {min(lacking)}", problem)
    for number, raw in enumerate(reader, 2):
        row = {
            (key or "").strip().lower(): (value or "").strip() for key, value in raw.items() if isinstance(value, str)
        }
        try:
            if number > MAX_TOTALS:
                raise BadValue("channel", number, f"at most {MAX_TOTALS} rows a file")
            if row["channel"] not in codes:
                raise BadValue("channel", row["channel"], f"one of {', '.join(sorted(codes))}")
            if not row["orders"].isdecimal():
                raise BadValue("orders", row["orders"], "a whole number such as 214")
            amount = minor_of(row["amount"].replace(",", ""), currency, field="amount")
            found.append(Total(codes[row["channel"]], _day(row["day"]), int(row["orders"]), amount, currency))
        except BadValue as error:
            problems += [Problem(f"/{number}/{p.field.strip('/')}", p.code, p.fix, p.value) for p in error.problems]
    if problems:
        first = problems[0]
        raise BadInput(f"row {first.field.strip('/').replace('/', ', ')}: {first.fix}", *problems[:100])
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("day", text, "a day such as 2026-11-22") from None
