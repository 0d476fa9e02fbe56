"""Writes of risk: verdicts, which stay, and the rules a brand sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.risk import rules
from datong.risk.events import OrderFlagged, RulesChanged
from datong.risk.queries import list_entries, list_limits
from datong.risk.types import Decision, Facts, Limit, ListEntry, ListKind, Seen, Verdict


def assess(facts: Sequence[Facts], *, brand: UUID) -> list[Verdict]:
    """A verdict for each order, in order, each written down with the rules that fired.

    At most five statements whatever the number: limits, list entries, what was seen in the windows (only when there
    is such a limit), the verdicts, the outbox (only when something was flagged). Two batches at the same moment do
    not see each other's orders; a window is a brake, not a lock.
    """
    if not facts:
        return []
    now = clock.now()
    with in_brand(brand):
        limits = list_limits(brand, active_only=True)
        values = sorted({value for each in facts for value in rules.values_of(each)})
        entries = list_entries(brand, values) if values else []
        history = _history(facts, limits, now, brand)
        verdicts = rules.judge(facts, limits, entries, history, brand)
        _write(facts, verdicts, now, brand)
        outbox.emit(
            *(
                OrderFlagged(verdict.subject_id, verdict.decision.value, verdict.rules)
                for verdict in verdicts
                if verdict.decision is not Decision.APPROVE
            )
        )
    return verdicts


SEEN = """
    SELECT k.key, w.window_s, s.currency, count(*), sum(s.amount_minor)::bigint
      FROM unnest(%(keys)s::uuid[]) k(key)
     CROSS JOIN unnest(%(windows)s::int[], %(starts)s::timestamptz[]) w(window_s, start)
      JOIN risk_seen s ON s.brand_id = %(brand)s AND s.key = k.key AND s.at > w.start
     GROUP BY 1, 2, 3
"""


def _history(facts: Sequence[Facts], limits: Sequence[Limit], now: datetime, brand: UUID) -> rules.History:
    """What the batch's customers and contacts did before, window by window."""
    windows = sorted({limit.window_s for limit in limits if limit.kind in rules.WINDOWED})
    keys = sorted({key for each in facts for key in rules.keys_of(each, brand)})
    history: dict[tuple[UUID, int, str], Seen] = {}
    if not windows or not keys:
        return history
    starts = [now - timedelta(seconds=window_s) for window_s in windows]
    params = {"brand": brand, "keys": keys, "windows": windows, "starts": starts}
    for key, window_s, currency, orders, amount in rows(SEEN, params):
        history[key, window_s, currency] = Seen(orders, amount)
        of_all = history.get((key, window_s, ""), Seen())
        history[key, window_s, ""] = Seen(of_all.orders + orders, of_all.amount_minor)
    return history


WRITE = """
    WITH written AS (
        INSERT INTO risk_verdict (brand_id, id, subject_id, channel_id, customer_id, amount_minor, currency, units,
                                  lines, happened, decision, rules, shadow, at)
        SELECT %(brand)s, v.id, v.subject_id, v.channel_id, v.customer_id, v.amount_minor, v.currency, v.units,
               v.lines, v.happened, v.decision, v.rules, v.shadow, %(now)s
          FROM jsonb_populate_recordset(NULL::risk_verdict, %(verdicts)s::jsonb) v
    )
    INSERT INTO risk_seen (brand_id, verdict_id, key, at, amount_minor, currency)
    SELECT %(brand)s, s.verdict_id, s.key, %(now)s, s.amount_minor, s.currency
      FROM unnest(%(ids)s::uuid[], %(keys)s::uuid[], %(amounts)s::bigint[], %(currencies)s::text[])
           s(verdict_id, key, amount_minor, currency)
"""


def _write(facts: Sequence[Facts], verdicts: Sequence[Verdict], now: datetime, brand: UUID) -> None:
    """Verdicts and what the windows count, in one statement; rows are only added, so no batch waits for another."""
    log: list[dict[str, object]] = []
    seen: list[tuple[UUID, UUID, int, str]] = []
    for each, verdict in zip(facts, verdicts, strict=True):
        verdict_id = uuid7()
        log.append(
            {
                "id": verdict_id,
                "subject_id": each.subject_id,
                "channel_id": each.channel_id,
                "customer_id": each.customer_id,
                "amount_minor": each.amount_minor,
                "currency": each.currency,
                "units": each.units,
                "lines": each.lines,
                "happened": each.happened,
                "decision": verdict.decision,
                "rules": verdict.rules,
                "shadow": verdict.shadow,
            }
        )
        seen += [(verdict_id, key, each.amount_minor, each.currency) for key in rules.keys_of(each, brand)]
    ids, keys, amounts, currencies = (list(column) for column in zip(*seen, strict=True)) if seen else ([], [], [], [])
    execute(
        WRITE,
        {
            "brand": brand,
            "now": now,
            "verdicts": msgspec.json.encode(log).decode(),
            "ids": ids,
            "keys": keys,
            "amounts": amounts,
            "currencies": currencies,
        },
    )


