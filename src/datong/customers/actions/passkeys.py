"""Customers log in by a passkey (通行密钥) that they made while they were logged in by a code or link.

The passkey finds its owner by itself and checks the person (finger, face, PIN). Of it we keep the public key.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.core import signing

from datong.customers.actions.signin import begin_session
from datong.customers.ports import PasskeyChecker, passkey_checker
from datong.customers.types.passkeys import Asked, Passkey, PasskeyRefused, Site
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.tries import check_tries, miss

SALT = "datong.customers.passkey"
GOOD_FOR = timedelta(minutes=10)
MOST_PASSKEYS = 10
MOST_MISSES, MISSES_WITHIN = 20, timedelta(minutes=10)

KNOWN = """
    SELECT p.credential FROM customers_passkey p JOIN customers_customer c
        ON c.brand_id = p.brand_id AND c.id = p.customer_id
     WHERE p.brand_id = %(brand)s AND coalesce(c.head_id, c.id) = %(head)s ORDER BY p.id
"""
HEAD = "SELECT coalesce(head_id, id) FROM customers_customer WHERE brand_id = %s AND id = %s FOR UPDATE"


def ask_new_passkey(customer_id: UUID, *, brand: UUID, site: Site, name: str) -> Asked:
    """What the browser of who is logged in needs to make a passkey. Raises NotFound where nobody speaks WebAuthn."""
    with in_brand(brand):
        known = [bytes(one) for (one,) in rows(KNOWN, {"brand": brand, "head": _head(customer_id, brand)})]
    challenge, token = _challenge(brand, str(customer_id))
    options = _checker().to_make(site, challenge, secrets.token_bytes(32), name[:120] or site.name, known)
    return Asked(token, options)


PUT = """
    INSERT INTO customers_passkey (brand_id, id, customer_id, credential_hash, credential, public_key, count, name,
                                   made_at, used_at)
    VALUES (%(brand)s, %(id)s, %(customer)s, %(hash)s, %(credential)s, %(key)s, %(count)s, %(name)s, %(now)s, NULL)
    ON CONFLICT (brand_id, credential_hash) DO NOTHING
"""


def add_passkey(customer_id: UUID, token: str, answer: str, *, brand: UUID, site: Site, name: str) -> Passkey:
    """Take the passkey the browser made for who is logged in. Raises PasskeyRefused, BadValue for too many."""
    challenge_id, challenge = _opened(token, brand, str(customer_id))
    made = _checker().made(answer, site, challenge)
    now, label = clock.now(), " ".join(name.split())[:80]
    given = {"brand": brand, "id": uuid7(), "customer": customer_id, "hash": _hash(made.credential), "now": now}
    given |= {"credential": made.credential, "key": made.public_key, "count": made.count, "name": label}
    with in_brand(brand):
        _use(challenge_id, brand)
        if len(rows(KNOWN, {"brand": brand, "head": _head(customer_id, brand)})) >= MOST_PASSKEYS:
            raise BadValue("name", MOST_PASSKEYS, f"at most {MOST_PASSKEYS} passkeys")
        if not execute(PUT, given):
            raise PasskeyRefused
    return Passkey(given["id"], label, now, None)  # type: ignore[arg-type]


def ask_passkey(*, brand: UUID, site: Site) -> Asked:
    """What a browser needs to prove a passkey of whoever is there; nothing is kept until it is answered."""
    challenge, token = _challenge(brand, "")
    return Asked(token, _checker().to_prove(site, challenge))


FIND = """
    SELECT id, customer_id, public_key, count FROM customers_passkey
     WHERE brand_id = %s AND credential_hash = %s FOR UPDATE
