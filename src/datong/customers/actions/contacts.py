"""Keep the unverified contacts that known customers showed: evidence for a person who looks, never an identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from datong.customers.types import Identified, Sighting
from datong.kernel import bulk
from datong.kernel.db import execute

Shown = tuple[UUID, str, str]
"""(record, kind, value)"""
SEEN_AFTER = timedelta(days=1)
"""A contact shown again within it is not written again."""


def shown_contacts(
    sightings: Sequence[Sighting],
    contacts: Sequence[Mapping[tuple[str, str], str]],
    customers: Sequence[Identified | None],
) -> dict[Shown, tuple[str, UUID]]:
    """What each known customer showed without proof -> (fault, channel); `contacts` is `rules.contacts_of` each."""
    return {
        (who.customer_id, kind, value): (fault, sighting.channel_id)
        for sighting, shown, who in zip(sightings, contacts, customers, strict=True)
        if who
        for (kind, value), fault in shown.items()
    }


NOTE = """
    INSERT INTO customers_contact (brand_id, customer_id, kind, value, fault, first_seen, last_seen, channel_id)
    SELECT %(brand)s, c.customer_id, c.kind, c.value, c.fault, %(now)s, %(now)s, c.channel_id
      FROM unnest(%(owners)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(faults)s::text[], %(channels)s::uuid[])
           c(customer_id, kind, value, fault, channel_id)
     ORDER BY c.customer_id, c.kind, c.value
    ON CONFLICT (brand_id, customer_id, kind, value) DO UPDATE SET last_seen = EXCLUDED.last_seen
     WHERE customers_contact.last_seen < EXCLUDED.last_seen
"""


def note_contacts(
    shown: Mapping[Shown, tuple[str, UUID]], known: Mapping[Shown, datetime], now: datetime, brand: UUID
) -> None:
    """One statement for what is new or was last seen a day ago, none when nothing is; rows in key order."""
    fresh = sorted(key for key in shown if key not in known or now - known[key] > SEEN_AFTER)
    if not fresh:
        return
    columns = {"owners": 0, "kinds": 1, "values": 2}
    params: dict[str, object] = {name: bulk.array(str(key[at]) for key in fresh) for name, at in columns.items()}
    params |= {"faults": bulk.array(shown[key][0] for key in fresh)}
    params |= {"channels": bulk.array(str(shown[key][1]) for key in fresh)}
    execute(NOTE, {"brand": brand, "now": now, **params})
