"""What a channel answered, written where the message stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.outbox import emit
from datong.sync import rules
from datong.sync.actions.claim import Claim
from datong.sync.events import PushRefused
from datong.sync.types import Kind, Message, Outcome, Result, Throttle

TRIES = 3

MINE = """
    SELECT lane FROM sync_lane
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s ORDER BY lane FOR UPDATE
"""
RELEASE = """
    UPDATE sync_lane SET leased_until = NULL, token = NULL
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
DONE = """
    UPDATE sync_outward o
       SET sent_version = greatest(o.sent_version, d.version),
           state = CASE WHEN o.version > d.version OR o.again THEN 'waiting' ELSE 'sent' END,
           version = o.version + CASE WHEN o.again THEN 1 ELSE 0 END,
           due_at = CASE WHEN o.again AND o.version = d.version THEN %(echo)s WHEN o.version > d.version THEN %(now)s
                         ELSE NULL END,
           again = false, shown = coalesce(d.figure, o.shown), attempts = 0, code = '', why = '', fix = '',
           acked_at = %(now)s, tried_at = %(now)s,
           lag_ms = CASE WHEN d.quiet THEN o.lag_ms ELSE extract(epoch FROM %(now)s - d.event_at) * 1000 END,
           event_at = CASE WHEN o.version > d.version THEN %(claimed)s WHEN o.again THEN %(echo)s ELSE o.event_at END
      FROM unnest(%(ids)s::uuid[], %(versions)s::bigint[], %(figures)s::bigint[], %(events)s::timestamptz[],
                  %(quiets)s::boolean[]) d(id, version, figure, event_at, quiet)
     WHERE o.brand_id = %(brand)s AND o.id = d.id
"""
LATER = """
    UPDATE sync_outward o
       SET attempts = CASE WHEN d.counts THEN o.attempts + 1 ELSE o.attempts END, tried_at = %(now)s,
           state = CASE WHEN d.dead AND o.version = d.version THEN 'failed' ELSE 'waiting' END,
           due_at = d.due, again = o.again OR d.unclear, code = d.code, why = d.why, fix = d.fix,
           shown = CASE WHEN d.unclear OR d.code = 'stale' THEN NULL ELSE o.shown END
      FROM unnest(%(ids)s::uuid[], %(versions)s::bigint[], %(dues)s::timestamptz[], %(counts)s::boolean[],
                  %(deads)s::boolean[], %(unclears)s::boolean[], %(codes)s::text[], %(whys)s::text[], %(fixes)s::text[])
           d(id, version, due, counts, dead, unclear, code, why, fix)
     WHERE o.brand_id = %(brand)s AND o.id = d.id
"""
LOST = """
    UPDATE sync_outward SET state = 'waiting', again = true, due_at = %(now)s, version = version + 1, shown = NULL
     WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) AND kind IN ('stock', 'price', 'text')
"""


@dataclass(frozen=True, slots=True)
class _Late:
    due: Any
    counts: bool
    dead: bool


def record(
    claimed: Claim, results: Sequence[Result], sent: Mapping[UUID, Message], throttle: Throttle | None, *, dice: float
) -> None:
    """Write the results and give the lanes back, in one transaction.

    A lane whose lease ran out while we were calling may have been served by another worker, and our figure may have
    arrived after its newer one: such a figure is said once more.
    """
    key: dict[str, Any] = {
        "brand": claimed.brand_id,
        "channel": claimed.channel_id,
        "token": claimed.token,
        "now": clock.now(),
    }
    for _ in range(TRIES - 1):
        try:
            return _record(claimed, results, sent, throttle, key, dice)
        except OperationalError:  # a deadlock, a connection that broke: the answers are still true
            continue
    return _record(claimed, results, sent, throttle, key, dice)


ROWS = """
    SELECT id FROM sync_outward WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
     ORDER BY kind DESC, subject, place FOR UPDATE
"""


def _record(
    claimed: Claim,
    results: Sequence[Result],
    sent: Mapping[UUID, Message],
    throttle: Throttle | None,
    key: dict[str, Any],
    dice: float,
) -> None:
    with in_brand(claimed.brand_id):
        rows(ROWS, {"brand": claimed.brand_id, "ids": [r.id for r in results]})  # as those who mark take them
        mine = {lane for (lane,) in rows(MINE, key)}
        kept = [r for r in results if claimed.due[r.id].lane in mine]
        lost = [r.id for r in results if claimed.due[r.id].lane not in mine and r.id in sent]
        if lost:
            execute(LOST, {"brand": claimed.brand_id, "now": key["now"], "ids": sorted(lost)})
        kept.sort(key=lambda r: str(r.id))
        _write_done(claimed, [r for r in kept if r.outcome is Outcome.DONE], sent, key)
        _write_late(claimed, [r for r in kept if r.outcome is not Outcome.DONE], key, dice)
        _write_link(claimed, results, sent, throttle, key)
        execute(RELEASE, key)


