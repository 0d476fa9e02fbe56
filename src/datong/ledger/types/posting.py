"""Nouns of posting rules (记账规则): what each event debits and credits, from which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from datong.ledger.types.days import BusinessDays
from datong.ledger.types.transfers import Account

KIND_OF_RULE = "ledger.rule"
"""The kind of request by which a program has a posting rule changed: a person decides."""


@dataclass(frozen=True, slots=True)
class PostingRule:
    """What an event posts from `valid_from` on: codes of accounts, with {channel} and the like for what differs.

    A side in braces alone ({received}, {refunds}, {receivable}) is the account that the rule of that name says. An
    event that is not posted has no codes. A rule that names one account has it in `debit`.
    """

    event: str
    debit: str
    credit: str = ""
    valid_from: date = date.min
    by: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A brand's rules as a process holds them: each event's rules, the newest first; the end is the default.

    `days` tells the business days: the day at which an event is looked up is one of them.
    """

    days: BusinessDays
    rules: Mapping[str, tuple[PostingRule, ...]]
    _said: dict[tuple[str, date], PostingRule] = field(default_factory=dict, compare=False, repr=False)

    def business_date(self, at: datetime, store_id: UUID | None = None) -> date:
        """The business day a moment belongs to at a store (or as the brand says), apart from the clock's."""
        return self.days.business_date(at, store_id)

    def day_at(self, at: datetime, dimensions: Mapping[str, str]) -> date:
        """The business day of a moment where these dimensions of an entry say that it happened."""
        store = dimensions.get("store") if self.days.ends else None
        return self.business_date(at, UUID(store) if store else None)

    def rule(self, event: str, day: date) -> PostingRule:
        """The rule in force on a business day."""
        key = event, day
        found = self._said.get(key)
        if found is None:
            if len(self._said) > 1_000:
                self._said.clear()
            found = self._said[key] = next(rule for rule in self.rules[event] if rule.valid_from <= day)
        return found

    def account(self, name: str, day: date, **given: str) -> str:
        """The code of the account a rule names."""
        return self.rule(name, day).debit.format(**given)

    def legs(self, event: str, day: date, **given: str) -> tuple[str, str]:
        """The codes an event debits and credits; two empty texts when it is not posted."""
        rule = self.rule(event, day)
        return rule.debit.format(**given), rule.credit.format(**given)

    def sides(self, event: str, day: date, currency: str, **given: str) -> tuple[Account, Account]:
        """The accounts an event debits and credits in a currency."""
        debit, credit = self.legs(event, day, **given)
        return Account(debit, currency), Account(credit, currency)

    def ever(self, name: str) -> frozenset[str]:
        """Every code a rule without places to fill has named: money may still stand where an older one put it."""
        return frozenset(rule.debit for rule in self.rules[name])
