"""Amounts as platforms write them."""

from __future__ import annotations

from decimal import Decimal

from datong.kernel.money import exponent


def decimal_of(amount_minor: int, currency: str) -> str:
    """Minor units as decimal text: 1250 USD is '12.50', 1250 JPY is '1250'."""
    places = exponent(currency)
    return str(Decimal(amount_minor).scaleb(-places).quantize(Decimal(1).scaleb(-places)))
