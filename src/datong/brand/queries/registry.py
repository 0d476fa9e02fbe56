"""Reads of the brand: the tenant, its stores, channels, gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from datong.brand import rules
from datong.brand.models import Brand as BrandRow
from datong.brand.models import Channel as ChannelRow
from datong.brand.models import Store as StoreRow
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Hours, Store, StoreKind
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.geo import Point


def get_brand(brand_id: UUID) -> Brand:
    row = BrandRow.objects.filter(id=brand_id).first()
    if row is None:
        raise NotFound(f"no brand {brand_id}")
    return _brand(row)


def brand_by_slug(slug: str) -> Brand | None:
    row = BrandRow.objects.filter(slug=slug).first()
    return _brand(row) if row is not None else None


def list_brands() -> list[Brand]:
    """All brands of the installation, oldest first."""
    return [_brand(row) for row in BrandRow.objects.order_by("id")]


def list_stores(brand_id: UUID) -> list[Store]:
    with in_brand(brand_id):
        return [_store(row) for row in StoreRow.objects.order_by("code")]


OPEN_STORES = "SELECT id, lends_stock FROM brand_store WHERE brand_id = %(brand)s AND open ORDER BY code"


def open_stores(brand_id: UUID) -> list[tuple[UUID, bool]]:
    """(id, whether it lends its stock to other channels) of the stores that are open; for who asks often."""
    with in_brand(brand_id):
        return [(store, lends) for store, lends in rows(OPEN_STORES, {"brand": brand_id})]


def stores_by_id(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Store]:
    """The stores of these ids, those that exist; one statement."""
    with in_brand(brand_id):
        return {row.id: _store(row) for row in StoreRow.objects.filter(id__in=list(ids))}


def store_by_code(brand_id: UUID, code: str) -> Store | None:
    """The store of this code; None when no store has it, or it could be none's."""
    if not code or "\0" in code:
        return None
    with in_brand(brand_id):
        row = StoreRow.objects.filter(code=code).first()
    return _store(row) if row is not None else None


def list_channels(brand_id: UUID) -> list[Channel]:
    with in_brand(brand_id):
        return [_channel(row) for row in ChannelRow.objects.order_by("code")]


LOCATE = """
    SELECT a.n, p.lon, p.lat
      FROM unnest(%(ns)s::int[], %(countries)s::text[], %(keys)s::text[]) a(n, country, key)
      JOIN brand_place p ON p.brand_id = %(brand)s AND p.country = a.country AND p.key = a.key
     ORDER BY a.n
"""


def locate(brand_id: UUID, addresses: Sequence[AddressText]) -> list[Point | None]:
    """Where the addresses lie by the brand's gazetteer, the most exact key first; one statement for all."""
    wanted = [
        (i * 8 + rank, address.country.upper(), key)
        for i, address in enumerate(addresses)
        for rank, key in enumerate(rules.address_keys(address.city, address.region, address.postcode))
    ]
    found: list[Point | None] = [None] * len(addresses)
    if not wanted:
        return found
    ns, countries, keys = (list(column) for column in zip(*wanted, strict=True))
    with in_brand(brand_id):
        for n, lon, lat in rows(LOCATE, {"brand": brand_id, "ns": ns, "countries": countries, "keys": keys}):
            found[n // 8] = found[n // 8] or Point(lon, lat)
    return found


GAZETTEER = """
    SELECT p.country, p.key, p.lon, p.lat FROM brand_place p
      JOIN unnest(%(countries)s::text[], %(keys)s::text[]) w(country, key) ON w.country = p.country AND w.key = p.key
     WHERE p.brand_id = %(brand)s
"""
GAZETTEER_PAGE = """
    SELECT country, key, lon, lat FROM brand_place
     WHERE brand_id = %(brand)s AND (country, key) > (%(country)s, %(key)s) ORDER BY country, key LIMIT %(limit)s
"""


def gazetteer_rows(brand_id: UUID, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Point]:
    """Where the gazetteer has these (country, key); those it has."""
    asked = {"brand": brand_id, "countries": [c for c, _ in keys], "keys": [k for _, k in keys]}
    with in_brand(brand_id):
        return {(country, key): Point(lon, lat) for country, key, lon, lat in rows(GAZETTEER, asked)}


def list_gazetteer(
    brand_id: UUID, *, after: tuple[str, str] = ("", ""), limit: int = 1000
) -> list[tuple[str, str, Point]]:
    """A page of the gazetteer in order of (country, key)."""
    asked = {"brand": brand_id, "country": after[0], "key": after[1], "limit": limit}
    with in_brand(brand_id):
        return [(country, key, Point(lon, lat)) for country, key, lon, lat in rows(GAZETTEER_PAGE, asked)]


def _brand(row: BrandRow) -> Brand:
    return Brand(row.id, row.slug, row.name, row.currency, row.locale, row.country, row.timezone, row.tokens)


def _store(row: StoreRow) -> Store:
    return Store(
        id=row.id,
        code=row.code,
        name=row.name,
        place=Point(row.lon, row.lat),
        city=row.city,
        hours=hours_of(row.hours),
        timezone=row.timezone,
        region=row.region,
        country=row.country,
        postcode=row.postcode,
        address=row.address,
        phone=row.phone,
        kind=StoreKind(row.kind),
        tier=row.tier,
        services=tuple(row.services),
        serves_radius_m=row.serves_radius_m,
        area=tuple(Point(lon, lat) for lon, lat in row.area),
        order_limit=row.order_limit,
        lends_stock=row.lends_stock,
        open=row.open,
        serving_cost_minor=row.serving_cost_minor,
    )


def _channel(row: ChannelRow) -> Channel:
    return Channel(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=ChannelKind(row.kind),
        role=row.role,
        open=row.open,
        price_list=row.price_list,
        price_policy_note=row.price_policy_note,
        buffer_units=row.buffer_units,
        stores=tuple(UUID(s) for s in row.stores),
    )


def hours_of(data: dict[str, Any]) -> Hours:
    return Hours(
        week=tuple(tuple((a, b) for a, b in day) for day in data["week"]),
        exceptions={
            date.fromisoformat(day): tuple((a, b) for a, b in spans)
            for day, spans in data.get("exceptions", {}).items()
        },
    )


def hours_data(hours: Hours) -> dict[str, Any]:
    return {
        "week": [[list(span) for span in day] for day in hours.week],
        "exceptions": {day.isoformat(): [list(span) for span in spans] for day, spans in hours.exceptions.items()},
    }
