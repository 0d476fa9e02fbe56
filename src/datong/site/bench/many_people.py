"""A brand with very many customers, made by the database itself: the n-th is the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from datong.brand.api import create_brand, register_channel
from datong.brand.types import Channel, ChannelKind
from datong.customers.types import Identity, IdentityKind, Profile
from datong.kernel.ids import uuid7
from datong.matching.rules import keys_of

STEP = 250_000
GIVEN, FAMILY = 3_000, 20_000
"""How many given and family names there are; the lower numbers are the commoner ones."""

# The id of the n-th: in the order of time, as our own are; its moment is behind everything made today.
ID = "(lpad(to_hex(26000000000000 + n), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid"
ONE, TWO = "((n * 2654435761) & 1048575)", "((n * 2246822519 / 1024) & 1048575)"
# Squared: half of the people share a quarter of the names.
NAME = f"""'Given' || ({ONE} * {ONE} * {GIVEN} >> 40) || ' Family' || ({TWO} * {TWO} * {FAMILY} >> 40)"""
CUSTOMERS = f"""
    INSERT INTO customers_customer (brand_id, id, name, language, created_at)
    SELECT %(brand)s, {ID}, {NAME}, 'en', now() - interval '400 days' 
      FROM generate_series(%(low)s::bigint, %(high)s::bigint) n
"""  # noqa: S608  constants only
# One in eight was not seen within the hour: seeing it again writes.
SEEN = "now() - CASE WHEN n %% 8 = 0 THEN interval '30 days' ELSE interval '1 minute' END"
PHONES = f"""
    INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id)
    SELECT %(brand)s, 'phone', '+86' || (13000000000 + n)::text, {ID}, now() - interval '400 days', {SEEN}, %(channel)s
      FROM generate_series(%(low)s::bigint, %(high)s::bigint) n
"""  # noqa: S608
EMAILS = f"""
    INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id)
    SELECT %(brand)s, 'email', 'user' || n::text || '@people.example', {ID}, now() - interval '400 days', {SEEN},
           %(channel)s
      FROM generate_series(%(low)s::bigint, %(high)s::bigint) n WHERE n %% 5 < 3
"""  # noqa: S608
SAYINGS = f"""
    INSERT INTO customers_saying (brand_id, customer_id, channel_id, said, name)
    SELECT %(brand)s, {ID}, %(channel)s,
           jsonb_build_object('name', jsonb_build_array({NAME}, {SEEN}, now() - interval '400 days')), {NAME}
      FROM generate_series(%(low)s::bigint, %(high)s::bigint) n
"""  # noqa: S608
GIN = ("customers_customer_name", "customers_identity_value", "customers_saying_name")
"""Indexes that a search needs: quicker to make once at the end."""


class ManyPeople:
    """`count` customers with a phone each and three in five with an e-mail; `findable` of them have matching's keys."""

    def __init__(self, count: int, findable: int) -> None:
        place = {"currency": "CNY", "locale": "zh-Hans-CN", "country": "CN", "timezone": "Asia/Shanghai"}
        self.count, self.findable = count, min(count, findable)
        self.brand = create_brand(slug=f"many-{uuid7().hex[-8:]}", name="Many", tokens={}, **place).id
        self.channel, self.other = uuid7(), uuid7()
        for code, channel in (("app", self.channel), ("till", self.other)):
            register_channel(self.brand, Channel(channel, code, code, ChannelKind.APP, role="bench"))
        with connections["owner"].cursor() as cursor:
            made = {}
            for index in GIN:
                cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
                made[index] = cursor.fetchone()[0]
                cursor.execute(f"DROP INDEX {index}")
            cursor.execute("SET maintenance_work_mem = '512MB'")
            for statement in (CUSTOMERS, PHONES, EMAILS, SAYINGS):
                for low in range(1, count + 1, STEP):
                    key: dict[str, Any] = {
                        "brand": self.brand,
                        "channel": self.channel,
                        "low": low,
                        "high": min(low + STEP - 1, count),
                    }
                    cursor.execute(statement, key)
                # Or the check of each key reads the whole table: it was planned while that was empty.
                cursor.execute("ANALYZE customers_customer")
            self._keys()
            for definition in made.values():
                cursor.execute(definition)
            cursor.execute("ANALYZE")
            # What follows a load by itself within the hour, and is not what a record costs.
            for table in ("customers_customer", "customers_identity", "customers_saying", "matching_key"):
                cursor.execute(f"VACUUM {table}")

    def _keys(self) -> None:
        """Keys are made by our own code: what a new record is found by must be what it computes."""
        raw = connections["owner"].connection
        with raw.cursor() as copying:
            copying.execute("CREATE TEMP TABLE new_key (key bigint, customer_id uuid)")
            for low in range(1, self.findable + 1, STEP):
                # Read whole first: while a COPY runs, its connection does nothing else.
                some = list(self.profiles(low, min(low + STEP - 1, self.findable)))
                with copying.copy("COPY new_key FROM STDIN") as copy:
                    for profile in some:
                        for key in keys_of(profile, self.brand):
                            copy.write_row((key, profile.id))
            copying.execute(
                "INSERT INTO matching_key (brand_id, key, customer_id) SELECT %s, * FROM new_key ORDER BY key",
                [self.brand],
            )
            copying.execute("DROP TABLE new_key")

    def profiles(self, low: int, high: int) -> Iterator[Profile]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"SELECT n, {ID} FROM generate_series(%s::bigint, %s::bigint) n",  # noqa: S608
                [low, high],
            )
            for n, one in cursor.fetchall():
                yield Profile(one, one, name_of(n), tuple(signs(n)))


def signs(n: int) -> list[Identity]:
    """The verified signs of the n-th."""
    found = [Identity(IdentityKind.PHONE, f"+86{13_000_000_000 + n}", True)]
    if n % 5 < 3:
        found.append(Identity(IdentityKind.EMAIL, f"user{n}@people.example", True))
    return found


def name_of(n: int) -> str:
    """The name of the n-th, as NAME makes it."""
    one, two = (n * 2654435761) & 1048575, (n * 2246822519 // 1024) & 1048575
    return f"Given{one * one * GIVEN >> 40} Family{two * two * FAMILY >> 40}"
