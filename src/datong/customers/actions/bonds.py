"""What a customer is, whom they belong with, who looks after them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers.queries import bond_of, details_of, keepings_of, records_of
from datong.customers.queries.bonds import BOND_COLUMNS
from datong.customers.types import Bond, BondKind, CustomerKind, Details, Keeping
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

LIMITS = {"legal_name": 200, "legal_id": 60, "industry": 60, "company": 200, "address": 500}
OF_COMPANIES = ("legal_name", "legal_id", "industry")
MAX_TAGS = 50
MAX_TAG = 60
MAX_ROLE = 60
MAX_BONDS = 200
PUT = """
    INSERT INTO customers_details (brand_id, customer_id, kind, legal_name, legal_id, industry, preferred, language,
                                   birthday, company, address, tags, changed_at, changed_by)
    VALUES (%(brand)s, %(customer)s, %(kind)s, %(legal_name)s, %(legal_id)s, %(industry)s, %(preferred)s, %(language)s,
            %(birthday)s, %(company)s, %(address)s, %(tags)s::jsonb, %(now)s, %(by)s)
    ON CONFLICT (brand_id, customer_id) DO UPDATE
       SET kind = excluded.kind, legal_name = excluded.legal_name, legal_id = excluded.legal_id,
           industry = excluded.industry, preferred = excluded.preferred, language = excluded.language,
           birthday = excluded.birthday, company = excluded.company, address = excluded.address,
           tags = excluded.tags, changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""


def put_details(details: Details, *, brand: UUID, by: str) -> Details:
    """Write what a customer is, whole; the trail says which fields changed, not what to. The same again writes nothing.

    Raises BadValue naming the field, NotFound.
    """
    made = _checked(details)
    with in_brand(brand):
        head = _head(brand, made.customer_id)
        was = details_of(brand, head)
        made = replace(made, customer_id=head, changed_at=was.changed_at, changed_by=was.changed_by)
        changed = [name for name in FIELDS if getattr(made, name) != getattr(was, name)]
        if not changed:
            return was
        made = replace(made, changed_at=clock.now(), changed_by=by[:120])
        key = {name: getattr(made, name) for name in (*LIMITS, "language", "birthday")}
        key |= {
            "tags": json.encode(made.tags).decode(),
            "brand": brand,
            "customer": head,
            "kind": made.kind.value,
            "now": made.changed_at,
            "by": made.changed_by,
        }
        execute(PUT, {**key, "preferred": made.preferred.value if made.preferred else ""})
        # What is written of a person is not told to the trail: it would have to be taken out of it again.
        subject = f"customer {head}"
        audit.record(brand=brand, actor=by, verb="customer.details", subject=subject, after={"fields": changed})
    return made


FIELDS = ("kind", *LIMITS, "preferred", "language", "birthday", "tags")


def _checked(details: Details) -> Details:
    cleaned: dict[str, Any] = {}
    for name, most in LIMITS.items():
        value = " ".join(getattr(details, name).split())
        if len(value) > most or not (value.isprintable() or not value):
            raise BadValue(name, value[:80], f"at most {most} printable characters")
        if value and details.kind is CustomerKind.PERSON and name in OF_COMPANIES:
            raise BadValue(name, value[:80], "nothing for a person; an organisation has it")
        cleaned[name] = value
    if details.language and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", details.language):
        raise BadValue("language", details.language[:40], "a language tag such as en, zh or zh-Hans")
    if details.birthday and details.kind is CustomerKind.ORGANISATION:
        raise BadValue("birthday", details.birthday.isoformat(), "nothing for an organisation")
    if details.birthday and not 1900 <= details.birthday.year <= clock.now().year:
        raise BadValue("birthday", details.birthday.isoformat(), "a day since 1900 that is not ahead")
    cleaned["tags"] = tuple(dict.fromkeys(" ".join(tag.split()) for tag in details.tags if tag.strip()))
    if len(cleaned["tags"]) > MAX_TAGS or any(len(t) > MAX_TAG or not t.isprintable() for t in cleaned["tags"]):
        raise BadValue("tags", len(cleaned["tags"]), f"at most {MAX_TAGS} words of at most {MAX_TAG} characters")
    return replace(details, **cleaned)


BIND = f"""
    INSERT INTO customers_bond (brand_id, id, kind, customer_id, other_id, role, since, by, ended_by)
    VALUES (%(brand)s, %(id)s, %(kind)s, %(customer)s, %(other)s, %(role)s, %(now)s, %(by)s, '')
    ON CONFLICT (brand_id, kind, customer_id, other_id) WHERE ended_at IS NULL
    DO UPDATE SET role = excluded.role
    RETURNING {BOND_COLUMNS}
"""  # noqa: S608  constants only