PUT_LIMITS = """
    INSERT INTO risk_limit (brand_id, id, code, kind, at_most, decision, currency, window_s, channels, shadow, active,
                            changed_at, changed_by, reason)
    SELECT %(brand)s, n.id, n.code, n.kind, n.at_most, n.decision, n.currency, n.window_s, n.channels, n.shadow,
           n.active, %(now)s, %(by)s, %(reason)s
      FROM jsonb_populate_recordset(NULL::risk_limit, %(limits)s::jsonb) n ORDER BY n.code
    ON CONFLICT (brand_id, code) DO UPDATE
       SET kind = excluded.kind, at_most = excluded.at_most, decision = excluded.decision,
           currency = excluded.currency, window_s = excluded.window_s, channels = excluded.channels,
           shadow = excluded.shadow, active = excluded.active, changed_at = excluded.changed_at,
           changed_by = excluded.changed_by, reason = excluded.reason
"""


def put_limits(brand_id: UUID, limits: Sequence[Limit], *, by: str, reason: str) -> int:
    """Add limits or replace those of the same code; they hold from the next order on. Who and why is kept.

    A limit that is to be tried first is put with `shadow`. Raises BadInput.
    """
    rules.check_limits(limits)
    _named(by, reason)
    if len({limit.code for limit in limits}) < len(limits):
        raise BadValue("limits", ", ".join(limit.code for limit in limits), "one limit a code")
    data = [{"id": uuid7(), **msgspec.to_builtins(limit)} for limit in limits]
    params = {"limits": msgspec.json.encode(data).decode(), "now": clock.now(), "by": by, "reason": reason}
    with in_brand(brand_id):
        execute(PUT_LIMITS, {"brand": brand_id, **params})
        outbox.emit(RulesChanged(brand_id, "limits", tuple(limit.code for limit in limits), by, reason))
        facts = {limit.code: msgspec.to_builtins(limit) for limit in limits}
        audit.record(
            brand=brand_id, actor=by, verb="risk.put_limits", subject="risk limits", after=facts, reason=reason
        )
    return len(limits)


PUT_ENTRIES = """
    INSERT INTO risk_entry (brand_id, value, list, reason, by, shadow, at)
    SELECT %(brand)s, e.value, e.list, e.reason, e.by, e.shadow, %(now)s
      FROM unnest(%(values)s::text[], %(lists)s::text[], %(reasons)s::text[], %(bys)s::text[], %(shadows)s::bool[])
           e(value, list, reason, by, shadow)
     ORDER BY e.value, e.list
    ON CONFLICT (brand_id, value, list) DO UPDATE
       SET reason = excluded.reason, by = excluded.by, shadow = excluded.shadow, at = excluded.at
"""


def put_entries(brand_id: UUID, entries: Sequence[ListEntry]) -> int:
    """Put customers or contacts on lists; each entry says who put it there and why. Raises BadInput."""
    rules.check_entries(entries)
    unique = {(entry.value.strip().lower(), entry.list): entry for entry in entries}
    params = {
        "brand": brand_id,
        "now": clock.now(),
        "values": [value for value, _ in unique],
        "lists": [kind.value for _, kind in unique],
        "reasons": [entry.reason for entry in unique.values()],
        "bys": [entry.by[:120] for entry in unique.values()],
        "shadows": [entry.shadow for entry in unique.values()],
    }
    with in_brand(brand_id):
        execute(PUT_ENTRIES, params)
        changes = sorted({(entry.by, entry.reason, entry.list.value) for entry in unique.values()})
        outbox.emit(*(RulesChanged(brand_id, "entries", (code,), by, reason) for by, reason, code in changes))
        for by, reason, code in changes:
            # The value is a customer's contact: who was listed stands in the list, not in the trail.
            facts = {"entries": sum((e.by, e.reason, e.list.value) == (by, reason, code) for e in unique.values())}
            subject = f"risk list {code}"
            audit.record(brand=brand_id, actor=by, verb="risk.list", subject=subject, after=facts, reason=reason)
    return len(unique)


REMOVE = "DELETE FROM risk_entry WHERE brand_id = %(brand)s AND value = %(value)s AND list = %(list)s"


def remove_entry(brand_id: UUID, kind: ListKind, value: str, *, by: str, reason: str) -> None:
    """Take a customer or contact off a list; NotFound when they are not on it."""
    _named(by, reason)
    with in_brand(brand_id):
        if not execute(REMOVE, {"brand": brand_id, "value": value.strip().lower(), "list": kind.value}):
            raise NotFound(f"not on the {kind.value} list")
        outbox.emit(RulesChanged(brand_id, "entries", (kind.value,), by, reason))
        subject = f"risk list {kind.value}"
        audit.record(brand=brand_id, actor=by, verb="risk.unlist", subject=subject, reason=reason)


def _named(by: str, reason: str) -> None:
    if not by.strip():
        raise BadValue("by", by, "who changes the rule")
    if not reason.strip() or len(reason) > rules.MAX_REASON:
        raise BadValue("reason", reason, f"why, in 1 to {rules.MAX_REASON} characters")
