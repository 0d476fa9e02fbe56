"""The journal in Beancount's language: accounts as it names them, one transaction a transfer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from datong.kernel.money import Money
from datong.ledger.rules.companies import sides_in
from datong.ledger.types import Account, AccountKind, Posted

ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
    AccountKind.CLEARING: "Assets:Clearing",
}
OPENED = "1970-01-01"
"""Every account is open from before anything could be posted."""


class BeanNames:
    """Names of accounts, told apart where two codes would be written alike; each is opened where it is first used."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, account: Account) -> tuple[str, bool]:
        """The name of a code, and whether it is used for the first time."""
        known = self._names.get(account.code)
        if known:
            return known, False
        parts = account.code.split(":")[1:]
        plain = ":".join([ROOTS[account.kind], *(_component(part) for part in parts)])
        made, n = plain, 2
        while made in self._taken:
            made, n = f"{plain}-{n}", n + 1
        self._names[account.code] = made
        self._taken.add(made)
        return made, True


def beancount_head(title: str, currency: str) -> str:
    return f'option "title" {_quoted(title)}\noption "operating_currency" "{currency}"\n\n'


def beancount_lines(posted: Iterable[Posted], names: BeanNames, company: str | None = None) -> Iterator[str]:
    """Directives for these transfers, `open` before the first use of an account; in the books of one company."""
    for each in posted:
        t = each.transfer
        sides = []
        for account, minor in sides_in(t, company):
            name, fresh = names.name(account)
            if fresh:
                yield f"{OPENED} open {name}\n  code: {_quoted(account.code)}\n\n"
            sides.append(f"  {name}  {Money(minor, account.currency).decimal:f} {account.currency}\n")
        facts = {"id": str(t.id), "subject": str(t.subject_id), **t.dimensions}
        said = "".join(f"  {_key(key)}: {_quoted(value)}\n" for key, value in facts.items())
        yield f"{t.business_date.isoformat()} * {_quoted(t.kind)}\n{said}{''.join(sides)}\n"


def _component(text: str) -> str:
    """Letters, digits and dashes, beginning with a capital or a digit."""
    kept = re.sub(r"[^\w-]|_", "-", text).strip("-") or "X"
    first = kept[0].upper()
    return (first if first.isascii() and first.isalnum() else f"X{first}") + kept[1:]


def _key(text: str) -> str:
    kept = re.sub(r"[^a-zA-Z0-9_-]", "-", text)
    return kept[0].lower() + kept[1:] if kept[:1].isalpha() and len(kept) > 1 else f"x-{kept}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
