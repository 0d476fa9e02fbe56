"""What each business event posts by default, and what may be put in its place."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.kernel.errors import BadInput, Problem
from datong.ledger.rules.companies import KEPT
from datong.ledger.rules.events import ACCOUNTS, EVENTS, MORE_PLACES, OPTIONAL, STOCKS, TEMPLATES
from datong.ledger.rules.transfers import MAX_CODE
from datong.ledger.types import AccountKind, BusinessDays, DayEnd, PostingRule, Rulebook, Template

_FIXED = re.compile(r"clearing:.*|\{\w+\}")
_KEPT = re.compile("|".join(re.escape(code).replace(r"\*", ".*") for code in KEPT))
_ALIKE = (
    frozenset({AccountKind.ASSET, AccountKind.LIABILITY}),
    frozenset({AccountKind.INCOME, AccountKind.EXPENSE}),
)


def default_rules() -> dict[str, PostingRule]:
    named = {name: PostingRule(name, code) for name, code in ACCOUNTS.items()}
    return {**named, **{event: PostingRule(event, debit, credit) for event, (debit, credit) in EVENTS.items()}}


def make_rulebook(zone: str, own: Iterable[PostingRule], ends: Iterable[DayEnd] = ()) -> Rulebook:
    """The brand's own rules before the defaults, and its business days."""
    days: dict[UUID | None, list[DayEnd]] = {}
    for end in sorted(ends, key=lambda end: end.valid_from, reverse=True):
        days.setdefault(end.store_id, []).append(end)
    rules = {event: [rule] for event, rule in default_rules().items()}
    for rule in sorted(own, key=lambda rule: rule.valid_from):
        if rule.event in rules:
            rules[rule.event].insert(0, rule)
    told = BusinessDays(ZoneInfo(zone), {who: tuple(listed) for who, listed in days.items()})
    return Rulebook(told, {event: tuple(listed) for event, listed in rules.items()})


def check_rule(rule: PostingRule, first: date) -> None:
    """Raise BadInput, naming every faulty field, when a rule cannot be put; `first` is the first day it may hold from.

    A side that is a clearing account or one that another rule names stays: the books would not come back to zero. So
    does one that is counted piece by piece (`STOCKS`), and no other side may be put there. The others keep to their
    kind: what is earned or spent, what is owned or owed, and what is the brand's at whatever store.
    """
    default = default_rules().get(rule.event)
    if default is None:
        raise BadInput("there is no such event", Problem("event", "bad_value", "one of the events listed", rule.event))
    problems = []
    if rule.valid_from < first:
        fix = f"{first.isoformat()} or later: what is posted stays as it is"
        problems.append(Problem("valid_from", "too_early", fix, rule.valid_from.isoformat()))
    unposted = rule.event in OPTIONAL and not rule.debit and not rule.credit
    usual = OPTIONAL.get(rule.event, (default.debit, default.credit))
    for side, wanted, was in (("debit", rule.debit, usual[0]), ("credit", rule.credit, usual[1])):
        fix = "" if unposted else _fault(wanted, was, MORE_PLACES.get(rule.event, set()))
        if fix:
            problems.append(Problem(side, "bad_value", fix, wanted[:120]))
    if rule.debit == rule.credit and not unposted:
        problems.append(Problem("credit", "bad_value", "another account than the debit", rule.credit[:120]))
    if problems:
        raise BadInput("this rule cannot be put", *problems)


def template_rules(template: Template, valid_from: date) -> list[PostingRule]:
    """What a kind of business posts, event by event: every event a template speaks of, so that one replaces another."""
    default, own = default_rules(), TEMPLATES[template]
    named = sorted({event for rules in TEMPLATES.values() for event in rules})
    usual = {event: (default[event].debit, default[event].credit) for event in named}
    return [PostingRule(event, *own.get(event, usual[event]), valid_from) for event in named]


def _fault(wanted: str, was: str, more: Collection[str]) -> str:
    """What is wrong with a side, '' for nothing. `more`: places it may name beside its own."""
    if wanted == was:
        return ""
    if was.startswith(STOCKS):
        return f"{was}: this side is fixed, every piece of it leaves from where it was put"
    if not was or _FIXED.fullmatch(was):
        return f"{was or 'nothing'}: this side is fixed"
    places, allowed = _places(wanted), (_places(was) or set()) | set(more)
    if places is None:
        return "a code with places such as {channel}"
    if not places <= allowed:
        return "no other places than " + (" and ".join("{" + p + "}" for p in sorted(allowed)) or "none")
    kind, _, name = wanted.partition(":")
    kinds = next((alike for alike in _ALIKE if AccountKind(was.partition(":")[0]) in alike), frozenset())
    if kind not in kinds or not re.fullmatch(r"[\w:.{}-]+", name) or len(wanted) > MAX_CODE // 2:
        return "kind:name with a kind of " + " or ".join(sorted(kinds))
    if wanted.startswith(STOCKS):
        return "an account that is not counted piece by piece, as purses, points and vouchers are"
    if bool(_KEPT.fullmatch(was)) > bool(_KEPT.fullmatch(wanted)):
        such = was.partition("{")[0].rstrip(":")
        return f"an account that is the brand's at whatever store, such as {such}:other"
    return ""


def _places(code: str) -> set[str] | None:
    """The places a code has to be filled in; None for a text that is no code."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(code) if name is not None}
    except ValueError:
        return None
