"""Facts in, verdict out. A fact of the world is never blocked; a shadow rule is written down and decides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from datong.kernel.errors import BadInput, DatongError, Problem
from datong.kernel.money import exponent
from datong.risk.types import Decision, Facts, Limit, LimitKind, ListEntry, ListKind, Seen, Verdict

MAX_WINDOW_S = 31 * 86_400
MAX_REASON = 300
MAX_VALUE = 200
MAX_LIMIT = 10**15

WINDOWED = frozenset({LimitKind.ORDERS_IN_WINDOW, LimitKind.AMOUNT_IN_WINDOW})
_AMOUNTS = frozenset({LimitKind.ORDER_AMOUNT, LimitKind.AMOUNT_IN_WINDOW})
_SEVERITY = {Decision.APPROVE: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}
_OF_LIST = {ListKind.BLOCK: Decision.BLOCK, ListKind.REVIEW: Decision.REVIEW, ListKind.ALLOW: Decision.APPROVE}
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")

T = TypeVar("T")
Found = Iterator[tuple[str, str, object]]
"""(field, what it should be, what it was)"""

History = Mapping[tuple[UUID, int, str], Seen]
"""(key, window in seconds, currency) -> what was seen in it before; currency '' counts orders of all of them."""


def keys_of(facts: Facts, brand: UUID) -> tuple[UUID, ...]:
    """What the speed of orders is counted by: the customer and each contact, hashed, so that the log names nobody."""
    values = [*facts.contacts] + ([f"customer:{facts.customer_id}"] if facts.customer_id else [])
    return tuple(sorted({key_of(value, brand) for value in values if value}))


def key_of(value: str, brand: UUID) -> UUID:
    return UUID(bytes=sha256(f"{brand}:{value.strip().lower()}".encode(errors="surrogatepass")).digest()[:16])


def values_of(facts: Facts) -> frozenset[str]:
    """What the lists are searched for."""
    shown = {contact.strip().lower() for contact in facts.contacts if contact.strip() and contact.isprintable()}
    return frozenset(shown | {str(one) for one in (facts.customer_id, facts.record_id) if one})


def judge(
    batch: Sequence[Facts], limits: Sequence[Limit], entries: Iterable[ListEntry], history: History, brand: UUID
) -> list[Verdict]:
    """A verdict for each, in order; orders of the batch count towards the windows of those after them.

    The strictest rule that fires decides. An entry on the allow list sets aside limits and the review list, never the
    block list. What `happened` is at most marked for review. Attempts count, whatever became of them.
    """
    by_value: dict[str, list[ListEntry]] = {}
    for entry in entries:
        by_value.setdefault(entry.value.strip().lower(), []).append(entry)
    here: dict[tuple[UUID, str], Seen] = {}
    verdicts = []
    for facts in batch:
        keys = keys_of(facts, brand)
        for key in keys:
            for currency in ("", facts.currency):
                seen = here.get((key, currency), Seen())
                here[key, currency] = Seen(seen.orders + 1, seen.amount_minor + facts.amount_minor)
        hits = [entry for value in sorted(values_of(facts)) for entry in by_value.get(value, ())]
        fired = [limit for limit in limits if _fires(limit, facts, keys, history, here)]
        verdicts.append(_verdict(facts, hits, fired))
    return verdicts


def _fires(
    limit: Limit,
    facts: Facts,
    keys: Sequence[UUID],
    history: History,
    here: Mapping[tuple[UUID, str], Seen],
) -> bool:
    if not limit.active or (limit.channels and facts.channel_id not in limit.channels):
        return False
    if limit.kind in _AMOUNTS and limit.currency != facts.currency:
        return False
    match limit.kind:
        case LimitKind.ORDER_AMOUNT:
            return facts.amount_minor > limit.at_most
        case LimitKind.ORDER_UNITS:
            return facts.units > limit.at_most
        case LimitKind.ORDERS_IN_WINDOW:
            before = (history.get((key, limit.window_s, ""), Seen()).orders + here[key, ""].orders for key in keys)
        case LimitKind.AMOUNT_IN_WINDOW:
            money = limit.currency
            before = (
                history.get((key, limit.window_s, money), Seen()).amount_minor + here[key, money].amount_minor
                for key in keys
            )
    return any(count > limit.at_most for count in before)


def _verdict(facts: Facts, hits: Sequence[ListEntry], fired: Sequence[Limit]) -> Verdict:
    """The strictest live rule first; codes of list entries are 'list.block' and so on, never the person's data."""
    live = [(_OF_LIST[hit.list], f"list.{hit.list.value}") for hit in hits if not hit.shadow]
    allowed = any(decision is Decision.APPROVE for decision, _ in live)
    found = [(limit.decision, limit.code) for limit in fired if not limit.shadow] + live
    if allowed:
        found = [(d, code) for d, code in found if code in ("list.block", "list.allow")]
    found.sort(key=lambda rule: (-_SEVERITY[rule[0]], rule[1]))
    decision = found[0][0] if found else Decision.APPROVE
    if facts.happened and decision is Decision.BLOCK:
        decision = Decision.REVIEW
    shadow = {limit.code for limit in fired if limit.shadow} | {f"list.{hit.list.value}" for hit in hits if hit.shadow}
    return Verdict(facts.subject_id, decision, tuple(dict.fromkeys(code for _, code in found)), tuple(sorted(shadow)))


def check_limits(limits: Sequence[Limit]) -> None:
    """Codes, windows and currencies; raises BadInput."""
    _check("limits", limits, _limit_faults)


def check_entries(entries: Sequence[ListEntry]) -> None:
    """A value, a reason and a name behind every entry; raises BadInput."""
    _check("entries", entries, _entry_faults)


def _limit_faults(limit: Limit) -> Found:
    if not _CODE.fullmatch(limit.code) or limit.code.startswith("list."):
        yield "code", "1 to 60 lower-case letters, digits and _ . -, not starting with 'list.'", limit.code
    if type(limit.at_most) is not int or not 0 <= limit.at_most <= MAX_LIMIT:
        yield "at_most", f"a whole number from 0 to {MAX_LIMIT}", limit.at_most
    if limit.decision is Decision.APPROVE:
        yield "decision", "review or block", limit.decision
    if limit.kind in WINDOWED and not 0 < limit.window_s <= MAX_WINDOW_S:
        yield "window_s", f"1 to {MAX_WINDOW_S} seconds", limit.window_s
    if limit.kind not in WINDOWED and limit.window_s:
        yield "window_s", "0: this kind looks at one order", limit.window_s
    if limit.kind in _AMOUNTS:
        try:
            exponent(limit.currency)
        except DatongError:
            yield "currency", "an ISO 4217 code: an amount is limited in one currency", limit.currency


def _entry_faults(entry: ListEntry) -> Found:
    if not entry.value.strip() or len(entry.value) > MAX_VALUE or not entry.value.isprintable():
        yield "value", f"a customer id, phone or e-mail of 1 to {MAX_VALUE} characters", entry.value
    if not entry.reason.strip() or len(entry.reason) > MAX_REASON or not entry.reason.isprintable():
        yield "reason", f"why, in 1 to {MAX_REASON} characters", entry.reason
    if not entry.by.strip():
        yield "by", "who put it there", entry.by


def _check(where: str, values: Sequence[T], look: Callable[[T], Found]) -> None:
    problems = [
        Problem(f"{where}/{i}/{field}", "bad_value", fix, str(found)[:MAX_VALUE])
        for i, value in enumerate(values)
        for field, fix, found in look(value)
    ]
    if problems:
        raise BadInput(f"{len(problems)} values of {where} cannot be used", *problems[:100])
