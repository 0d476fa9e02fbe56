"""Money: integer minor units and an ISO 4217 code. There is no float anywhere near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import format_currency, format_decimal

from datong.kernel.errors import BadValue

MAX_MINOR = 2**63 - 1
COUNTED = {"PTS": 0, "VCH": 0}
"""Units that are counted like money and are none: points and vouchers."""


@cache
def exponent(currency: str) -> int:
    """Digits after the decimal point of an ISO 4217 currency (CLDR: JPY 0, USD 2, BHD 3), 0 of a counted unit."""
    if currency in COUNTED:
        return COUNTED[currency]
    fractions = get_global("currency_fractions")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise BadValue("currency", currency, "an ISO 4217 code such as USD or CNY")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `minor` units (cents, fen) of `currency`. Adding two currencies is an error."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is counted in whole minor units, not {type(self.minor).__name__}")
        if abs(self.minor) > MAX_MINOR:
            raise BadValue("minor", self.minor, f"at most {MAX_MINOR} minor units")
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def times(self, units: int) -> Money:
        """The amount `units` times; units is a whole number."""
        if type(units) is not int:
            raise TypeError("money is multiplied by whole units only; see share() for parts")
        return Money(self.minor * units, self.currency)

    def share(self, weights: Sequence[int]) -> list[Money]:
        """Split by whole weights so that the parts sum to the whole exactly (largest remainder, first come first)."""
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def format(self, locale: str) -> str:
        """As a person of `locale` (BCP 47) writes it."""
        if self.currency in COUNTED:
            return f"{format_decimal(self.minor, locale=locale.replace('-', '_'))} {self.currency}"
        return format_currency(self.decimal, self.currency, locale=locale.replace("-", "_"))

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise BadValue("currency", other.currency, f"{self.currency}: amounts of two currencies do not add")
        return other


def minor_of(text: str | int, currency: str, *, field: str = "amount") -> int:
    """Minor units of a decimal written as text ('12.50'); digits the currency does not have are an error."""
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        raise BadValue(field, text, "a decimal number as text; a float cannot be exact")
    try:
        value = Decimal(str(text).strip()).scaleb(exponent(currency))
    except ArithmeticError:
        raise BadValue(field, text, "a decimal number such as 12.50") from None
    if not value.is_finite() or value != value.to_integral_value() or abs(value) > MAX_MINOR:
        raise BadValue(field, text, f"a finite number with at most {exponent(currency)} decimal places")
    return int(value)


def part_minor(amount_minor: int, numerator: int, denominator: int) -> int:
    """amount * numerator / denominator in whole minor units, half away from zero (commercial rounding)."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    product = amount_minor * numerator
    return (abs(product) * 2 + denominator) // (2 * denominator) * (1 if product >= 0 else -1)


def split_minor(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `amount_minor` in proportion to `weights` (>= 0, not all 0) that sum to it exactly."""
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be >= 0 and not all zero")
    sign, amount = (1, amount_minor) if amount_minor >= 0 else (-1, -amount_minor)
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
