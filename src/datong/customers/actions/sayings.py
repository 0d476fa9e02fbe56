"""Keep what each door says of a record: the latest of each field, with when it was first and last said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec import json

from datong.customers import rules
from datong.customers.types import Identified, Sighting
from datong.customers.types.golden import Field
from datong.kernel import bulk
from datong.kernel.db import execute

Door = tuple[UUID, UUID]
"""(record, channel)"""
Words = dict[str, str]
"""field -> value"""
SAID_AFTER = timedelta(days=1)
"""What is said again within it is not written again."""
MAX_NAME, MAX_ADDRESS, MAX_TAG = 200, 500, 35


class Known(NamedTuple):
    """What a record was opened with, and when: said by itself."""

    name: str
    language: str
    at: datetime


class Saying(NamedTuple):
    """One field of a door as it is kept."""

    text: str
    last: datetime
    first: datetime


def read_saying(text: str) -> dict[str, Saying]:
    """The JSON of `customers_saying.said`."""
    return {name: Saying(*told) for name, told in _read(text).items()}


_read = json.Decoder(dict[str, tuple[str, datetime, datetime]]).decode


def told_by(
    sightings: Sequence[Sighting], customers: Sequence[Identified | None], new: Mapping[UUID, int]
) -> dict[Door, Words]:
    """What each door said of whom it saw; of a record opened by a sighting, without what it was opened with."""
    opened = set(new.values())
    told: dict[Door, Words] = {}
    for place, (sighting, who) in enumerate(zip(sightings, customers, strict=True)):
        if not who:
            continue
        words = {Field.ADDRESS.value: plain(sighting.address, MAX_ADDRESS)}
        if place not in opened:
            words |= {
                Field.NAME.value: plain(sighting.name, MAX_NAME),
                Field.LANGUAGE.value: language_tag(sighting.language),
            }
        if words := {name: text for name, text in words.items() if text}:
            told.setdefault((who.customer_id, sighting.channel_id), {}).update(words)
    return told


def language_tag(tag: str) -> str:
    """A BCP 47 tag, or nothing: it comes from outside."""
    return tag if len(tag) <= MAX_TAG and tag.isascii() and tag.replace("-", "").isalnum() else ""


def plain(text: str, most: int) -> str:
    """Text in one line that can be stored; '' for a masked one, which is of one delivery only."""
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    text = " ".join(text.split())[:most]
    return "" if rules.is_masked(text) else text


# What is kept of a door is a field of JSON each: a field it does not speak of stays as it is.
NOTE = """
    INSERT INTO customers_saying (brand_id, customer_id, channel_id, said, name)
    SELECT %(brand)s, s.customer_id, s.channel_id, s.said::jsonb, coalesce(s.said::jsonb #>> '{name,0}', '')
      FROM unnest(%(said_owners)s::uuid[], %(said_channels)s::uuid[], %(said)s::text[]) s(customer_id, channel_id, said)
     ORDER BY s.customer_id, s.channel_id
    ON CONFLICT (brand_id, customer_id, channel_id) DO UPDATE
       SET said = customers_saying.said || EXCLUDED.said,
           name = CASE WHEN EXCLUDED.said ? 'name' THEN EXCLUDED.name ELSE customers_saying.name END
"""


def note_sayings(
    told: Mapping[Door, Words],
    before: Mapping[Door, Mapping[str, Saying]],
    records: Mapping[UUID, Known],
    now: datetime,
    brand: UUID,
) -> None:
    """One statement for what is new or was last said a day ago, none when nothing is; rows in key order."""
    fresh: dict[Door, dict[str, Saying]] = {}
    for door, words in told.items():
        kept = before.get(door, {})
        for name, text in words.items():
            was = kept.get(name) or _opened_with(records.get(door[0]), name)
            same = was is not None and was.text == text
            if was is None or not same or now - was.last > SAID_AFTER:
                fresh.setdefault(door, {})[name] = Saying(text, now, was.first if was and same else now)
    if not fresh:
        return
    doors = sorted(fresh)
    params: dict[str, object] = {"brand": brand}
    params |= {"said_owners": bulk.array(str(owner) for owner, _ in doors)}
    params |= {"said_channels": bulk.array(str(channel) for _, channel in doors)}
    params |= {"said": bulk.array(json.encode(fresh[door]).decode() for door in doors)}
    execute(NOTE, params)


def _opened_with(record: Known | None, name: str) -> Saying | None:
    text = {Field.NAME.value: record.name, Field.LANGUAGE.value: record.language}.get(name, "") if record else ""
    return Saying(text, record.at, record.at) if record and text else None
