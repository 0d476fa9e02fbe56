"""The golden record: everything that is said of people, in one statement, and what of it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers import rules
from datong.customers.types.golden import (
    RULED,
    Field,
    Golden,
    GoldenChange,
    Pin,
    Preview,
    Rule,
    RuleChange,
    Survivorship,
    Value,
)
from datong.kernel.db import in_brand, rows

Said = Mapping[str, tuple[str, datetime, datetime]]
"""field -> (value, last said, first said) of a door."""

# Each branch: (asked, record, what, text, kind, channel or pin, first, last, proven, by). Records come first.
EVERYTHING = """
    WITH person AS MATERIALIZED (
        SELECT asked.id AS asked, c.id, c.name, c.language, c.created_at, coalesce(c.head_id, c.id) AS head
          FROM customers_customer asked
          JOIN customers_customer c ON c.brand_id = asked.brand_id
           AND (c.id = coalesce(asked.head_id, asked.id) OR c.head_id = coalesce(asked.head_id, asked.id))
         WHERE asked.brand_id = %(brand)s AND asked.id = ANY(%(ids)s::uuid[])
    )
    SELECT asked, id, 'record', name, language, head, created_at, created_at, false, '' FROM person
    UNION ALL
    SELECT p.asked, p.id, 'said', s.said::text, '', s.channel_id, p.created_at, p.created_at, false, ''
      FROM person p JOIN customers_saying s ON s.brand_id = %(brand)s AND s.customer_id = p.id
    UNION ALL
    SELECT p.asked, p.id, 'pin', n.text, n.field, n.id, n.at, n.at, false, n.by || chr(31) || n.reason
      FROM person p JOIN customers_pin n ON n.brand_id = %(brand)s AND n.customer_id = p.id AND n.ended_at IS NULL
    UNION ALL
    SELECT p.asked, p.id, 'sign', i.value, i.kind, i.channel_id, i.first_seen, i.last_seen, true, ''
      FROM person p JOIN customers_identity i ON i.brand_id = %(brand)s AND i.customer_id = p.id
     WHERE %(signs)s AND i.kind IN ('phone', 'email')
    UNION ALL
    SELECT p.asked, p.id, 'sign', o.value, o.kind, o.channel_id, o.first_seen, o.last_seen, false, ''
      FROM person p JOIN customers_contact o ON o.brand_id = %(brand)s AND o.customer_id = p.id
     WHERE %(signs)s AND o.kind IN ('phone', 'email') AND o.fault = ''
    UNION ALL
    SELECT p.asked, p.id, 'details', json_build_array(coalesce(nullif(d.legal_name, ''), d.company), d.language,
                                                d.preferred, d.birthday, d.address)::text, '',
           NULL, d.changed_at, d.changed_at, false, d.changed_by
      FROM person p JOIN customers_details d ON d.brand_id = %(brand)s AND d.customer_id = p.id
     WHERE %(signs)s
"""
DETAILS = (Field.COMPANY, Field.LANGUAGE, Field.PREFERRED, Field.BIRTHDAY, Field.ADDRESS)
RULES = """
    SELECT DISTINCT ON (field) field, rules::text, sources::text, by, at, reason FROM customers_survivorship
     WHERE brand_id = %(brand)s ORDER BY field, id DESC
