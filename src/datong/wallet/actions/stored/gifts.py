"""Cards with a code: a batch is issued, each code told once; what is kept is its hash."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import exponent
from datong.kernel.once import once
from datong.kernel.tries import check_tries, miss
from datong.ledger.api import post
from datong.wallet.actions.stored.common import booked, of_purse, paid_with, trail
from datong.wallet.actions.stored.money import PUT
from datong.wallet.actions.stored.purses import new_code, put_purse
from datong.wallet.queries.stored import get_purse, purses_by_code, stored_policy
from datong.wallet.rules.stored import (
    check_amount,
    check_opening,
    plain_gift_code,
    read_gift_code,
    room,
    shown_gift_code,
)
from datong.wallet.types.stored import GiftCard, GiftUnknown, Opening, Purse, PurseKind, refused

MAX_BATCH = 500
WITHIN = timedelta(minutes=10)
MOST_MISSES = 20


def issue_gifts(
    count: int,
    face_minor: int,
    opening: Opening,
    *,
    brand: UUID,
    by: str,
    price_minor: int | None = None,
    method: str = "cash",
    key: str = "",
) -> list[GiftCard]:
    """Make cards with a code, sold for `price_minor` each (None: for what is on them); the codes are told this once.

    Of a partner's discounted card (S-126) the issuer owes the price; what is on it above that is a discount. The same
    `key` again is a Conflict: the cards are there, and their codes were told then. Raises BadValue and
    PurseRefused as the place says: `limit`, `unlicensed`.
    """
    check_amount(face_minor, "face_minor")
    exponent(opening.currency)
    if type(count) is not int or not 1 <= count <= MAX_BATCH:
        raise BadValue("count", count, f"1 to {MAX_BATCH}")
    price = face_minor if price_minor is None else check_amount(price_minor, "price_minor")
    if price > face_minor:
        raise BadValue("price_minor", price, f"at most what is on the card, {face_minor}")
    if opening.kind is PurseKind.PREPAID or opening.customer_id is not None:
        raise BadValue("kind", opening.kind, "gift or partner: a card with a name is opened for its customer")
    with in_brand(brand):
        policy = stored_policy(brand, opening.currency)
        check_opening(opening, policy, clock.now())
        most = room(policy, named=False)
        if most is not None and face_minor > most:
            raise refused("limit", field="face_minor", shown=f"at most {most}")
        paid = f"partner:{opening.issuer[:40]}".replace(" ", "_") if opening.kind is PurseKind.PARTNER else method
        made: list[GiftCard] = []

        def work() -> list[str]:
            made.extend(_issue(opening, face_minor, price, paid, brand, by) for _ in range(count))
            return [str(card.purse_id) for card in made]

        once("wallet.gifts", key, [count, face_minor, opening.currency, opening.batch], work)
        if not made:
            raise Conflict("these cards were made before; their codes were told then and are not kept")
        return made


def _issue(opening: Opening, face: int, price: int, method: str, brand: UUID, by: str) -> GiftCard:
    code = new_code(brand)
    purse = get_purse(brand, put_purse(opening, code))
    top_up = uuid7()
    given = {"brand": brand, "id": top_up, "purse": purse.id, "key": "", "principal": price, "bonus": face - price}
    rows(PUT, {**given, "method": method, "ref": "", "store": None, "now": clock.now(), "by": by[:120]})
    places = of_purse(purse.id) | paid_with(method)
    moves = [booked("wallet.gift", price, "gift_sold", top_up, purse.currency, places)]
    if face > price:
        moves.append(booked("wallet.gift.discount", face - price, "gift_discount", top_up, purse.currency, places))
    post(moves, brand=brand, late=True)
    trail("purse.issue", purse, by, amount_minor=face, price_minor=price, batch=opening.batch, issuer=opening.issuer)
    return GiftCard(purse.id, shown_gift_code(code), face, purse.currency, opening.expires_at)


def find_gifts(codes: tuple[str, ...], *, brand: UUID, asker: str) -> list[Purse]:
    """The purses of these codes. Wrong codes are counted for `asker`, and stopped (TooManyTries).

    Raises BadValue for what is no code, GiftUnknown, PurseRefused `gift_other_brand`.
    """
    key = f"gift {asker}"[:120]
    check_tries(brand, key, most=MOST_MISSES, within=WITHIN)
    plain = [plain_gift_code(code) for code in codes]
    found = purses_by_code(brand, plain)
    if len(found) < len(set(plain)):
        miss(brand, key, within=WITHIN)
        for code in codes:  # of an older system's codes nothing can be told but that they are known
            read_gift_code(code, brand)
        problem = Problem("code", "gift_unknown", "the code of a card: no card has this one")
        raise GiftUnknown("no card has this code", problem)
    return found
