"""How the values of the golden record are chosen, what is kept by hand, and what a system says of a customer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import json

from datong.customers import rules
from datong.customers.actions.sayings import MAX_ADDRESS, MAX_NAME, Known, note_sayings, read_saying
from datong.customers.queries import records_of, rules_of
from datong.customers.types import HALVES, Field, Identity, IdentityKind, Means, Pin, RuleChange
from datong.customers.types.golden import Survivorship
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, NotFound, Problem
from datong.kernel.ids import uuid7

MAX_REASON = 500
TEXTS = {Field.ADDRESS: MAX_ADDRESS, Field.LANGUAGE: 35}
TOLD = tuple(each for each in Field if each not in (Field.PHONE, Field.EMAIL))
"""What a system may say of a customer. A phone or e-mail is shown at a door, with or without proof."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

SAY = """
    INSERT INTO customers_survivorship (brand_id, id, field, rules, sources, by, at, reason)
    VALUES (%(brand)s, %(id)s, %(field)s, %(rules)s::jsonb, %(sources)s::jsonb, %(by)s, %(at)s, %(reason)s)
"""


def say_survivorship(told: Survivorship, *, brand: UUID, by: str, reason: str) -> RuleChange:
    """Say how the value of a field is chosen from now on, for everybody at once; on record, with who and why.

    What a person keeps by hand stays. The same again writes nothing. Raises BadValue naming the field.
    """
    made = rules.checked_rules(told)
    why = _said(reason)
    with in_brand(brand):
        was = rules_of(brand)[made.field]
        if was.survivorship == made:
            return was
        now, key = clock.now(), {"brand": brand, "id": uuid7(), "field": made.field.value, "by": by[:120]}
        ordered, sources = json.encode(list(made.rules)).decode(), json.encode(list(made.sources)).decode()
        execute(SAY, {**key, "rules": ordered, "sources": sources, "at": now, "reason": why})
        audit.record(
            brand=brand,
            actor=by,
            verb="golden.rules",
            subject=f"golden {made.field}",
            before=_facts(was.survivorship),
            after=_facts(made),
            reason=why,
        )
    return RuleChange(made, by[:120], now, why)


def _facts(told: Survivorship) -> dict[str, object]:
    return {"rules": [rule.value for rule in told.rules], "sources": [str(one) for one in told.sources]}


# The record that says this value, if one does: the pin goes with it when a merge is undone.
WHOSE = """
    SELECT r.id FROM unnest(%(records)s::uuid[]) WITH ORDINALITY r(id, n)
     WHERE EXISTS (SELECT 1 FROM customers_saying s, jsonb_each(s.said) f
                    WHERE s.brand_id = %(brand)s AND s.customer_id = r.id AND f.key = %(field)s
                      AND f.value ->> 0 = %(text)s)
        OR EXISTS (SELECT 1 FROM customers_identity i WHERE i.brand_id = %(brand)s AND i.customer_id = r.id
                      AND i.kind = %(field)s AND i.value = %(text)s)
        OR EXISTS (SELECT 1 FROM customers_contact o WHERE o.brand_id = %(brand)s AND o.customer_id = r.id
                      AND o.kind = %(field)s AND o.value = %(text)s)
        OR EXISTS (SELECT 1 FROM customers_details d WHERE d.brand_id = %(brand)s AND d.customer_id = r.id
                      AND %(text)s = CASE %(field)s WHEN 'company' THEN coalesce(nullif(d.legal_name, ''), d.company)
                                      WHEN 'address' THEN d.address WHEN 'language' THEN d.language
                                      WHEN 'preferred' THEN d.preferred WHEN 'birthday' THEN d.birthday::text END)
        OR EXISTS (SELECT 1 FROM customers_customer c WHERE c.brand_id = %(brand)s AND c.id = r.id
                      AND %(text)s = CASE %(field)s WHEN 'name' THEN c.name WHEN 'language' THEN c.language END)
     ORDER BY r.n LIMIT 1
"""
END = """
    UPDATE customers_pin SET ended_at = %(now)s, ended_by = %(by)s, ended_reason = %(reason)s
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) AND field = %(field)s AND ended_at IS NULL
"""
PIN = """
    INSERT INTO customers_pin (brand_id, id, customer_id, field, text, by, at, reason, ended_by, ended_reason)
    VALUES (%(brand)s, %(id)s, %(customer)s, %(field)s, %(text)s, %(by)s, %(at)s, %(reason)s, '', '')
    ON CONFLICT (brand_id, customer_id, field) WHERE ended_at IS NULL
    DO UPDATE SET text = excluded.text, by = excluded.by, at = excluded.at, reason = excluded.reason
    RETURNING id
"""


