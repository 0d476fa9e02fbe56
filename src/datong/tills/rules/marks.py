"""What changed for a till, and which promotions it can reckon by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from datong.catalog.types import Promotion, PromotionKind, Who
from datong.tills.types import Off, Sellable


def mark_of(item: Sellable) -> str:
    """A short digest of all a till is told about an item."""
    return hashlib.sha256(msgspec.json.encode(item, order="deterministic")).hexdigest()[:12]


def changed(
    items: Sequence[Sellable], marks: Mapping[str, str], before: Mapping[str, str]
) -> tuple[list[Sellable], list[str]]:
    """The items whose mark is another than before, and the SKUs that are no longer there."""
    return [i for i in items if before.get(i.sku) != marks[i.sku]], sorted(before.keys() - marks.keys())


def plain_off(codes: Sequence[str], promotions: Mapping[str, Promotion]) -> Off | None:
    """The promotion of a line when a till can reckon it: one alone, on each line by itself, for all, at all hours.

    Others (thresholds, bundles, members' prices) the till asks for; without network it sells at the price it shows.
    """
    if len(codes) != 1 or codes[0] not in promotions:
        return None
    found = promotions[codes[0]]
    plain = not (found.cap_minor or found.condition or found.windows or found.levels or found.min_people > 1)
    if not plain or found.who is not Who.EVERYBODY:
        return None
    if found.kind is PromotionKind.PERCENTAGE:
        return Off(found.code, found.title, bps=found.value, until=found.valid_to)
    if found.kind is PromotionKind.UNIT_PRICE:
        return Off(found.code, found.title, most_minor=found.value, until=found.valid_to)
    return None
