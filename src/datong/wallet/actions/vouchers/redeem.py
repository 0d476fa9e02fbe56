"""Redeeming a voucher (核销): once, whoever shows it where at the same moment; undone with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.api import get_brand, list_channels, store_by_code
from datong.brand.types import Brand
from datong.catalog.api import condition_holds
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.tries import check_tries, miss
from datong.ledger.api import post, rulebook
from datong.wallet import rules
from datong.wallet.events import VoucherChanged
from datong.wallet.queries.vouchers import VOUCHER_COLUMNS, find_voucher, offer, redemptions_of, voucher_of
from datong.wallet.types import (
    Basket,
    NoSuchVoucher,
    Offer,
    Place,
    Redemption,
    Voucher,
    VoucherRefused,
    VoucherState,
    Why,
)

MOST_MISSES = 20
WITHIN = timedelta(minutes=10)
MAX_KEY = 120
PAYMENT = "payment:"
"""How the keys of redemptions begin that a payment of the wallet holds; those of other doors begin with "redeem:"."""
SAYS = {
    Why.UNKNOWN: "no voucher has this code",
    Why.MISTYPED: "the code as printed: a character is wrong",
    Why.OTHER_BRAND: "a voucher of this brand: this one is another's",
}


def check_voucher(
    text: str, *, brand: UUID, asker: str, place: Place | None = None, basket: Basket | None = None
) -> tuple[Voucher, Offer, int]:
    """What a voucher is good for here and now, and what it takes off this basket; nothing is changed.

    `asker` names the till, key or person that asks: its wrong codes are counted. Raises NoSuchVoucher, VoucherRefused
    and TooManyTries.
    """
    found = _find(text, brand, asker)
    with in_brand(brand):
        about = offer(brand, id=found.offer_id)
        value = _check(found, about, place or Place(), basket or Basket(), brand)
    return found, about, value


LOCK = f"SELECT {VOUCHER_COLUMNS} FROM wallet_voucher WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"  # noqa: S608
SET = "UPDATE wallet_voucher SET state = %(state)s WHERE brand_id = %(brand)s AND id = %(id)s"
ACT = """
    INSERT INTO wallet_voucheract (brand_id, id, voucher_id, kind, key, store, channel, value_minor, pays, subject_id,
                                   by, reason, at)
    VALUES (%(brand)s, %(act)s, %(id)s, %(kind)s, %(key)s, %(store)s, %(channel)s, %(value)s, %(pays)s, %(subject)s,
            %(by)s, %(reason)s, %(now)s)
