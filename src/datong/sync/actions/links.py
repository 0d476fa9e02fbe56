"""Ways out: connect a channel, pause it, let it go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from datong.brand.api import list_channels, list_stores
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Problem
from datong.kernel.secrets import seal
from datong.sync.compat.store import refuse_blocked
from datong.sync.connectors.registry import PACES, SECRETS, check_settings, kinds_of
from datong.sync.queries import get_link
from datong.sync.rules import LANES
from datong.sync.types import Address, Kind, Link, NotConnected, Pace, Platform, StockMode

CONNECT = """
    INSERT INTO sync_link (brand_id, channel_id, platform, base_url, settings, sealed, per_s, most, tokens, filled_at,
                           failures, paused_by, error, created_at)
    VALUES (%(brand)s, %(channel)s, %(platform)s, %(url)s, %(settings)s::jsonb, %(sealed)s, %(per_s)s, %(most)s,
            %(most)s, %(now)s, 0, '', '', %(now)s)
    ON CONFLICT (brand_id, channel_id) DO UPDATE
       SET platform = excluded.platform, base_url = excluded.base_url, settings = excluded.settings,
           sealed = excluded.sealed, per_s = excluded.per_s, most = excluded.most, tokens = excluded.most,
           filled_at = excluded.filled_at, until = NULL, failures = 0, error = '', error_at = NULL
"""
ADD_LANES = """
    INSERT INTO sync_lane (brand_id, channel_id, lane)
    SELECT %(brand)s, %(channel)s, generate_series(0, %(lanes)s - 1) ON CONFLICT DO NOTHING