def pin(customer_id: UUID, of: Field, text: str, *, brand: UUID, by: str, reason: str) -> Pin:
    """Keep a value by hand: it holds whatever the rules say, until it is let go.

    It belongs to the record that says it (to the asked one where none does), and goes with it when a merge is undone.
    What was kept by hand before of that record and field makes place. Raises BadValue naming the field, NotFound.
    """
    held, why = value_of(of, text), _said(reason)
    with in_brand(brand):
        records = _records(brand, customer_id)
        key: dict[str, object] = {"brand": brand, "field": of.value, "text": held}
        asked_first = [customer_id, *(one for one in records if one != customer_id)]
        whose = rows(WHOSE, {**key, "records": asked_first})
        owner = whose[0][0] if whose else customer_id
        now = clock.now()
        ((pin_id,),) = rows(PIN, {**key, "id": uuid7(), "customer": owner, "by": by[:120], "at": now, "reason": why})
        _on_record(brand, by, "golden.pin", records[0], of, owner, why)
    return Pin(pin_id, owner, of, held, by[:120], now, why)


def unpin(customer_id: UUID, of: Field, *, brand: UUID, by: str, reason: str) -> bool:
    """Let the rules choose again, for the whole person; False when nothing was kept. Raises BadValue, NotFound."""
    why = _said(reason)
    with in_brand(brand):
        records = _records(brand, customer_id)
        key = {"brand": brand, "records": list(records), "field": of.value, "now": clock.now(), "by": by[:120]}
        ended = execute(END, {**key, "reason": why})
        if ended:
            _on_record(brand, by, "golden.unpin", records[0], of, customer_id, why)
        return bool(ended)


def _on_record(brand: UUID, by: str, verb: str, head: UUID, of: Field, record: UUID, reason: str) -> None:
    # The value is not told to the trail: what is written of a person would have to be taken out of it again.
    after = {"field": of.value, "record": str(record)}
    audit.record(brand=brand, actor=by, verb=verb, subject=f"customer {head}", after=after, reason=reason)


def value_of(of: Field, text: str) -> str:
    """A value as it is kept; BadValue says what is wrong with it."""
    said = " ".join(text.split())
    most = TEXTS.get(of, MAX_NAME)
    if not said or len(said) > most or not said.isprintable():
        raise BadValue(of.value, text[:80], f"1 to {most} printable characters")
    if rules.is_masked(said):
        raise BadValue(of.value, said[:80], "a value in full: a masked one is of one delivery only")
    if of is Field.LANGUAGE and not _LANGUAGE.fullmatch(said):
        raise BadValue(of.value, said, "a language tag such as en, zh or zh-Hans")
    if of is Field.PREFERRED and said not in set(Means):
        raise BadValue(of.value, said, f"one of {', '.join(Means)}")
    if of is Field.BIRTHDAY:
        _check_day(said)
    if of in (Field.PHONE, Field.EMAIL):
        sign = rules.normalise(Identity(IdentityKind(of.value), said))
        if fault := rules.fault_of(sign):
            raise BadValue(of.value, said[:80], fault)
        return sign.value
    return said


def _check_day(said: str) -> None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise BadValue("birthday", said[:80], "a day such as 1990-05-17") from None
    if not 1900 <= day.year <= clock.now().year or said != day.isoformat():
        raise BadValue("birthday", said[:80], "a day such as 1990-05-17, since 1900 and not ahead")


BEFORE = """
    SELECT c.name, c.language, c.created_at, s.said::text FROM customers_customer c
      LEFT JOIN customers_saying s ON s.brand_id = c.brand_id AND s.customer_id = c.id AND s.channel_id = %(channel)s
     WHERE c.brand_id = %(brand)s AND c.id = %(customer)s
"""


def say_fields(customer_id: UUID, channel_id: UUID, fields: Mapping[Field, str], *, brand: UUID, by: str) -> None:
    """Note what a system says of a record of a customer (not of the whole person); what it does not name stays.

    The rules choose among it with what other doors say. Raises BadInput naming each field of no use, NotFound.
    """
    words, problems = {}, []
    for of, text in fields.items():
        try:
            if of not in TOLD:
                raise BadValue(of.value, text[:80], "nothing here: signs are shown at a door")
            words[of.value] = value_of(of, text)
        except BadInput as error:
            problems += [Problem(one.field, one.code, one.fix, one.value) for one in error.problems]
    if not fields:
        raise BadValue("name", "", "something to say: a name, an address, a birthday")
    if problems:
        raise BadInput("fields that cannot be used", *problems)
    if Field.NAME not in words and any(half in words for half in HALVES):
        halves = (words.get(half.value, "") for half in HALVES)
        words[Field.NAME.value] = rules.joined_name(*halves)[:MAX_NAME]
    with in_brand(brand):
        found = rows(BEFORE, {"brand": brand, "channel": channel_id, "customer": customer_id})
        if not found:
            raise NotFound(f"no customer {customer_id}")
        name, language, created_at, said = found[0]
        door = (customer_id, channel_id)
        before = {door: read_saying(said)} if said else {}
        note_sayings({door: words}, before, {customer_id: Known(name, language, created_at)}, clock.now(), brand)
        audit.record(
            brand=brand,
            actor=by,
            verb="customer.say",
            subject=f"customer {customer_id}",
            after={"channel": str(channel_id), "fields": sorted(words)},
        )


def _records(brand: UUID, customer_id: UUID) -> Sequence[UUID]:
    found = records_of(brand, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound(f"no customer {customer_id}")
    return found


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > MAX_REASON or not said.isprintable():
        raise BadValue("reason", reason[:80], f"1 to {MAX_REASON} printable characters")
    return said
