"""Membership cards: issued, frozen, replaced; the keys of the phones that show them."""

from __future__ import annotations

import secrets
from uuid import UUID

import pyotp

from datong.brand.api import list_channels
from datong.customers.events import CardChanged, CardIssued
from datong.customers.queries.cards import COLUMNS, card_of
from datong.customers.rules.cards import make_number, of_other_brand, plain_number
from datong.customers.types.cards import Card, CardKey, CardState, CardUnknown, refused
from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.kernel.secrets import seal

MAX_REASON = 300
MAX_KEYS = 5
"""Phones that show one card at a time: one more ends the oldest."""
SECRET_CHARS = 32

CUSTOMER = "SELECT 1 FROM customers_customer WHERE brand_id = %s AND id = %s"
PUT = f"""
    INSERT INTO customers_card (brand_id, id, customer_id, number, state, issued_at, issued_by, changed_at, reason)
    VALUES (%(brand)s, %(id)s, %(customer)s, %(number)s, 'active', %(now)s, %(by)s, %(now)s, '')
    ON CONFLICT (brand_id, number) DO NOTHING RETURNING {COLUMNS}
"""  # noqa: S608  constants only
SIGN = """
    INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id)
    VALUES (%(brand)s, 'card', %(number)s, %(customer)s, %(now)s, %(now)s, %(channel)s)
    ON CONFLICT (brand_id, kind, value) DO NOTHING
"""
DOOR = """
    SELECT channel_id FROM (
        SELECT 1 AS turn, first_seen, channel_id FROM customers_identity
         WHERE brand_id = %(brand)s AND customer_id = %(customer)s
        UNION ALL
        SELECT 2, first_seen, channel_id FROM customers_contact
         WHERE brand_id = %(brand)s AND customer_id = %(customer)s) seen
     ORDER BY turn, first_seen, channel_id LIMIT 1
"""
SIGN_OF = "SELECT customer_id FROM customers_identity WHERE brand_id = %s AND kind = 'card' AND value = %s"


def issue_card(
    customer_id: UUID,
    *,
    brand: UUID,
    by: str,
    number: str = "",
    channel_id: UUID | None = None,
    key: str = "",
) -> Card:
    """Give a customer's record a card: its number becomes a verified identity of the record.

    `number`: of an older system (4 to 32 letters and digits); without one it is minted. The same `key` again is the
    same card. `channel_id` None: the channel that saw the customer first. Raises NotFound for no such customer,
    BadValue for a number that cannot be used, Conflict when the number is another customer's.
    """
    asked = {"customer": customer_id, "number": number}
    with in_brand(brand):
        made = once("customers.card", key, asked, lambda: _issue(customer_id, brand, by, number, channel_id).id)
        return _lock(UUID(str(made)), brand)


def _issue(customer_id: UUID, brand: UUID, by: str, number: str, channel_id: UUID | None) -> Card:
    if not rows(CUSTOMER, [brand, customer_id]):
        raise NotFound(f"no customer {customer_id}")
    wanted = plain_number(number) if number else ""
    if wanted and of_other_brand(wanted, brand):
        raise BadValue("number", number[:40], "a number of this brand")
    given = {"brand": brand, "customer": customer_id, "now": clock.now(), "by": by[:120]}
    given["channel"] = channel_id or _door(customer_id, brand)
    for _ in range(5):  # ten digits by chance: two in a row taken is a broken source of chance
        given |= {"id": uuid7(), "number": wanted or make_number(brand, secrets.randbelow(10**10))}
        if put := rows(PUT, given):
            break
        if wanted:
            raise Conflict(f"the number {wanted} is a card already")
    else:
        raise Conflict("no free number was found")
    execute(SIGN, given)
    ((owner,),) = rows(SIGN_OF, [brand, given["number"]])
    if owner != customer_id:
        raise Conflict(f"the number {given['number']} is known as another customer's")
    card = card_of(put[0])
    _note(card, "card.issue", by, after={"state": card.state, "customer": str(customer_id)})
    outbox.emit(CardIssued(card.id, customer_id))
    return card


def _door(customer_id: UUID, brand: UUID) -> UUID:
    """The channel that saw the customer first; of one who never showed anything the brand's oldest."""
    if seen := rows(DOOR, {"brand": brand, "customer": customer_id}):
        channel: UUID = seen[0][0]
        return channel
    channels = sorted(channel.id for channel in list_channels(brand))
    if not channels:
        raise BadValue("channel_id", None, "a channel of the brand: register one first")
    return channels[0]