"""


def connect(
    brand_id: UUID,
    channel_id: UUID,
    platform: str,
    base_url: str,
    *,
    secrets: Mapping[str, str],
    settings: Mapping[str, Any] | None = None,
    pace: Pace | None = None,
    by: str,
) -> Link:
    """Open the way out of a channel, or set it up anew. Nothing is sent before its products are learned.

    `settings`: mode 'sum' or 'location'; places {our store's id -> their location id}, with '' for the one place of a
    sum; kinds, the things to be told (all, unless named); what the platform's client asks for. Raises BadInput that
    names every field.
    """
    settings = dict(settings or {})
    problems = _problems(brand_id, channel_id, platform, base_url, secrets, settings)
    if problems:
        raise BadInput("the channel cannot be connected", *problems)
    kind = Platform(platform)
    settings["kinds"] = _spoken(Address(kind, base_url, "", settings, secrets))
    pace = pace or PACES[kind]
    key = {
        "brand": brand_id,
        "channel": channel_id,
        "platform": kind.value,
        "url": base_url.rstrip("/"),
        "settings": json.dumps(settings),
        "sealed": seal(json.dumps(dict(secrets))),
        "per_s": pace.per_s,
        "most": pace.most,
        "now": clock.now(),
        "lanes": LANES,
    }
    with in_brand(brand_id):
        execute(CONNECT, key)
        execute(ADD_LANES, {name: key[name] for name in ("brand", "channel", "lanes")})
        after = {"platform": kind.value, "base_url": key["url"], "settings": settings}
        audit.record(brand=brand_id, actor=by, verb="sync.connect", subject=f"channel:{channel_id}", after=after)
        return get_link(brand_id, channel_id)


def _spoken(address: Address) -> list[str]:
    """What the platform can be told, of what it is to be told."""
    named = address.settings.get("kinds")
    kinds = kinds_of(address) - {Kind.TEXT}  # told where a field's master is declared, and only there
    return sorted(kind.value for kind in kinds if named is None or kind in named)


def _problems(
    brand_id: UUID, channel_id: UUID, platform: str, url: str, secrets: Mapping[str, str], settings: Mapping[str, Any]
) -> list[Problem]:
    found = []
    if channel_id not in {channel.id for channel in list_channels(brand_id)}:
        found.append(Problem("/channel_id", "unknown_channel", "a channel of this brand", str(channel_id)))
    if platform not in SECRETS:
        return [*found, Problem("/platform", "unknown_platform", f"one of {', '.join(SECRETS)}", platform)]
    if not _is_safe(url):
        found.append(Problem("/base_url", "not_https", "an address such as https://my-shop.example", url[:200]))
    found += [
        Problem(f"/secrets/{name}", "missing", f"{platform} believes nobody without it")
        for name in SECRETS[Platform(platform)]
        if not secrets.get(name)
    ]
    modes, kinds = [mode.value for mode in StockMode], [kind.value for kind in Kind if kind is not Kind.TEXT]
    if settings.get("mode", "sum") not in modes:
        found.append(Problem("/settings/mode", "unknown", f"one of {', '.join(modes)}", settings.get("mode")))
    named = settings.get("kinds")
    if named is not None and not (isinstance(named, list) and set(named) <= set(kinds)):
        found.append(Problem("/settings/kinds", "unknown", f"a list of {', '.join(kinds)}", str(named)[:200]))
    found += _place_problems(brand_id, settings)
    return found or check_settings(Platform(platform), settings)


def _place_problems(brand_id: UUID, settings: Mapping[str, Any]) -> list[Problem]:
    places = settings.get("places") or {}
    if not isinstance(places, dict) or not all(isinstance(ref, str) for ref in places.values()):
        return [Problem("/settings/places", "not_a_map", "our store's id -> their location id, as text")]
    stores = {str(store.id) for store in list_stores(brand_id)}
    found = [
        Problem(f"/settings/places/{store}", "unknown_store", "a store of this brand", store)
        for store in places
        if store and store not in stores
    ]
    refs = [ref for store, ref in places.items() if store]
    found += [
        Problem("/settings/places", "doubled", "two stores cannot share a location of theirs: use the mode sum", ref)
        for ref in sorted({ref for ref in refs if refs.count(ref) > 1})
    ]
    return found


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


PAUSE = """
    UPDATE sync_link SET paused_at = %(at)s, paused_by = %(by)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s RETURNING paused_at
"""


def pause(brand_id: UUID, channel_id: UUID, *, by: str) -> Link:
    """Nothing is sent until `resume`; what changes meanwhile is remembered. Raises NotConnected."""
    return _pause(brand_id, channel_id, by, stop=True)


def resume(brand_id: UUID, channel_id: UUID, *, by: str) -> Link:
    """Send again, at once and whatever the circuit says. Raises NotConnected, Conflict (the last compatibility check
    found what keeps it from going live)."""
    refuse_blocked(brand_id, channel_id)
    return _pause(brand_id, channel_id, by, stop=False)


CLOSE_CIRCUIT = """
    UPDATE sync_link SET until = NULL, failures = 0 WHERE brand_id = %(brand)s AND channel_id = %(channel)s
"""


AT_ONCE = """
    WITH mine AS (
        SELECT id FROM sync_outward
         WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND state = 'waiting' AND attempts > 0
         ORDER BY kind DESC, subject, place FOR UPDATE)
    UPDATE sync_outward o SET due_at = %(now)s FROM mine WHERE o.brand_id = %(brand)s AND o.id = mine.id
"""


def _pause(brand_id: UUID, channel_id: UUID, by: str, *, stop: bool) -> Link:
    key = {"brand": brand_id, "channel": channel_id}
    with in_brand(brand_id):
        at = clock.now() if stop else None
        if not stop:
            execute(AT_ONCE, {**key, "now": clock.now()})  # messages before the link, as those who record take them
        if not rows(PAUSE, {**key, "at": at, "by": by[:80] if stop else ""}):
            raise NotConnected("this channel has no way out: connect it first")
        if not stop:
            execute(CLOSE_CIRCUIT, key)
        verb = "sync.pause" if stop else "sync.resume"
        audit.record(brand=brand_id, actor=by, verb=verb, subject=f"channel:{channel_id}")
        return get_link(brand_id, channel_id)
