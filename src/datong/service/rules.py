"""What is true of cases without a database: built-in reasons, when one is due, who looks after it, what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from datong.kernel.errors import BadValue
from datong.service.types import (
    GUEST,
    MAX_ORDERS,
    MAX_SUBJECT,
    MAX_TEXT,
    MEMBER,
    PARTNER,
    Measure,
    NewCase,
    Phase,
    Reason,
    Team,
)

HOUR, DAY = 60, 24 * 60
BUILT_IN = (
    Reason("question", Phase.BEFORE, 4 * HOUR),
    Reason("late", Phase.DURING, 30),
    Reason("change", Phase.DURING, HOUR),
    Reason("cancel", Phase.DURING, HOUR),
    Reason("wrong_item", Phase.AFTER, 4 * HOUR),
    Reason("missing_item", Phase.AFTER, 4 * HOUR),
    Reason("quality", Phase.AFTER, 8 * HOUR),
    Reason("return", Phase.AFTER, DAY),
    Reason("refund", Phase.AFTER, DAY),
    Reason("complaint", Phase.AFTER, DAY),
    Reason("partner", Phase.DURING, DAY),
    Reason("other", Phase.DURING, DAY),
)
"""What a brand begins with; its own rows of the same code take their place."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LEAST_CASES = 3
"""With fewer cases on either side nothing is compared."""
FAR = 1.5
"""So many times as long, or as much, as at the other channels is far."""
NEAR_MINUTES = 10
"""Differences below that are nobody's experience."""


def number_of(case_id: UUID) -> str:
    """A number that people can say over the telephone; from the random end of the id."""
    rest, signs = case_id.int & ((1 << 40) - 1), ""
    for _ in range(8):
        rest, at = divmod(rest, 32)
        signs += ALPHABET[at]
    return f"S-{signs[:4]}{signs[4:]}"


def all_reasons(own: Iterable[Reason]) -> dict[str, Reason]:
    """The brand's list: the built-in ones, changed or joined by its own."""
    return {each.code: each for each in (*BUILT_IN, *own)}


def due_at(reason: Reason, opened_at: datetime) -> datetime:
    return opened_at + timedelta(minutes=reason.minutes)


def type_of(wanted: NewCase, tier: str) -> str:
    """The type of customer a case is of, by which its team is found."""
    if wanted.company_id is not None:
        return PARTNER
    return (tier or MEMBER) if wanted.customer_id is not None else GUEST


def team_for(kind: str, teams: Sequence[Team]) -> str:
    """The code of the team that has this type of customer, else of the one that has everybody; '' without any."""
    own = next((team.code for team in teams if kind in team.types), "")
    return own or next((team.code for team in teams if not team.types), "")


def check_new(wanted: NewCase, reasons: Mapping[str, Reason]) -> None:
    """Raises BadValue naming what is wrong with a case."""
    reason = reasons.get(wanted.reason)
    if reason is None or not reason.active:
        known = ", ".join(code for code, each in reasons.items() if each.active)
        raise BadValue("/reason", wanted.reason[:60], f"one of the list: {known[:300]}")
    check_text("/subject", wanted.subject, MAX_SUBJECT)
    if len(wanted.text) > MAX_TEXT:
        raise BadValue("/text", wanted.text[:60], f"at most {MAX_TEXT} characters")
    if len(wanted.order_ids) > MAX_ORDERS:
        raise BadValue("/order_ids", len(wanted.order_ids), f"at most {MAX_ORDERS} orders")


def check_text(field: str, text: str, most: int = MAX_TEXT) -> None:
    if not text.strip() or len(text) > most:
        raise BadValue(field, text[:60], f"a few words, at most {most} characters")


def with_differences(measures: Sequence[Measure]) -> list[Measure]:
    """Each with what is far from the other channels' for the same reason.

    Compared with the mean of the others, weighted by their cases; only where both sides have enough to compare.
    """
    by_reason: dict[str, list[Measure]] = {}
    for each in measures:
        by_reason.setdefault(each.reason, []).append(each)
    return [
        replace(each, differs=_far(each, [o for o in by_reason[each.reason] if o is not each])) for each in measures
    ]


def _far(mine: Measure, others: Collection[Measure]) -> tuple[str, ...]:
    found = []
    for name, pick in (("answer", "answer_minutes"), ("closing", "close_minutes")):
        own, theirs = getattr(mine, pick), _mean(others, pick)
        count = mine.answered if name == "answer" else mine.done
        if own is None or theirs is None or count < LEAST_CASES:
            continue
        if abs(own - theirs) > NEAR_MINUTES and max(own, theirs) > FAR * min(own, theirs):
            found.append(name)
    done = sum(other.done for other in others)
    if mine.done >= LEAST_CASES and done >= LEAST_CASES:
        share, rest = mine.solved / mine.done, sum(other.solved for other in others) / done
        if abs(share - rest) > 0.25:
            found.append("outcome")
        same = [other for other in others if other.currency in (mine.currency, "") or not mine.currency]
        theirs_each = sum(other.given_minor for other in same) / max(sum(other.done for other in same), 1)
        own_each = mine.given_minor / mine.done
        if max(own_each, theirs_each) > FAR * min(own_each, theirs_each):
            found.append("compensation")
    return tuple(found)


def _mean(others: Collection[Measure], pick: str) -> float | None:
    weight = "answered" if pick == "answer_minutes" else "done"
    known = [(getattr(o, pick), getattr(o, weight)) for o in others if getattr(o, pick) is not None]
    count = sum(n for _, n in known)
    return sum(minutes * n for minutes, n in known) / count if count >= LEAST_CASES else None
