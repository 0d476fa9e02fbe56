"""Writes of the brand: the tenant, its stores, channels, gazetteer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.brand.events import ChannelChanged, StoresChanged
from datong.brand.models import Brand as BrandRow
from datong.brand.models import Channel as ChannelRow
from datong.brand.models import Store as StoreRow
from datong.brand.queries.registry import _brand, hours_data, list_channels
from datong.brand.types import Brand, Channel, Gazetteer, Store
from datong.kernel import audit, outbox
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue, NotFound


def create_brand(
    slug: str, name: str, currency: str, locale: str, country: str, timezone: str, tokens: Mapping[str, str]
) -> Brand:
    """Open a tenant; its rows are its own from the first one on."""
    row = BrandRow.objects.create(
        slug=slug, name=name, currency=currency, locale=locale, country=country, timezone=timezone, tokens=dict(tokens)
    )
    return _brand(row)


def put_stores(brand_id: UUID, stores: Sequence[Store], *, who: str = "system") -> int:
    """Add or replace stores by their id, all in one transaction."""
    with in_brand(brand_id):
        kept = StoreRow.objects.bulk_create(
            [_store_row(brand_id, store) for store in stores],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["brand_id", "id"],
            update_fields=[f.attname for f in StoreRow._meta.local_fields if f.attname not in ("brand_id", "id")],
        )
        outbox.emit(StoresChanged(brand_id, len(kept)))
        codes = ", ".join(store.code for store in stores[:5]) + (" ..." if len(stores) > 5 else "")
        audit.record(
            brand=brand_id, actor=who, verb="store.put", subject=f"stores {codes}", after={"stores": len(kept)}
        )
        return len(kept)


def register_channel(brand_id: UUID, channel: Channel, *, who: str = "system") -> Channel:
    """Add a door to the registry; it is open at once unless the record says otherwise."""
    _check(channel)
    with in_brand(brand_id):
        ChannelRow.objects.create(brand_id=brand_id, id=channel.id, **_channel_columns(channel))
        outbox.emit(ChannelChanged(channel.id, channel.code, who))
        _note(brand_id, who, "channel.register", channel, None)
    return channel


def update_channel(brand_id: UUID, channel_id: UUID, *, who: str, **changes: Any) -> Channel:
    """Change fields of a channel's record (types.Channel); an unknown channel is NotFound."""
    with in_brand(brand_id):
        known = {channel.id: channel for channel in list_channels(brand_id)}
        if channel_id not in known:
            raise NotFound(f"no channel {channel_id}")
        channel = replace(known[channel_id], **changes)
        _check(channel)
        ChannelRow.objects.filter(id=channel_id).update(**_channel_columns(channel))
        outbox.emit(ChannelChanged(channel.id, channel.code, who))
        _note(brand_id, who, "channel.change", channel, known[channel_id])
    return channel


PUT_PLACES = """
    INSERT INTO brand_place (brand_id, country, key, lon, lat)
    SELECT %(brand)s, * FROM unnest(%(countries)s::text[], %(keys)s::text[], %(lons)s::float8[], %(lats)s::float8[])
    ON CONFLICT (brand_id, country, key) DO UPDATE SET lon = excluded.lon, lat = excluded.lat
"""


def put_gazetteer(brand_id: UUID, gazetteer: Gazetteer) -> int:
    """Add or move places by which addresses are located; a key given twice counts once, the last wins."""
    places = {(country.upper(), key.lower()): point for country, key, point in gazetteer}
    with in_brand(brand_id):
        return execute(
            PUT_PLACES,
            {
                "brand": brand_id,
                "countries": [country for country, _ in places],
                "keys": [key for _, key in places],
                "lons": [point.lon for point in places.values()],
                "lats": [point.lat for point in places.values()],
            },
        )


def _note(brand_id: UUID, who: str, verb: str, channel: Channel, before: Channel | None) -> None:
    audit.record(
        brand=brand_id,
        actor=who,
        verb=verb,
        subject=f"channel {channel.code}",
        before=_channel_columns(before) if before else None,
        after=_channel_columns(channel),
    )


def _check(channel: Channel) -> None:
    if not channel.code.strip():
        raise BadValue("code", channel.code, "a short code such as web or till")
    if channel.price_list and not channel.price_policy_note.strip():
        raise BadValue("price_policy_note", "", "the reason why this channel has prices of its own")
    if channel.buffer_units < 0:
        raise BadValue("buffer_units", channel.buffer_units, "a whole number, 0 or more")


def _channel_columns(channel: Channel) -> dict[str, Any]:
    return {
        "code": channel.code,
        "name": channel.name,
        "kind": channel.kind.value,
        "role": channel.role,
        "open": channel.open,
        "price_list": channel.price_list,
        "price_policy_note": channel.price_policy_note,
        "buffer_units": channel.buffer_units,
        "stores": [str(s) for s in channel.stores],
    }


def _store_row(brand_id: UUID, store: Store) -> StoreRow:
    return StoreRow(
        brand_id=brand_id,
        id=store.id,
        code=store.code,
        name=store.name,
        kind=store.kind.value,
        lon=store.place.lon,
        lat=store.place.lat,
        city=store.city,
        region=store.region,
        country=store.country,
        postcode=store.postcode,
        address=store.address,
        phone=store.phone,
        timezone=store.timezone,
        hours=hours_data(store.hours),
        tier=store.tier,
        services=list(store.services),
        serves_radius_m=store.serves_radius_m,
        area=[[p.lon, p.lat] for p in store.area],
        order_limit=store.order_limit,
        lends_stock=store.lends_stock,
        open=store.open,
        serving_cost_minor=store.serving_cost_minor,
    )
