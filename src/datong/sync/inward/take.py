"""A page of a channel's list is taken: what is news goes to the inbox, all of it is remembered, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from datong.integration import api as integration
from datong.integration.types import Listed, Pulled
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, rows
from datong.orders import api as orders
from datong.sync.inward import rules
from datong.sync.inward.types import Change, Known, Round

TOPICS = {
    "shopify": (
        "x-shopify-topic",
        {Change.NEW: "orders/create", Change.PAID: "orders/paid", Change.CANCELLED: "orders/cancelled"},
    ),
    "woocommerce": (
        "x-wc-webhook-topic",
        {Change.NEW: "order.created", Change.PAID: "order.updated", Change.CANCELLED: "order.updated"},
    ),
}
"""What the platform would have called the message that was lost."""

KNOWN = """
    SELECT external_id, sha, handed, handed_sha FROM sync_theirs
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND external_id = ANY (%(ids)s::text[])
"""


def take(channel_id: UUID, door: str, platform: str, found: Sequence[Listed], why: Round) -> list[UUID]:
    """The inbox entries that were made of a page; inside a transaction of the brand.

    An order seen twice in a page counts once, as it was last. Statements: 3 and those of the inbox, whatever the
    number of orders.
    """
    latest = {each.pulled.external_id: each for each in found if each.pulled.external_id}
    if not latest:
        return []
    brand, ids = current_brand(), sorted(latest)
    shas = {key: _sha(latest[key].pulled) for key in ids}
    known = {
        row[0]: Known(row[0], bytes(row[1]), row[2], bytes(row[3]))
        for row in rows(KNOWN, {"brand": brand, "channel": channel_id, "ids": ids})
    }
    ours = orders.booked_by_id(brand, channel_id, ids)
    changes: dict[str, Change] = {}
    for key in ids:
        # Asked for by a person: it goes through the inbox once more, whatever became of it before.
        change = rules.change_of(latest[key], shas[key], None if why is Round.ASKED else known.get(key), ours.get(key))
        if change is not None:
            changes[key] = change
    kept = integration.keep_pulled(
        brand, door, [_as_message(latest[key].pulled, platform, change) for key, change in changes.items()], why=why
    )
    entries = dict(zip(changes, kept, strict=True))
    _remember(channel_id, [latest[key] for key in ids], shas, changes, entries, why)
    return [entry for entry in kept if entry.int]


def _as_message(pulled: Pulled, platform: str, change: Change) -> Pulled:
    if platform not in TOPICS:
        return pulled
    header, topics = TOPICS[platform]
    return replace(pulled, headers={**pulled.headers, header: topics[change]})


def _sha(pulled: Pulled) -> bytes:
    return sha256(pulled.details or pulled.body).digest()


REMEMBER = """
    INSERT INTO sync_theirs AS t (brand_id, channel_id, external_id, placed_at, updated_at, amount_minor, currency,
                                  paid, cancelled, counts, sha, first_at, seen_at, gone_at, handed, handed_sha,
                                  handed_at, inbox_id, how)
    SELECT %(brand)s, %(channel)s, r.external_id, r.placed_at, r.updated_at, r.amount, r.currency, r.paid, r.cancelled,
           r.counts, r.sha, %(now)s, %(now)s, NULL, r.handed, CASE WHEN r.handed <> '' THEN r.sha ELSE ''::bytea END,
           CASE WHEN r.handed <> '' THEN %(now)s::timestamptz END, r.inbox_id, %(how)s
      FROM unnest(%(ids)s::text[], %(placed)s::timestamptz[], %(updated)s::timestamptz[], %(amounts)s::bigint[],
                  %(currencies)s::text[], %(paid)s::bool[], %(cancelled)s::bool[], %(counts)s::bool[],
                  %(shas)s::bytea[], %(handed)s::text[], %(inbox)s::uuid[])
        AS r(external_id, placed_at, updated_at, amount, currency, paid, cancelled, counts, sha, handed, inbox_id)
    ON CONFLICT (brand_id, channel_id, external_id) DO UPDATE
       SET placed_at = excluded.placed_at, updated_at = excluded.updated_at, amount_minor = excluded.amount_minor,
           currency = excluded.currency, paid = excluded.paid, cancelled = excluded.cancelled,
           counts = excluded.counts, sha = excluded.sha, seen_at = excluded.seen_at, gone_at = NULL,
           handed = CASE WHEN excluded.handed <> '' THEN excluded.handed ELSE t.handed END,
           handed_sha = CASE WHEN excluded.handed <> '' THEN excluded.handed_sha ELSE t.handed_sha END,
           handed_at = coalesce(excluded.handed_at, t.handed_at), inbox_id = coalesce(excluded.inbox_id, t.inbox_id),
           how = CASE WHEN excluded.handed <> '' THEN excluded.how ELSE t.how END
"""


def _remember(
    channel_id: UUID,
    found: Sequence[Listed],
    shas: dict[str, bytes],
    changes: dict[str, Change],
    entries: dict[str, UUID],
    why: Round,
) -> None:
    ids = [each.pulled.external_id for each in found]
    params: dict[str, Any] = {
        "brand": current_brand(),
        "channel": channel_id,
        "now": clock.now(),
        "how": why.value,
        "ids": ids,
        "placed": [each.placed_at for each in found],
        "updated": [each.updated_at for each in found],
        "amounts": [each.amount_minor for each in found],
        "currencies": [each.currency for each in found],
        "paid": [each.paid for each in found],
        "cancelled": [each.cancelled for each in found],
        "counts": [each.counts for each in found],
        "shas": [shas[key] for key in ids],
        "handed": [changes[key].value if key in changes else "" for key in ids],
        "inbox": [entries.get(key) for key in ids],
    }
    execute(REMEMBER, params)