"""


def redeem_voucher(
    text: str,
    *,
    key: str,
    brand: UUID,
    by: str,
    place: Place | None = None,
    basket: Basket | None = None,
    subject_id: UUID | None = None,
    pays: bool = False,
) -> Redemption:
    """Redeem a voucher once: of two tills at the same moment one wins, the other is told where and when it was.

    The same key again is the same redemption. `pays`: it pays its value of the order `subject_id`, through the wallet's
    clearing account. Raises as `check_voucher` does, and Conflict for a key that redeemed another voucher.
    """
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise BadValue("key", key[:80], f"1 to {MAX_KEY} printable characters")
    if pays and subject_id is None:
        raise BadValue("subject_id", None, "the order that is paid")
    seen = _find(text, brand, by)
    place, basket = place or Place(), basket or Basket()
    with in_brand(brand):
        found = voucher_of(rows(LOCK, {"brand": brand, "id": seen.id})[0])
        if before := redemptions_of(brand, key=f"redeem:{key}"):
            return _same(before[0], found)
        about = offer(brand, id=found.offer_id)
        value = _check(found, about, place, basket, brand)
        act, now = uuid7(), clock.now()
        columns = {"key": f"redeem:{key}", "value": value, "pays": pays, "subject": subject_id, "by": by[:120]}
        _write(found, VoucherState.REDEEMED, "redeem", act, now, place, brand, reason="", **columns)
        _post(found, about, value, subject_id or act, now, pays=pays, back=False, brand=brand)
        after = {"store": place.store, "channel": place.channel, "value_minor": value}
        _note(brand, by, "voucher.redeem", found, after)
        return Redemption(act, found.id, now, by, place.store, place.channel, value, subject_id)


def shown_voucher(text: str, *, brand: UUID, asker: str) -> Voucher:
    """The voucher of a code that is to pay, before any lock. Raises NoSuchVoucher, TooManyTries."""
    return _find(text, brand, asker)


def put_aside(
    seen: Voucher, *, payment_id: UUID, key: str, brand: UUID, by: str, place: Place, basket: Basket
) -> tuple[Redemption, Offer]:
    """Redeem a voucher for a payment of the wallet that holds it; inside the brand, in the payment's transaction.

    Only the right moves, and what was paid for it: the orders that take the payment get its value. Raises as
    `check_voucher` does.
    """
    found = voucher_of(rows(LOCK, {"brand": brand, "id": seen.id})[0])
    about = offer(brand, id=found.offer_id)
    value = _check(found, about, place, basket, brand)
    act, now = uuid7(), clock.now()
    columns = {"key": f"{PAYMENT}{key}", "value": value, "pays": True, "subject": payment_id, "by": by[:120]}
    _write(found, VoucherState.REDEEMED, "redeem", act, now, place, brand, reason="", **columns)
    _post(found, about, value, payment_id, now, pays=True, back=False, held=True, brand=brand)
    return Redemption(act, found.id, now, by, place.store, place.channel, value, payment_id), about


def hand_back(key: str, *, brand: UUID, by: str, reason: str) -> None:
    """The voucher that a payment put aside under `key` can be redeemed again, while it is valid; twice is once."""
    [there] = redemptions_of(brand, key=f"{PAYMENT}{key}")
    _undo(there.id, brand=brand, by=by, reason=reason, held=True)


def reverse_redemption(redemption_id: UUID, *, brand: UUID, by: str, reason: str) -> Redemption:
    """Undo a redemption, with a reason: the voucher can be redeemed again while it is valid. The same again is as it
    was the first time. Raises NotFound, and Conflict for one that pays with a payment of the wallet."""
    if not reason.strip() or len(reason) > 300:
        raise BadValue("reason", reason[:80], "a few words on why, at most 300 characters")
    with in_brand(brand):
        return _undo(redemption_id, brand=brand, by=by, reason=reason.strip(), held=False)


def _undo(redemption_id: UUID, *, brand: UUID, by: str, reason: str, held: bool) -> Redemption:
    there = redemptions_of(brand, id=redemption_id)
    if not there:
        raise NotFound(f"no redemption {redemption_id}")
    found = voucher_of(rows(LOCK, {"brand": brand, "id": there[0].voucher_id})[0])
    (done,) = redemptions_of(brand, id=redemption_id)  # read again under the lock
    if done.reversed_at:
        return done
    ((pays, key),) = rows(PAID, {"brand": brand, "id": redemption_id})
    if key.startswith(PAYMENT) is not held:
        fix = "give the money of its payment back: the voucher comes with it"
        problem = Problem("redemption", "pays", fix, str(done.subject_id))
        raise Conflict("this voucher is part of a payment of the wallet", problem)
    about = offer(brand, id=found.offer_id)
    act, now = uuid7(), clock.now()
    place = Place(done.store, done.channel)
    columns = {"key": f"reverse:{redemption_id}", "value": done.value_minor, "pays": pays, "by": by[:120]}
    subject = {"subject": done.subject_id, "reason": reason}
    _write(found, VoucherState.ACTIVE, "reverse", act, now, place, brand, **columns, **subject)
    _post(found, about, done.value_minor, done.subject_id or done.id, now, pays=pays, back=True, held=held, brand=brand)
    _note(brand, by, "voucher.reverse", found, {"value_minor": done.value_minor}, reason)
    return redemptions_of(brand, id=redemption_id)[0]


PAID = "SELECT pays, key FROM wallet_voucheract WHERE brand_id = %(brand)s AND id = %(id)s"


def void_voucher(voucher_id: UUID, *, brand: UUID, by: str, reason: str) -> Voucher:
    """Take a voucher back before it is redeemed; twice is once. Raises Conflict for one that was redeemed or sold."""
    if not reason.strip() or len(reason) > 300:
        raise BadValue("reason", reason[:80], "a few words on why, at most 300 characters")
    with in_brand(brand):
        locked = rows(LOCK, {"brand": brand, "id": voucher_id})
        if not locked:
            raise NotFound(f"no voucher {voucher_id}")
        found = voucher_of(locked[0])
        if found.state is VoucherState.ACTIVE and not found.price_minor:
            now = clock.now()
            columns = {"key": f"void:{found.id}", "value": 0, "pays": False, "subject": None, "by": by[:120]}
            _write(found, VoucherState.VOID, "void", uuid7(), now, Place(), brand, reason=reason, **columns)
            about = offer(brand, id=found.offer_id)
            day = rulebook(brand).business_date(now)
            post([rules.moved(found, about, "voucher_void", found.id, day)], brand=brand)
            _note(brand, by, "voucher.void", found, {"state": "void"}, reason)
        elif found.state is not VoucherState.VOID:
            what = "was paid for: give the money back" if found.price_minor else f"is {found.state.value}"
            raise Conflict(f"this voucher {what}", Problem("voucher", found.state.value, "an active voucher", ""))
        return voucher_of(rows(LOCK, {"brand": brand, "id": voucher_id})[0])


def _find(text: str, brand: UUID, asker: str) -> Voucher:
    """The voucher of a code, before any lock: a miss is counted in a transaction of its own."""
    code = rules.read_code(text)
    tries = f"voucher {asker}"[:120]
    check_tries(brand, tries, most=MOST_MISSES, within=WITHIN)
    found = find_voucher(brand, rules.spellings(code))
    if found is None:
        miss(brand, tries, within=WITHIN)
        why = rules.why_unknown(code, brand)
        raise NoSuchVoucher(why, SAYS[why], text[:40])
    return found


def _check(found: Voucher, about: Offer, place: Place, basket: Basket, brand: UUID) -> int:
    """What it comes to; raises VoucherRefused with the one reason."""
    if found.state is VoucherState.REDEEMED:
        used = next((r for r in redemptions_of(brand, found.id) if r.reversed_at is None), None)
        where = (used.store or used.channel or used.by) if used else ""
        at = used.at.isoformat(timespec="minutes") if used else ""
        raise VoucherRefused(Why.USED, f"a voucher that was not used: this one was, at {where}, {at}", at)
    now = clock.now()
    rules.check_standing(found, about, place, basket, now)
    if about.condition and not condition_holds(about.condition, _facts(place, basket, get_brand(brand), now))[0]:
        raise VoucherRefused(Why.CONDITION, f"a basket for which this holds: {about.condition}")
    return rules.value_of_voucher(about, basket)


def _facts(place: Place, basket: Basket, brand: Brand, now: datetime) -> dict[str, dict[str, object]]:
    """What a condition may look at, as promotions see it."""
    store = store_by_code(brand.id, place.store)
    channel = next((c for c in list_channels(brand.id) if c.code == place.channel), None)
    local = now.astimezone(ZoneInfo(store.timezone if store else brand.timezone))
    return {
        "basket": {
            "total_minor": basket.total_minor or 0,
            "units": basket.units,
            "lines": len(basket.skus),
            "skus": list(basket.skus),
            "categories": list(basket.categories),
        },
        "customer": {"member": False, "level": ""},
        "store": {
            "known": store is not None,
            "code": place.store,
            "name": store.name if store else "",
            "city": store.city if store else "",
            "region": "",
            "country": "",
            "kind": store.kind.value if store else "",
            "tier": store.tier if store else 0,
        },
        "channel": {
            "known": channel is not None,
            "code": place.channel,
            "kind": channel.kind.value if channel else "",
        },
        "now": {
            "hour": local.hour,
            "minute": local.minute,
            "weekday": local.isoweekday(),
            "day": local.day,
            "month": local.month,
        },
        "group": {"people": 1},
    }


def _write(
    found: Voucher,
    state: VoucherState,
    kind: str,
    act: UUID,
    now: datetime,
    place: Place,
    brand: UUID,
    **columns: object,
) -> None:
    key = {"brand": brand, "id": found.id}
    execute(SET, {**key, "state": state.value})
    execute(
        ACT, {**key, "act": act, "kind": kind, "store": place.store, "channel": place.channel, "now": now, **columns}
    )
    outbox.emit(VoucherChanged(found.id, state.value, place.store, place.channel, found.customer_id))


def _post(
    found: Voucher,
    about: Offer,
    value: int,
    subject: UUID,
    now: datetime,
    *,
    pays: bool,
    back: bool,
    brand: UUID,
    held: bool = False,
) -> None:
    kind = "voucher_reverse" if back else "voucher_redeem"
    book = rulebook(brand)
    day = book.business_date(now)
    right = rules.moved(found, about, kind, subject, day, back=back)
    currency = get_brand(brand).currency
    money = rules.money_of(
        found, about, value, currency=currency, subject=subject, book=book, day=day, pays=pays, back=back, held=held
    )
    post([right, *money], brand=brand)


def _same(before: Redemption, found: Voucher) -> Redemption:
    if before.voucher_id != found.id:
        problem = Problem("key", "exists_with_different_code", "a new key for another voucher", "")
        raise Conflict("this key redeemed another voucher", problem)
    return replace(before, repeat=True)


def _note(brand: UUID, by: str, verb: str, found: Voucher, after: dict[str, object], reason: str = "") -> None:
    audit.record(brand=brand, actor=by, verb=verb, subject=f"voucher {found.id}", after=after, reason=reason)