"""


def rules_of(brand_id: UUID) -> dict[Field, RuleChange]:
    """How the brand chooses the value of each field now; one statement."""
    found = {each: RuleChange(rules.DEFAULTS[each]) for each in RULED}
    with in_brand(brand_id):
        for name, ordered, sources, by, at, reason in rows(RULES, {"brand": brand_id}):
            chosen = Survivorship(
                Field(name), tuple(map(Rule, json.decode(ordered))), json.decode(sources, type=tuple[UUID, ...])
            )
            found[chosen.field] = RuleChange(chosen, by, at, reason)
    return found


def golden_of(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Golden]:
    """What holds for the people that these records are, by the id asked; an unknown one has no entry.

    Two statements, however many people and records. Nothing is kept: it follows from what the records say, so a merge
    and its undoing show at once.
    """
    return _chosen(brand_id, ids, signs=True)


def golden_names(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """How the people that these records are, are called: the one place for lists. Two statements."""
    return {one: found.text(Field.NAME) for one, found in _chosen(brand_id, ids, signs=False).items()}


def _chosen(brand_id: UUID, ids: Iterable[UUID], *, signs: bool) -> dict[UUID, Golden]:
    with in_brand(brand_id):
        found = _read(brand_id, ids, signs=signs)
        survivorship = {each: change.survivorship for each, change in rules_of(brand_id).items()} if found else {}
    return {asked: person.golden(survivorship) for asked, person in found.items()}


class _Person:
    """What all sources say of one person."""

    __slots__ = ("head", "pins", "said", "since")

    def __init__(self) -> None:
        self.head: UUID | None = None
        self.since: dict[UUID, datetime] = {}
        self.said: dict[Field, list[Value]] = {}
        self.pins: list[Pin] = []

    def golden(self, survivorship: Mapping[Field, Survivorship]) -> Golden:
        assert self.head is not None
        return rules.golden(self.head, self.said, self.pins, self.since, survivorship)

    def add(self, of: Field, value: Value) -> None:
        if value.text:
            self.said.setdefault(of, []).append(value)

    def take(self, row: Sequence[Any]) -> None:
        """A row of EVERYTHING; a record's own comes last, for what no door of it says."""
        record, what, text, kind, ref, first, last, proven, by = row
        if what == "record":
            self._own(record, text, kind, ref, first)
        elif what == "said":
            said: Said = json.decode(text, type=dict[str, tuple[str, datetime, datetime]])
            for name, (value, until, since) in said.items():
                self.add(Field(name), Value(value, record, since, until, ref))
        elif what == "pin":
            who, _, reason = by.partition("\x1f")
            self.pins.append(Pin(ref, record, Field(kind), text, who, first, reason))
        elif what == "sign":
            self.add(Field(kind), Value(text, record, first, last, ref, proven))
        else:
            for of, value in zip(DETAILS, json.decode(text), strict=True):
                self.add(of, Value(value or "", record, first, last, by=by))

    def _own(self, record: UUID, name: str, language: str, head: UUID, created_at: datetime) -> None:
        """The name and language a record was opened with, unless one of its doors says the same."""
        self.head, self.since[record] = head, created_at
        for of, text in ((Field.NAME, name), (Field.LANGUAGE, language)):
            same = rules.same_text(text)
            if not any(one.record_id == record and rules.same_text(one.text) == same for one in self.said.get(of, ())):
                self.add(of, Value(text, record, created_at, created_at))


def _read(brand_id: UUID, ids: Iterable[UUID], *, signs: bool) -> dict[UUID, _Person]:
    found: dict[UUID, _Person] = {}
    read = rows(EVERYTHING, {"brand": brand_id, "ids": list(set(ids)), "signs": signs})
    for row in sorted(read, key=lambda row: row[2] == "record"):
        found.setdefault(row[0], _Person()).take(row[1:])
    return found


# People of whom more than one thing may be said: merged ones, and those who came through a door of late.
SEVERAL = """
    SELECT id FROM (
        (SELECT head_id AS id FROM customers_customer
          WHERE brand_id = %(brand)s AND head_id IS NOT NULL ORDER BY head_id DESC LIMIT %(limit)s)
        UNION
        (SELECT coalesce(c.head_id, c.id) FROM customers_saying s
           JOIN customers_customer c ON c.brand_id = s.brand_id AND c.id = s.customer_id
          WHERE s.brand_id = %(brand)s ORDER BY s.customer_id DESC LIMIT %(limit)s)
        UNION
        (SELECT id FROM customers_customer
          WHERE brand_id = %(brand)s AND head_id IS NULL ORDER BY id DESC LIMIT %(limit)s)) several
     ORDER BY id DESC LIMIT %(most)s
"""
PREVIEWED = 1_000
SHOWN = 50


def preview_rules(brand_id: UUID, told: Survivorship, *, shown: int = SHOWN) -> Preview:
    """For whom these rules would choose otherwise than those that hold: of the latest 1,000 merged people, 1,000 who
    were seen by a door of late and 1,000 new ones (2,000 in all). Three statements, no write. Raises BadValue.
    """
    told = rules.checked_rules(told)
    with in_brand(brand_id):
        key = {"brand": brand_id, "limit": PREVIEWED, "most": 2 * PREVIEWED}
        people = _read(brand_id, [one for (one,) in rows(SEVERAL, key)], signs=True)
        was = rules_of(brand_id)[told.field].survivorship
    looked, changes = 0, []
    for asked, person in people.items():
        values = person.said.get(told.field, ())
        if len({rules.same_text(value.text) for value in values}) < 2:
            continue
        looked += 1
        pin = max(
            (one for one in person.pins if one.field is told.field), key=lambda one: (one.at, one.id), default=None
        )
        before, after = (rules.choose(told.field, values, each, person.since, pin) for each in (was, told))
        if before and after and rules.same_text(before.value.text) != rules.same_text(after.value.text):
            changes.append(GoldenChange(asked, before, after))
    changes.sort(key=lambda one: one.customer_id, reverse=True)
    return Preview(looked, len(changes), tuple(changes[:shown]))
