"""What a payment may say, and what a provider's message makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from datong.kernel.errors import BadInput, BadValue, DatongError, Problem
from datong.kernel.money import MAX_MINOR, exponent
from datong.payments.types import AttemptOutcome, Payment, PaymentAsk, PaymentState, RefundAsk

MAX_REF = 200

QUESTIONED = frozenset({AttemptOutcome.PAID_AGAIN, AttemptOutcome.AMOUNT_DIFFERS, AttemptOutcome.REF_USED})


def check_asks(asks: Sequence[PaymentAsk]) -> None:
    """Whole amounts, known currencies, printable references; raises BadInput naming the fields."""
    problems = [
        Problem(f"payments/{i}/{field}", "bad_value", fix, str(found)[:MAX_REF])
        for i, ask in enumerate(asks)
        for field, fix, found in _faults(ask)
    ]
    if problems:
        raise BadInput(f"{len(problems)} values of payments cannot be used", *problems[:100])


def _faults(ask: PaymentAsk) -> Iterator[tuple[str, str, object]]:
    if type(ask.amount_minor) is not int or not 0 <= ask.amount_minor <= MAX_MINOR:
        yield "amount_minor", "whole minor units, not negative", ask.amount_minor
    try:
        exponent(ask.currency)
    except DatongError:
        yield "currency", "an ISO 4217 code such as USD or CNY", ask.currency
    if not is_ref(ask.provider_ref) and ask.provider_ref:
        yield "provider_ref", f"at most {MAX_REF} printable characters", ask.provider_ref


def is_ref(text: str) -> bool:
    return 0 < len(text) <= MAX_REF and text.isprintable() and text == text.strip()


def outcome_of(payment: Payment, amount_minor: int, provider_ref: str, *, ref_is_others: bool) -> AttemptOutcome:
    """What a provider's 'paid' comes to: nothing it says is dropped, and no second payment passes for the first."""
    if ref_is_others:
        return AttemptOutcome.REF_USED
    if payment.state is PaymentState.PAID:
        return AttemptOutcome.REPEATED if provider_ref == payment.provider_ref else AttemptOutcome.PAID_AGAIN
    return AttemptOutcome.PAID if amount_minor == payment.amount_minor else AttemptOutcome.AMOUNT_DIFFERS


def check_refund(ask: RefundAsk) -> None:
    """Raises BadValue naming the field that cannot be used."""
    if type(ask.amount_minor) is not int or not 0 < ask.amount_minor <= MAX_MINOR:
        raise BadValue("amount_minor", ask.amount_minor, "whole minor units above 0")
    if not 0 < len(ask.key) <= 120 or not ask.key.isprintable():
        raise BadValue("key", ask.key[:80], "1 to 120 printable characters of your own")
    if not ask.reason.strip() or len(ask.reason) > 300:
        raise BadValue("reason", ask.reason[:80], "a few words on why, at most 300 characters")
    if ask.provider_ref and not is_ref(ask.provider_ref):
        raise BadValue("provider_ref", ask.provider_ref[:80], f"at most {MAX_REF} printable characters")


ASK_AFTER_S = (10, 10, 20, 30, 60, 120, 300, 600, 1800)


def ask_after(tries: int) -> timedelta:
    """How long to wait before a provider that said nothing is asked again."""
    return timedelta(seconds=ASK_AFTER_S[min(max(tries, 0), len(ASK_AFTER_S) - 1)])
