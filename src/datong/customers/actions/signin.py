"""Customers log in by a code or link sent to their e-mail or phone. Whether somebody is known there is never told."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

from datong.customers.actions.identify import identify
from datong.customers.rules import fault_of, normalise
from datong.customers.types import Identified, Identity, IdentityKind, Sighting
from datong.customers.types.signin import Challenge, CodeWrong, Session
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.kernel.tries import check_tries, miss

SALT, LINK_SALT = "datong.customers.signin", "datong.customers.signin.link"
GOOD_FOR = timedelta(minutes=10)
MOST_GUESSES = 5
MOST_ASKS, ASKS_WITHIN = 5, timedelta(minutes=10)
SESSION_FOR = timedelta(days=90)
KINDS = (IdentityKind.EMAIL, IdentityKind.PHONE)

ASK = """
    INSERT INTO customers_challenge (brand_id, id, code_hash, tries, expires_at, used_at)
    VALUES (%(brand)s, %(id)s, %(hash)s, 0, %(ends)s, NULL)
"""


def ask_sign_in(identity: Identity, *, brand: UUID, asker: str) -> Challenge:
    """A new code for whoever reads this e-mail or phone, known or not; the caller sends it, outside of a transaction.

    Raises BadValue for what is no address or number, TooManyTries for more than MOST_ASKS within ten minutes of one
    asker or to one address.
    """
    plain = normalise(Identity(identity.kind, identity.value))
    if plain.kind not in KINDS or fault_of(plain):
        raise BadValue("identity", plain.value[:80], "an e-mail address or a phone number in E.164")
    keys = (f"signin {asker}"[:120], f"signin to {_hash(plain.value)[:40]}")
    check_tries(brand, *keys, most=MOST_ASKS, within=ASKS_WITHIN)
    miss(brand, *keys, within=ASKS_WITHIN)
    challenge_id, code = uuid7(), f"{secrets.randbelow(1_000_000):06}"
    with in_brand(brand):
        given = {"brand": brand, "id": challenge_id, "ends": clock.now() + GOOD_FOR}
        execute(ASK, given | {"hash": _hash(f"{challenge_id} {code}")})
    told = [str(brand), str(challenge_id), plain.kind.value, plain.value]
    link = signing.dumps([*told, code], salt=LINK_SALT, compress=True)
    return Challenge(plain, signing.dumps(told, salt=SALT, compress=True), code, link)


GUESS = """
    UPDATE customers_challenge
       SET tries = tries + 1, used_at = CASE WHEN code_hash = %(hash)s THEN %(now)s END
     WHERE brand_id = %(brand)s AND id = %(id)s AND used_at IS NULL AND expires_at > %(now)s AND tries < %(most)s
    RETURNING used_at IS NOT NULL
"""


def sign_in(token: str, code: str, *, brand: UUID, channel_id: UUID, language: str = "") -> tuple[Identified, str]:
    """Who reads that e-mail or phone, now verified, and the token of a new session for their browser.

    A code is good once, for ten minutes and five guesses; guesses of two at the same moment count one after the other.
    Raises CodeWrong. A stranger becomes a customer, as at every door.
    """
    challenge_id, identity = _opened(token, SALT, brand)[:2]
    digits = "".join(sign for sign in code if sign.isdigit())[:12]
    key = {"brand": brand, "id": challenge_id, "hash": _hash(f"{challenge_id} {digits}"), "now": clock.now()}
    with in_brand(brand):
        found = rows(GUESS, key | {"most": MOST_GUESSES})
    if found != [(True,)]:
        raise CodeWrong
    return _enter(identity, brand, channel_id, language)


def sign_in_by_link(link: str, *, brand: UUID, channel_id: UUID, language: str = "") -> tuple[Identified, str]:
    """The same by the link of the message, good once."""
    challenge_id, identity, code = _opened(link, LINK_SALT, brand)
    token = signing.dumps(
        [str(brand), str(challenge_id), identity.kind.value, identity.value], salt=SALT, compress=True
    )
    return sign_in(token, code, brand=brand, channel_id=channel_id, language=language)


def _opened(token: str, salt: str, brand: UUID) -> tuple[UUID, Identity, str]:
    try:
        said = signing.loads(token, salt=salt, max_age=GOOD_FOR)
        if said[0] == str(brand):
            return UUID(said[1]), Identity(IdentityKind(said[2]), said[3], verified=True), (said[4:] or [""])[0]
    except (signing.BadSignature, ValueError, TypeError, IndexError):
        pass
    raise CodeWrong


BEGIN = """
    INSERT INTO customers_session (brand_id, id, token_hash, customer_id, channel_id, began_at, expires_at)
    VALUES (%(brand)s, %(id)s, %(token)s, %(customer)s, %(channel)s, %(now)s, %(ends)s)
"""


def _enter(identity: Identity, brand: UUID, channel_id: UUID, language: str) -> tuple[Identified, str]:
    with in_brand(brand):
        (who,) = identify([Sighting(channel_id, (identity,), language=language)], brand=brand)
        if who is None:
            raise CodeWrong
        return who, begin_session(who.customer_id, brand, channel_id)


def begin_session(customer_id: UUID, brand: UUID, channel_id: UUID) -> str:
    """The token of a new session of who has just proven who they are; within the caller's transaction."""
    token, now = secrets.token_urlsafe(32), clock.now()
    key = {"brand": brand, "id": uuid7(), "token": _hash(token), "customer": customer_id}
    execute(BEGIN, key | {"channel": channel_id, "now": now, "ends": now + SESSION_FOR})
    return token


END = "DELETE FROM customers_session WHERE brand_id = %s AND token_hash = %s"


def sign_out(token: str, *, brand: UUID) -> None:
    """The session of this browser is over; the same again changes nothing."""
    with in_brand(brand):
        execute(END, [brand, _hash(token)])


SWEEP = """
    WITH codes AS (DELETE FROM customers_challenge WHERE brand_id = %(brand)s AND expires_at < %(now)s RETURNING 1),
         gone AS (DELETE FROM customers_session WHERE brand_id = %(brand)s AND expires_at < %(now)s RETURNING 1)
    SELECT (SELECT count(*) FROM codes)::int + (SELECT count(*) FROM gone)::int
"""


def sweep_sign_ins(brand: UUID, *, at: datetime | None = None) -> int:
    """Forget codes and sessions whose time is over; how many."""
    with in_brand(brand):
        ((count,),) = rows(SWEEP, {"brand": brand, "now": at or clock.now()})
    return int(count)


def _hash(text: str) -> str:
    """Keyed by the installation's secret: six digits cannot be found again from what is stored."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


SESSION = """
    SELECT s.id, s.customer_id, coalesce(c.head_id, c.id), s.channel_id FROM customers_session s
      JOIN customers_customer c ON c.brand_id = s.brand_id AND c.id = s.customer_id
     WHERE s.brand_id = %s AND s.token_hash = %s AND s.expires_at > %s
"""


def session_of(token: str, *, brand: UUID) -> Session | None:
    """Who is logged in at a browser with this token; one statement."""
    with in_brand(brand):
        found = rows(SESSION, [brand, _hash(token), clock.now()])
    return Session(*found[0]) if found else None