def _write_done(claimed: Claim, results: Sequence[Result], sent: Mapping[UUID, Message], key: dict[str, Any]) -> None:
    if not results:
        return
    due = [claimed.due[r.id] for r in results]
    execute(
        DONE,
        {
            "brand": key["brand"],
            "now": key["now"],
            "echo": key["now"] + timedelta(seconds=rules.ECHO_S),
            "claimed": claimed.at,
            "ids": [r.id for r in results],
            "versions": [d.version for d in due],
            "figures": [_figure(sent.get(r.id)) for r in results],
            "events": [d.event_at for d in due],
            "quiets": [r.id not in sent for r in results],
        },
    )


def _figure(message: Message | None) -> int | None:
    if message is None or message.kind not in (Kind.STOCK, Kind.PRICE):
        return None
    return message.units if message.kind is Kind.STOCK else message.amount_minor


def _write_late(claimed: Claim, results: Sequence[Result], key: dict[str, Any], dice: float) -> None:
    if not results:
        return
    plans = [_plan(claimed, result, key["now"], dice) for result in results]
    execute(
        LATER,
        {
            "brand": key["brand"],
            "now": key["now"],
            "ids": [r.id for r in results],
            "versions": [claimed.due[r.id].version for r in results],
            "dues": [p.due for p in plans],
            "counts": [p.counts for p in plans],
            "deads": [p.dead for p in plans],
            "unclears": [r.unclear for r in results],
            "codes": [r.code for r in results],
            "whys": [r.why for r in results],
            "fixes": [r.fix for r in results],
        },
    )
    emit(
        *(
            PushRefused(
                claimed.channel_id, r.id, claimed.due[r.id].kind.value, claimed.due[r.id].subject, r.code, r.why
            )
            for r, plan in zip(results, plans, strict=True)
            if plan.dead
        )
    )


def _plan(claimed: Claim, result: Result, now: Any, dice: float) -> _Late:
    attempts = claimed.due[result.id].attempts + 1
    counts = result.code not in rules.OURS_TO_REPEAT
    wait = rules.wait_s(attempts - 1, result, (dice + result.id.int % 1000 / 1000) % 1)
    return _Late(now + timedelta(seconds=wait), counts, rules.is_dead(attempts, result))


HEARD = """
    UPDATE sync_link
       SET failures = CASE WHEN %(silent)s THEN failures + 1 ELSE 0 END,
           until = CASE WHEN %(wait)s > 0 THEN %(now)s + make_interval(secs => %(wait)s) ELSE NULL END,
           heard_at = CASE WHEN %(silent)s THEN heard_at ELSE %(now)s END,
           error = CASE WHEN %(error)s <> '' THEN %(error)s ELSE error END,
           error_at = CASE WHEN %(error)s <> '' THEN %(now)s ELSE error_at END,
           tokens = least(tokens, coalesce(%(left)s::float8, tokens)), per_s = coalesce(%(per_s)s::float8, per_s),
           most = coalesce(%(most)s::float8, most)
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s
"""


def _write_link(
    claimed: Claim,
    results: Sequence[Result],
    sent: Mapping[UUID, Message],
    throttle: Throttle | None,
    key: dict[str, Any],
) -> None:
    """How the channel is doing: the circuit, its own words about its limit, its last error."""
    called = [r for r in results if r.id in sent]
    if not called:
        return
    last = [called[-1]]
    quiet = rules.silent(last) and last[0].code != "throttled"
    throttled = max((r.retry_after_s for r in called if r.code == "throttled"), default=0.0)
    wrong = next((r for r in called if r.outcome is not Outcome.DONE and r.code not in rules.OURS_TO_REPEAT), None)
    execute(
        HEARD,
        {
            "brand": key["brand"],
            "channel": key["channel"],
            "now": key["now"],
            "silent": quiet,
            "wait": max(throttled, rules.rest_s(claimed.link.failures + 1) if quiet else 0.0),
            "error": f"{wrong.code}: {wrong.why}"[:500] if wrong else "",
            "left": throttle.left if throttle else None,
            "per_s": throttle.per_s if throttle else None,
            "most": throttle.most if throttle else None,
        },
    )