def bind(customer_id: UUID, other_id: UUID, kind: BondKind, *, brand: UUID, by: str, role: str = "") -> Bond:
    """Say that two customers belong together; said again it is the same, with the role said last.

    A contact speaks for an organisation, and only an organisation is part of one. Of a household the order of the two
    does not matter. Raises BadValue naming the field, NotFound.
    """
    said = " ".join(role.split())
    if len(said) > MAX_ROLE or not (said.isprintable() or not said):
        raise BadValue("role", role[:80], f"at most {MAX_ROLE} printable characters")
    with in_brand(brand):
        one, other = _head(brand, customer_id), _head(brand, other_id)
        if one == other:
            raise BadValue("other_id", str(other_id), "another customer: these are one")
        if kind is not BondKind.HOUSEHOLD and details_of(brand, other).kind is not CustomerKind.ORGANISATION:
            raise BadValue("other_id", str(other_id), "an organisation; say on its page that it is one")
        if kind is BondKind.PART and details_of(brand, one).kind is not CustomerKind.ORGANISATION:
            raise BadValue("customer_id", str(customer_id), "an organisation; say on its page that it is one")
        if kind is BondKind.HOUSEHOLD:
            one, other = sorted((one, other))
        key = {"brand": brand, "id": uuid7(), "kind": kind.value, "customer": one, "other": other, "role": said}
        made = bond_of(rows(BIND, {**key, "now": clock.now(), "by": by[:120]})[0])
        after = {"kind": kind.value, "with": str(other)}
        audit.record(brand=brand, actor=by, verb="customer.bind", subject=f"customer {one}", after=after)
    return made


UNBIND = """
    UPDATE customers_bond SET ended_at = %(now)s, ended_by = %(by)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND ended_at IS NULL
    RETURNING customer_id, other_id, kind
"""


def unbind(bond_id: UUID, *, brand: UUID, by: str) -> bool:
    """Two customers belong together no longer; False when it was ended, or is no such thing."""
    with in_brand(brand):
        found = rows(UNBIND, {"brand": brand, "id": bond_id, "now": clock.now(), "by": by[:120]})
        for one, other, kind in found:
            before = {"kind": kind, "with": str(other)}
            audit.record(brand=brand, actor=by, verb="customer.unbind", subject=f"customer {one}", before=before)
        return bool(found)


END = """
    UPDATE customers_keeping SET until = %(now)s
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) AND until IS NULL AND manager <> %(manager)s
"""
KEEP = """
    INSERT INTO customers_keeping (brand_id, id, customer_id, manager, since, by, until)
    SELECT %(brand)s, %(id)s, %(customer)s, %(manager)s, %(now)s, %(by)s, NULL
     WHERE NOT EXISTS (SELECT 1 FROM customers_keeping WHERE brand_id = %(brand)s
                          AND customer_id = ANY(%(records)s::uuid[]) AND until IS NULL)
    ON CONFLICT DO NOTHING
"""


def keep(customer_id: UUID, manager: str, *, brand: UUID, by: str) -> Keeping | None:
    """Give a customer to somebody to look after (a username); '' gives them to nobody. The present keeper or None.

    Whether the username is somebody of the brand the caller knows. Given again to the same, it is as it was.
    """
    name = manager.strip()
    if len(name) > 120 or not (name.isprintable() or not name):
        raise BadValue("manager", manager[:80], "a username")
    with in_brand(brand):
        records = _records(brand, customer_id)
        before = next((one.manager for one in keepings_of(brand, customer_id) if one.until is None), "")
        if before != name:
            key = {"brand": brand, "records": list(records), "manager": name, "now": clock.now(), "by": by[:120]}
            execute(END, key)
            if name:
                execute(KEEP, {**key, "id": uuid7(), "customer": records[0]})
            subject = f"customer {records[0]}"
            was, now = {"manager": before}, {"manager": name}
            audit.record(brand=brand, actor=by, verb="customer.keep", subject=subject, before=was, after=now)
        return next((one for one in keepings_of(brand, customer_id) if one.until is None), None)


def _records(brand: UUID, customer_id: UUID) -> tuple[UUID, ...]:
    found = records_of(brand, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound(f"no customer {customer_id}")
    return found


def _head(brand: UUID, customer_id: UUID) -> UUID:
    return _records(brand, customer_id)[0]
