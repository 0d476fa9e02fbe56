"""What a voucher comes to for a basket at a place and moment, or why it is refused; what an offer may say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.ledger.types import Account, Rulebook, Transfer, purse_account
from datong.wallet.rules.programmes import CODE
from datong.wallet.types.vouchers import (
    VOUCHER,
    Basket,
    Good,
    Offer,
    Place,
    Voucher,
    VoucherRefused,
    VoucherState,
    Why,
)

MAX_AMOUNT = 10**9
MAX_PLACES = 500


def validity(offer: Offer, issued: datetime) -> tuple[datetime | None, datetime | None]:
    """From when until when a voucher is valid that is issued now."""
    ends = [offer.ends_at] if offer.ends_at else []
    if offer.valid_days is not None:
        ends.append(issued + timedelta(days=offer.valid_days))
    return offer.starts_at, min(ends) if ends else None


def check_standing(voucher: Voucher, offer: Offer, place: Place, basket: Basket, now: datetime) -> None:
    """Raises VoucherRefused unless the voucher may be redeemed here and now; the condition in CEL comes after."""
    if voucher.state is VoucherState.VOID:
        raise VoucherRefused(Why.VOID, "a voucher that is valid: this one was taken back")
    if voucher.state is VoucherState.EXPIRED or (voucher.ends_at and voucher.ends_at <= now):
        raise VoucherRefused(Why.EXPIRED, "a voucher that has not expired", _iso(voucher.ends_at))
    if voucher.starts_at and now < voucher.starts_at:
        raise VoucherRefused(Why.NOT_YET, f"not before {_iso(voucher.starts_at)}", _iso(voucher.starts_at))
    if offer.stores and place.store not in offer.stores:
        raise VoucherRefused(Why.OTHER_STORE, f"at {', '.join(sorted(offer.stores)[:8])}", place.store)
    if offer.channels and place.channel not in offer.channels:
        raise VoucherRefused(Why.OTHER_CHANNEL, f"through {', '.join(sorted(offer.channels)[:8])}", place.channel)
    if offer.min_minor and (basket.total_minor or 0) < offer.min_minor:
        raise VoucherRefused(Why.TOO_LITTLE, f"a basket of {offer.min_minor} minor units or more", basket.total_minor)
    if offer.good is Good.PERCENT and basket.total_minor is None:
        raise VoucherRefused(Why.TOO_LITTLE, "the total of the basket: a percentage is of something")
    if offer.good is Good.ITEM and basket.skus and offer.sku not in basket.skus:
        raise VoucherRefused(Why.CONDITION, f"a basket with {offer.sku}", ", ".join(basket.skus)[:80])


def value_of_voucher(offer: Offer, basket: Basket) -> int:
    """What it takes off, never more than the basket comes to."""
    value = offer.amount_minor
    if offer.good is Good.PERCENT:
        value = part_minor(basket.total_minor or 0, offer.percent, 100)
        value = value if offer.max_minor is None else min(value, offer.max_minor)
    return value if basket.total_minor is None else min(value, max(basket.total_minor, 0))


def issued_by(offer: str) -> Account:
    return Account(f"equity:vouchers:issued:{offer}", VOUCHER)


def holder(voucher_id: UUID) -> Account:
    return purse_account(voucher_id, "voucher", VOUCHER)


def moved(voucher: Voucher, offer: Offer, kind: str, subject: UUID, day: date, *, back: bool = False) -> Transfer:
    """The right itself: out of its purse when it is redeemed, void or expired, into it when issued or given back."""
    ends = holder(voucher.id), issued_by(offer.code)
    debit, credit = ends[::-1] if back else ends
    return Transfer(uuid7(), debit, credit, 1, kind, subject, day, {"offer": offer.code})


def money_of(
    voucher: Voucher,
    offer: Offer,
    value_minor: int,
    *,
    currency: str,
    subject: UUID,
    book: Rulebook,
    day: date,
    pays: bool,
    back: bool = False,
    held: bool = False,
) -> list[Transfer]:
    """What redeeming posts in money: what was paid for it leaves the liability; `pays`: the order's clearing gets its
    value, and the difference is the brand's expense or income, by its posting rules. One that was free and pays no
    order posts nothing.

    `held`: for a payment of the wallet; its orders' clearing gets the value when they take it."""
    made: list[Transfer] = []

    def flow(event: str, amount: int) -> None:
        sides = book.sides(event, day, currency, offer=offer.code)
        one, other = sides[::-1] if back else sides
        if amount:
            kind = "voucher_reverse" if back else "voucher_redeem"
            made.append(Transfer(uuid7(), one, other, amount, kind, subject, day, {"offer": offer.code}))

    worth = (0 if held else value_minor) if pays else voucher.price_minor
    flow("voucher.used", voucher.price_minor)
    flow("voucher.paid" if pays else "voucher.alone", worth)
    return made


def check_offer(offer: Offer) -> None:
    """Raises BadInput naming every field that cannot be; the condition is checked by who knows CEL."""
    problems = list(_faults(offer))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def _faults(offer: Offer) -> Iterator[Problem]:
    if not CODE.fullmatch(offer.code):
        yield Problem("code", "bad_value", "1 to 40 small letters, digits, - and _", offer.code[:80])
    if not 0 < len(offer.name.strip()) <= 120:
        yield Problem("name", "length", "1 to 120 characters", offer.name[:80])
    if offer.good is Good.PERCENT and not 1 <= offer.percent <= 100:
        yield Problem("percent", "range", "1 to 100", offer.percent)
    if offer.good is not Good.PERCENT and not 0 < offer.amount_minor <= MAX_AMOUNT:
        yield Problem("amount_minor", "range", f"1 to {MAX_AMOUNT}: what it takes off", offer.amount_minor)
    if offer.good is Good.ITEM and not offer.sku:
        yield Problem("sku", "missing", "the product it is good for", "")
    if offer.max_minor is not None and not 0 < offer.max_minor <= MAX_AMOUNT:
        yield Problem("max_minor", "range", f"1 to {MAX_AMOUNT}, or nothing", offer.max_minor)
    for field in ("min_minor", "price_minor"):
        if not 0 <= getattr(offer, field) <= MAX_AMOUNT:
            yield Problem(field, "range", f"0 to {MAX_AMOUNT}", getattr(offer, field))
    if offer.starts_at and offer.ends_at and offer.starts_at >= offer.ends_at:
        yield Problem("ends_at", "range", "after it starts", offer.ends_at.isoformat())
    if offer.valid_days is not None and not 1 <= offer.valid_days <= 3_650:
        yield Problem("valid_days", "range", "1 to 3650 days, or nothing", offer.valid_days)
    for field in ("stores", "channels"):
        if len(getattr(offer, field)) > MAX_PLACES:
            yield Problem(field, "length", f"at most {MAX_PLACES}", len(getattr(offer, field)))


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""
