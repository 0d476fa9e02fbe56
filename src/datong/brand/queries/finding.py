"""Where somebody is, by what they typed: a postcode, a town, a store's name or street."""

from __future__ import annotations

from uuid import UUID

from datong.brand.types import Spot
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point

EXACT = """
    SELECT key, lon, lat FROM brand_place
     WHERE brand_id = %(brand)s AND (key = %(text)s OR starts_with(key, %(text)s || ', '))
     ORDER BY (country = %(country)s) DESC, length(key), key LIMIT 1
"""
AT_STORES = """
    SELECT city, region, postcode, avg(lon), avg(lat) FROM brand_store
     WHERE brand_id = %(brand)s AND open AND lower(city) = %(text)s GROUP BY 1, 2, 3
    UNION ALL
    (SELECT city, region, postcode, lon, lat FROM brand_store
      WHERE brand_id = %(brand)s AND open AND strpos(lower(name || ' ' || address || ' ' || postcode), %(text)s) > 0
      ORDER BY code LIMIT 1)
     LIMIT 1
"""


def find_spot(brand_id: UUID, text: str, *, country: str = "") -> Spot | None:
    """The place somebody means: the brand's gazetteer first, then the town of its stores, then a store's own words."""
    wanted = " ".join(text.split()).lower()[:120]
    if not wanted or "\x00" in wanted:
        return None
    key = {"brand": brand_id, "text": wanted, "country": country}
    with in_brand(brand_id):
        for name, lon, lat in rows(EXACT, key):
            city, _, region = name.partition(", ")
            number = any(map(str.isdigit, name)) and not region
            return Spot(text.strip()[:120], Point(lon, lat), "" if number else city, region, name if number else "")
        for city, region, postcode, lon, lat in rows(AT_STORES, key):
            return Spot(text.strip()[:120], Point(lon, lat), city, region, postcode)
    return None