LOCK = f"SELECT {COLUMNS} FROM customers_card WHERE brand_id = %s AND id = %s FOR NO KEY UPDATE"  # noqa: S608
CHANGE = """
    UPDATE customers_card SET state = %(state)s, changed_at = %(now)s, reason = %(reason)s, replaced_by = %(other)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def freeze_card(card_id: UUID, *, brand: UUID, by: str, reason: str) -> Card:
    """Nothing is taken from the card until it is given free; the same again changes nothing."""
    return _turn(card_id, CardState.FROZEN, brand, by, reason)


def unfreeze_card(card_id: UUID, *, brand: UUID, by: str, reason: str) -> Card:
    """The card is taken again; phones that showed it still do."""
    return _turn(card_id, CardState.ACTIVE, brand, by, reason)


def _turn(card_id: UUID, state: CardState, brand: UUID, by: str, reason: str) -> Card:
    _check_reason(reason)
    with in_brand(brand):
        card = _lock(card_id, brand)
        if card.state is CardState.REPLACED:
            raise refused("card_replaced", card.number)
        if card.state is state:
            return card
        return _change(card, state, brand, by, reason)


def replace_card(card_id: UUID, *, brand: UUID, by: str, reason: str) -> Card:
    """A new card in the place of this one (lost, phone stolen): its number, codes and page end. The new card.

    The same again gives the card that took its place. The old number still tells whose orders were paid with it.
    """
    _check_reason(reason)
    with in_brand(brand):
        card = _lock(card_id, brand)
        if card.replaced_by:
            return _lock(card.replaced_by, brand)
        new = _issue(card.customer_id, brand, by, "", None)
        execute(END_KEYS, {"brand": brand, "card": card.id, "now": clock.now(), "keep": 0})
        _change(card, CardState.REPLACED, brand, by, reason, other=new.id)
        return new


def _change(card: Card, state: CardState, brand: UUID, by: str, reason: str, *, other: UUID | None = None) -> Card:
    key = {"brand": brand, "id": card.id, "state": state.value, "now": clock.now(), "reason": reason.strip()}
    execute(CHANGE, {**key, "other": other})
    verb = {CardState.FROZEN: "card.freeze", CardState.ACTIVE: "card.unfreeze"}.get(state, "card.replace")
    _note(card, verb, by, before={"state": card.state}, after={"state": state}, reason=reason)
    outbox.emit(CardChanged(card.id, card.customer_id, state.value))
    return _lock(card.id, brand)


NEXT_NO = "SELECT coalesce(max(no), 0) + 1 FROM customers_cardkey WHERE brand_id = %s AND card_id = %s"
PUT_KEY = """
    INSERT INTO customers_cardkey (brand_id, id, card_id, no, secret, label, made_at, last_step)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 0)
"""
END_KEYS = """
    UPDATE customers_cardkey SET ended_at = %(now)s
     WHERE brand_id = %(brand)s AND card_id = %(card)s AND ended_at IS NULL AND no NOT IN (
        SELECT no FROM customers_cardkey WHERE brand_id = %(brand)s AND card_id = %(card)s AND ended_at IS NULL
         ORDER BY no DESC LIMIT %(keep)s)
"""


def add_card_key(card_id: UUID, *, brand: UUID, label: str) -> CardKey:
    """A new key for a phone that shows the card; its secret is in the answer and sealed at rest, told never again.

    A card has at most MAX_KEYS: one more ends the oldest. Raises CardRefused for a card that is not in use.
    """
    with in_brand(brand):
        card = _lock(card_id, brand)
        if card.state is not CardState.ACTIVE:
            raise refused(f"card_{card.state.value}", card.number)
        ((no,),) = rows(NEXT_NO, [brand, card_id])
        secret = pyotp.random_base32(SECRET_CHARS)
        execute(PUT_KEY, [brand, uuid7(), card_id, no, seal(secret), label[:60], clock.now()])
        execute(END_KEYS, {"brand": brand, "card": card_id, "now": clock.now(), "keep": MAX_KEYS})
        return CardKey(card_id, card.number, no, secret)


def _lock(card_id: UUID, brand: UUID) -> Card:
    found = rows(LOCK, [brand, card_id])
    if not found:
        raise CardUnknown(f"no card {card_id}")
    return card_of(found[0])


def _check_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= MAX_REASON or not reason.isprintable():
        raise BadValue("reason", reason[:80], f"a few words on why, at most {MAX_REASON} characters")


def _note(card: Card, verb: str, by: str, **said: object) -> None:
    audit.record(brand=current_brand(), actor=by, verb=verb, subject=f"card {card.id}", **said)  # type: ignore[arg-type]
