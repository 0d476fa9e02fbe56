"""Money of one currency for money of another: two legs through a clearing account, the rate beside them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR, exponent
from datong.ledger.rules.transfers import EXCHANGE
from datong.ledger.types import Account, AccountKind, Difference, Exchange, Transfer

MAX_DIGITS = 30


def exchanged_minor(amount_minor: int, sold: str, bought: str, rate: Decimal) -> int:
    """Minor units of `bought` for an amount of `sold` at `rate` (units of bought for one of sold), half up."""
    exact = Decimal(amount_minor).scaleb(-exponent(sold)) * rate
    return int(exact.scaleb(exponent(bought)).to_integral_value(ROUND_HALF_UP))


def rate_of(text: str) -> Decimal:
    """A rate as it is written in the books. Raises BadValue."""
    try:
        rate = Decimal(text)
    except (InvalidOperation, TypeError):
        raise BadValue("rate", text, "a decimal number such as 7.1234") from None
    if not rate.is_finite() or rate <= 0 or len(text) > MAX_DIGITS:
        raise BadValue("rate", text, f"a number above zero of at most {MAX_DIGITS} digits")
    return rate


def legs_of(exchange: Exchange) -> tuple[Transfer, Transfer]:
    """The two transfers: one currency goes into clearing, the other comes out of it.

    Raises BadInput: two currencies, two accounts of the same side of the balance sheet (two assets, or two
    liabilities), and amounts that fit the rate to the minor unit.
    """
    sold, bought = exchange.sold.currency, exchange.bought.currency
    if sold == bought:
        raise BadInput("an exchange is of two currencies", Problem("bought", "same_currency", "another", bought))
    owned = exchange.sold.kind is AccountKind.ASSET
    if owned != (exchange.bought.kind is AccountKind.ASSET):
        problem = Problem("bought", "other_side", "two assets or two liabilities", exchange.bought.code)
        raise BadInput("an exchange is between accounts of one side", problem)
    wanted = exchanged_minor(exchange.sold_minor, sold, bought, rate_of(exchange.rate))
    if abs(exchange.bought_minor - wanted) > 1 or not 0 < wanted <= MAX_MINOR:
        problem = Problem("bought_minor", "rate_differs", f"{wanted} {bought}", exchange.bought_minor)
        raise BadInput("the amounts do not fit the rate", problem)
    name = f"{EXCHANGE}{sold}-{bought}"
    gone, come = Account(name, sold), Account(name, bought)
    # What we own is credited when it goes; what we owe is debited.
    sides = (
        [(gone, exchange.sold), (exchange.bought, come)] if owned else [(exchange.sold, gone), (come, exchange.bought)]
    )
    amounts = (exchange.id, exchange.sold_minor), (exchange.second_id, exchange.bought_minor)
    first, second = (
        Transfer(
            id=id,
            debit=debit,
            credit=credit,
            amount_minor=amount,
            kind=exchange.kind,
            subject_id=exchange.subject_id,
            business_date=exchange.business_date,
            dimensions={**exchange.dimensions, "rate": exchange.rate, "exchange": str(exchange.id)},
        )
        for (id, amount), (debit, credit) in zip(amounts, sides, strict=True)
    )
    return first, second


def odd_exchanges(legs: Iterable[tuple[Any, ...]]) -> list[Difference]:
    """Exchanges whose legs are not two, or do not fit their rate; legs: (exchange, account, currency, rate, minor)."""
    pairs: dict[str, list[tuple[str, str, str, int]]] = {}
    for exchange, code, currency, rate, amount in legs:
        pairs.setdefault(exchange, []).append((code, currency, rate, amount))
    found = []
    for exchange, pair in sorted(pairs.items()):
        code, currency, rate, amount = pair[0]
        sold, _, bought = code.removeprefix(EXCHANGE).partition("-")
        amounts = {currency: amount for _, currency, _, amount in pair}
        whole = len(pair) == 2 and set(amounts) == {sold, bought} and len({rate for _, _, rate, _ in pair}) == 1
        if not whole or abs(exchanged_minor(amounts[sold], sold, bought, Decimal(rate)) - amounts[bought]) > 1:
            found.append(Difference("exchange_differs", f"{code} {exchange}", currency, amount))
    return found
