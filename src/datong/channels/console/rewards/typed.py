"""What somebody typed into a form about points or vouchers; each slip is told beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from datong.channels.console.moments import read_moment
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import Money, minor_of


class Typed:
    """Reads fields one by one and remembers what was wrong, so that all of it is told at once."""

    def __init__(self, post: Mapping[str, str], currency: str) -> None:
        self.post, self.currency = post, currency
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self.post.get(name, "").strip()

    def whole(self, name: str, *, empty: int | None = None, least: int = 0) -> int:
        text = self.text(name).replace(",", "")
        if not text and empty is not None:
            return empty
        if not text.isdecimal() or len(text) > 10 or int(text) < least:
            self._wrong(name, text, _("A whole number, %(least)s or more.") % {"least": least})
            return least
        return int(text)

    def maybe(self, name: str) -> int | None:
        return self.whole(name, least=1) if self.text(name) else None

    def amount(self, name: str, *, empty: int | None = None) -> int:
        text = self.text(name).replace(",", "")
        if not text and empty is not None:
            return empty
        try:
            found = minor_of(text or "-", self.currency)
        except BadInput:
            found = -1
        if found < 0:
            self._wrong(name, text, _("An amount such as 12.50."))
            return 0
        return found

    def moment(self, name: str) -> datetime | None:
        """A day (its beginning here) or a time here."""
        try:
            return read_moment(name, self.text(name))
        except BadValue as wrong:
            self.problems += wrong.problems
            return None

    def codes(self, name: str) -> frozenset[str]:
        return frozenset(self.text(name).replace(",", " ").replace("，", " ").split())

    def check(self) -> None:
        """Raises BadInput with all that was wrong."""
        if self.problems:
            raise BadInput("some fields cannot be read", *self.problems)

    def _wrong(self, name: str, value: str, fix: str) -> None:
        self.problems += BadValue(name, value, fix).problems


def errors_of(error: BadInput) -> dict[str, str]:
    """Field -> what to do, for beside the fields."""
    taken = _("Another short name: this one is taken.")
    return {p.field.rsplit("/", 1)[-1]: taken if p.code == "taken" else p.fix for p in error.problems}


def plain(minor: int | None, currency: str) -> str:
    """An amount as it is typed."""
    return "" if not minor else str(Money(minor, currency).decimal)


def listed(codes: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, codes)))
