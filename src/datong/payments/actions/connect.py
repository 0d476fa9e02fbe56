"""Our accounts at providers: what each believes the other by, and what was last heard from there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.secrets import seal, unseal
from datong.payments.ports import Client, client_of
from datong.payments.queries import connections
from datong.payments.types.online import BASE_URLS, NEEDS, Connection, Merchant, Provider

MAX_SECRET = 8_000

KEPT = "SELECT sealed FROM payments_connection WHERE brand_id = %s AND provider = %s FOR UPDATE"
PUT = """
    INSERT INTO payments_connection (brand_id, provider, base_url, sealed, active, changed_at, changed_by, notice,
                                     trouble)
    VALUES (%(brand)s, %(provider)s, %(url)s, %(sealed)s, %(active)s, %(now)s, %(by)s, '', '')
    ON CONFLICT (brand_id, provider) DO UPDATE
       SET base_url = excluded.base_url, sealed = excluded.sealed, active = excluded.active,
           changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""


def put_provider(
    provider: Provider,
    *,
    brand: UUID,
    by: str,
    secrets: Mapping[str, str],
    base_url: str = "",
    active: bool = True,
) -> Connection:
    """Say with what account a provider is asked. A credential that is left empty stays as it was.

    Raises BadInput naming every field that cannot be used.
    """
    with in_brand(brand):
        before = rows(KEPT, [brand, provider.value])
        kept = msgspec.json.decode(unseal(bytes(before[0][0]))) if before else {}
        given = {**kept, **{name: value.strip() for name, value in secrets.items() if value.strip()}}
        url = (base_url.strip() or BASE_URLS[provider]).rstrip("/")
        _check(provider, url, given)
        key = {"brand": brand, "provider": provider.value, "url": url, "active": active, "now": clock.now()}
        execute(PUT, {**key, "sealed": seal(msgspec.json.encode(given).decode()), "by": by[:120]})
        audit.record(
            brand=brand,
            actor=by,
            verb="payment.connect",
            subject=f"payment provider {provider.value}",
            after={"base_url": url, "active": active, "replaced": sorted(n for n, v in secrets.items() if v.strip())},
        )
        return next(one for one in connections(brand) if one.provider is provider)


def _check(provider: Provider, url: str, secrets: Mapping[str, str]) -> None:
    problems = [
        Problem(f"secrets/{name}", "missing", f"{provider.value} believes nobody without it")
        for name in NEEDS[provider]
        if not secrets.get(name)
    ]
    problems += [
        Problem(f"secrets/{name}", "unknown", "one of " + ", ".join(NEEDS[provider]))
        for name in secrets
        if name not in NEEDS[provider]
    ]
    problems += [
        Problem(f"secrets/{name}", "length", f"at most {MAX_SECRET} characters")
        for name, value in secrets.items()
        if len(value) > MAX_SECRET
    ]
    parts = urlsplit(url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))):
        problems.append(Problem("base_url", "not_https", f"an address such as {BASE_URLS[provider]}", url[:200]))
    if not problems:
        try:
            client_of(Merchant(provider, url, secrets))
        except ValueError as error:
            problems.append(Problem("secrets/private_key", "unreadable", str(error)[:200]))
    if problems:
        raise BadInput("the provider cannot be asked like this", *problems)


SEALED = "SELECT base_url, sealed, active FROM payments_connection WHERE brand_id = %s AND provider = %s"


def provider_of(provider: Provider, *, brand: UUID, also_off: bool = True) -> Client:
    """A client of the brand's account. Raises NotFound where there is none; `also_off`: one that takes no new payment
    still answers about the old ones."""
    with in_brand(brand):
        found = rows(SEALED, [brand, provider.value])
    if not found or not (found[0][2] or also_off):
        raise NotFound(f"no account at {provider.value} takes payments")
    return client_of(Merchant(provider, found[0][0], msgspec.json.decode(unseal(bytes(found[0][1])))))


HEARD = """
    UPDATE payments_connection SET notice_at = %(now)s, notice = %(said)s
     WHERE brand_id = %(brand)s AND provider = %(provider)s
"""
TROUBLE = """
    UPDATE payments_connection SET trouble_at = %(now)s, trouble = %(said)s
     WHERE brand_id = %(brand)s AND provider = %(provider)s
"""


def heard(provider: Provider, said: str, *, brand: UUID, trouble: bool = False) -> None:
    """Keep what a provider told last, or what went wrong there last, for the people who look after it."""
    with in_brand(brand):
        key = {"brand": brand, "provider": provider.value, "now": clock.now(), "said": said[:300]}
        execute(TROUBLE if trouble else HEARD, key)
