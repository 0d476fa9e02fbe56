"""Nouns of reports: what is asked for, and the lines that answer. Amounts are integer minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from datong.ledger.types.transfers import Account, AccountKind

ORDER = "order"
"""The dimension every entry has: what it is about."""
BY_COMPANY = "company"
"""The dimension that says in whose books a side of an entry stands: '' is the brand itself."""
DIMENSIONS = ("channel", "store", BY_COMPANY, "product", "merchant", "campaign", "jurisdiction", ORDER)
"""What entries are reported by; the brand is whose books they are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about. `since` and `until` are business dates, both counted; None has no end.

    `stores`: entries of these stores only (None: all, those of no store too). `where`: entries whose dimension has
    this value, '' for entries without it; of `company` the books of that company, '' the brand's own. `codes`: accounts
    that begin with one of these, * for any characters.
    """

    since: date | None = None
    until: date | None = None
    stores: tuple[UUID, ...] | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


ReportKey = tuple[str, str, str]
"""Where a page of a report ends: code, currency, value."""
FIRST: ReportKey = ("", "", "")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One account (in one value of a dimension): what stood there before, what was added in the period."""

    account: Account
    value: str
    opening_minor: int
    debits_minor: int
    credits_minor: int

    @property
    def key(self) -> ReportKey:
        return self.account.code, self.account.currency, self.value

    @property
    def net_minor(self) -> int:
        """Debits less credits of the period."""
        return self.debits_minor - self.credits_minor

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.net_minor


@dataclass(frozen=True, slots=True)
class Report:
    """Rows by account and value; `more`: there were too many values, the smallest are left out."""

    rows: tuple[ReportRow, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page of a report's rows by key; `totals` a row a currency over all pages; `next` is None at the end."""

    rows: tuple[ReportRow, ...]
    totals: tuple[ReportRow, ...]
    next: ReportKey | None


NATURAL = {AccountKind.LIABILITY: -1, AccountKind.EQUITY: -1, AccountKind.INCOME: -1}
"""Kinds that grow by credits: their figures are shown with the sign turned."""


def shown(account: Account, net_minor: int) -> int:
    """A net as a reader expects it: income and debts above zero."""
    return NATURAL.get(account.kind, 1) * net_minor
