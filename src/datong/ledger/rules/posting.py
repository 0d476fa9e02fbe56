"""What each business event posts by default, and what may be put in its place."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from datong.kernel.errors import BadInput, Problem
from datong.ledger.rules.transfers import MAX_CODE
from datong.ledger.types import AccountKind, PostingRule, Rulebook

ACCOUNTS = {
    "received.platform": "asset:platform:{channel}",
    "received.prepaid": "asset:provider:{channel}",
    "received.counter": "asset:till:{channel}",
    "receivable": "asset:receivable",
    "refunds": "liability:refunds",
    "bank": "asset:bank",
}
"""Accounts that several events speak of: where money arrives, what is still to be paid, what is owed back."""
EVENTS: dict[str, tuple[str, str]] = {
    "sale.payment": ("{received}", "clearing:order"),
    "sale.open": ("{receivable}", "clearing:order"),
    "sale.subsidy": ("expense:subsidy", "clearing:order"),
    "sale.goods": ("clearing:order", "income:sales"),
    "sale.goods.owed": ("clearing:order", "liability:sales"),
    "sale.packaging": ("clearing:order", "income:packaging"),
    "sale.packaging.owed": ("clearing:order", "liability:packaging"),
    "sale.delivery": ("clearing:order", "income:delivery"),
    "sale.delivery.owed": ("clearing:order", "liability:delivery"),
    "sale.tax": ("clearing:order", "liability:tax"),
    "sale.discount": ("", ""),
    "sale.commission": ("expense:commission", "{received}"),
    "sale.difference": ("clearing:order", "asset:difference"),
    "refund.goods": ("income:refunds", "{refunds}"),
    "refund.tax": ("liability:tax", "{refunds}"),
    "refund.paid": ("{refunds}", "{received}"),
    "cash.short": ("expense:cash", "{cash}"),
    "cash.over": ("{cash}", "income:cash"),
    "cash.deposit": ("{bank}", "{cash}"),
    "provider.fee": ("expense:fee", "{received}"),
    "royalty.owed": ("expense:royalty", "{owed}"),
    "royalty.earned": ("{owing}", "income:royalty"),
}
"""Event -> (debit, credit). A sale's `.owed` is what is not handed over yet; it becomes the account beside it when the
order is complete. A discount is split from the sale only where a rule says so: the sale is booked without it."""
OPTIONAL = {"sale.discount": ("income:discounts", "income:sales")}
"""Events that may be left unposted, with what they are usually posted as."""
PLACES = {"channel", "store", "jurisdiction"}
TAXES = {"sale.tax": "credit", "refund.tax": "debit"}
"""The side of an event that may name the {jurisdiction} the tax is owed to."""
_FIXED = re.compile(r"clearing:.*|\{\w+\}")
_ALIKE = (
    frozenset({AccountKind.ASSET, AccountKind.LIABILITY}),
    frozenset({AccountKind.INCOME, AccountKind.EXPENSE}),
)


def default_rules() -> dict[str, PostingRule]:
    named = {name: PostingRule(name, code) for name, code in ACCOUNTS.items()}
    return {**named, **{event: PostingRule(event, debit, credit) for event, (debit, credit) in EVENTS.items()}}


def make_rulebook(zone: str, own: Iterable[PostingRule], day_ends: int = 0) -> Rulebook:
    """The brand's own rules before the defaults."""
    rules = {event: [rule] for event, rule in default_rules().items()}
    for rule in sorted(own, key=lambda rule: rule.valid_from):
        if rule.event in rules:
            rules[rule.event].insert(0, rule)
    return Rulebook(ZoneInfo(zone), {event: tuple(listed) for event, listed in rules.items()}, day_ends)


def check_rule(rule: PostingRule, first: date) -> None:
    """Raise BadInput, naming every faulty field, when a rule cannot be put; `first` is the first day it may hold from.

    A side that is a clearing account or one that another rule names stays: the books would not come back to zero. The
    others keep to their kind: what is earned or spent, what is owned or owed.
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
        taxed = TAXES.get(rule.event) == side
        fix = "" if unposted else _fault(wanted, was, taxed=taxed)
        if fix:
            problems.append(Problem(side, "bad_value", fix, wanted[:120]))
    if rule.debit == rule.credit and not unposted:
        problems.append(Problem("credit", "bad_value", "another account than the debit", rule.credit[:120]))
    if problems:
        raise BadInput("this rule cannot be put", *problems)


def _fault(wanted: str, was: str, *, taxed: bool = False) -> str:
    """What is wrong with a side, '' for nothing."""
    if wanted == was:
        return ""
    if not was or _FIXED.fullmatch(was):
        return f"{was or 'nothing'}: this side is fixed"
    try:
        places = {name for _, name, _, _ in string.Formatter().parse(wanted) if name is not None}
    except ValueError:
        return "a code with places such as {channel}"
    if not places <= PLACES or ("{channel}" in was) < ("channel" in places) or taxed < ("jurisdiction" in places):
        return "no other places than " + (" and ".join("{" + p + "}" for p in sorted(PLACES & {"channel"})))
    kind, _, name = wanted.partition(":")
    kinds = next((alike for alike in _ALIKE if AccountKind(was.partition(":")[0]) in alike), frozenset())
    if kind not in kinds or not re.fullmatch(r"[\w:.{}-]+", name) or len(wanted) > MAX_CODE // 2:
        return "kind:name with a kind of " + " or ".join(sorted(kinds))
    return ""