"""
USED = "UPDATE customers_passkey SET count = %s, used_at = %s WHERE brand_id = %s AND id = %s"


def sign_in_by_passkey(
    token: str, answer: str, *, brand: UUID, channel_id: UUID, site: Site, asker: str
) -> tuple[UUID, str]:
    """Whose passkey the browser proved, and the token of a new session. An answer is good once, for ten minutes.

    Raises PasskeyRefused, TooManyTries after many wrong answers of one asker.
    """
    key = f"passkey {asker}"[:120]
    check_tries(brand, key, most=MOST_MISSES, within=MISSES_WITHIN)
    try:
        challenge_id, challenge = _opened(token, brand, "")
        with in_brand(brand):
            found = rows(FIND, [brand, _hash(_checker().credential_of(answer))])
            if not found:
                raise PasskeyRefused
            ((passkey, customer, public_key, count),) = found
            now_at = _checker().proven(answer, site, challenge, bytes(public_key), count)
            _use(challenge_id, brand)
            execute(USED, [now_at, clock.now(), brand, passkey])
            return customer, begin_session(customer, brand, channel_id)
    except PasskeyRefused:
        miss(brand, key, within=MISSES_WITHIN)
        raise


LIST = """
    SELECT p.id, p.name, p.made_at, p.used_at FROM customers_passkey p JOIN customers_customer c
        ON c.brand_id = p.brand_id AND c.id = p.customer_id
     WHERE p.brand_id = %(brand)s AND coalesce(c.head_id, c.id) = %(head)s ORDER BY p.id
"""
DROP = """
    DELETE FROM customers_passkey p USING customers_customer c
     WHERE p.brand_id = %(brand)s AND p.id = %(id)s AND c.brand_id = p.brand_id AND c.id = p.customer_id
       AND coalesce(c.head_id, c.id) = %(head)s
"""


def passkeys_of(customer_id: UUID, *, brand: UUID) -> list[Passkey]:
    """The passkeys of a person's records, the oldest first."""
    with in_brand(brand):
        return [Passkey(*row) for row in rows(LIST, {"brand": brand, "head": _head(customer_id, brand)})]


def remove_passkey(customer_id: UUID, passkey_id: UUID, *, brand: UUID) -> None:
    """It logs in nobody any more; the same again changes nothing, and another's stays."""
    with in_brand(brand):
        execute(DROP, {"brand": brand, "id": passkey_id, "head": _head(customer_id, brand)})


def _checker() -> PasskeyChecker:
    found = passkey_checker()
    if found is None:
        raise NotFound("nobody speaks WebAuthn here")
    return found


def _head(customer_id: UUID, brand: UUID) -> UUID:
    found = rows(HEAD, [brand, customer_id])
    if not found:
        raise NotFound(f"no customer {customer_id}")
    head: UUID = found[0][0]
    return head


def _challenge(brand: UUID, of: str) -> tuple[bytes, str]:
    challenge = secrets.token_bytes(32)
    said = [str(brand), str(uuid7()), of, base64.b64encode(challenge).decode()]
    return challenge, signing.dumps(said, salt=SALT, compress=True)


def _opened(token: str, brand: UUID, of: str) -> tuple[UUID, bytes]:
    try:
        said = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
        if said[0] == str(brand) and said[2] == of:
            return UUID(said[1]), base64.b64decode(said[3])
    except (signing.BadSignature, ValueError, TypeError, IndexError):
        pass
    raise PasskeyRefused


ONCE = """
    INSERT INTO customers_challenge (brand_id, id, code_hash, tries, expires_at, used_at)
    VALUES (%(brand)s, %(id)s, '', 0, %(ends)s, %(now)s) ON CONFLICT DO NOTHING
"""


def _use(challenge_id: UUID, brand: UUID) -> None:
    """A challenge is answered once; the row goes when its time is over."""
    now = clock.now()
    if not execute(ONCE, {"brand": brand, "id": challenge_id, "ends": now + GOOD_FOR, "now": now}):
        raise PasskeyRefused


def _hash(credential: bytes) -> str:
    return hashlib.sha256(credential).hexdigest()
