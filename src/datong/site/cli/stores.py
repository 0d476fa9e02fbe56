"""`datong brand stores|places`: the stores of a brand from a file, and where addresses lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import available_timezones

import typer

from datong.brand.types import Brand, Store, StoreKind
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.site.cli.names import BrandOption, brand_of
from datong.site.cli.sheets import Row, read_sheet
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.brand.types import Hours

NEEDED = ("code", "name", "lat", "lon", "city", "hours")
MORE = (
    "region",
    "country",
    "postcode",
    "address",
    "phone",
    "timezone",
    "kind",
    "tier",
    "services",
    "serves_radius_m",
    "order_limit",
    "serving_cost_minor",
    "lends_stock",
    "open",
)
ALWAYS = ("always", "24/7")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, or JSON: a list of objects.")]


def stores(
    file: File,
    brand: BrandOption = "",
    places: Annotated[
        bool, typer.Option("--places/--no-places", help="Addresses are located by the stores' postcodes and cities.")
    ] = True,
) -> None:
    """Add stores, or replace those with the same code; a store that the file does not name stays as it is."""
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_stores, put_gazetteer, put_stores  # Django is set up by now
        from datong.kernel.db import in_brand

        owner = brand_of(brand)
        known = {store.code: store for store in list_stores(owner.id)}
        sheet = read_sheet(file, NEEDED, MORE)
        sheet.once("code")
        found = [_store(row, owner, known) for row in sheet.rows]
        sheet.done()
        with in_brand(owner.id):
            put_stores(owner.id, found)
            located = put_gazetteer(owner.id, places_of(list_stores(owner.id))) if places else 0
    new = sum(store.code not in known for store in found)
    said = f"{file.name}: {new:,} new stores, {len(found) - new:,} replaced"
    out.print(said + (f"; {located:,} postcodes and cities can be located" if places else ""), highlight=False)
    err.print(f"next: datong brand items FILE --brand {owner.slug}", highlight=False)


def places(file: File, brand: BrandOption = "") -> None:
    """Say where postcodes and cities lie, for addresses that come without coordinates.

    Columns: lat and lon, and postcode, or city with its region; country where it is not the brand's.
    """
    with ready(upgrade=is_embedded()):
        from datong.brand.api import put_gazetteer

        owner = brand_of(brand)
        sheet = read_sheet(file, ("lat", "lon"), ("postcode", "city", "region", "country"))
        found = [place for row in sheet.rows for place in _places(row, owner)]
        sheet.done()
        count = put_gazetteer(owner.id, found)
    out.print(f"{file.name}: {count:,} places", highlight=False)


def places_of(stores: Iterable[Store]) -> list[tuple[str, str, Point]]:
    """Where the postcodes and cities of stores lie: in the middle of the stores there.

    A city goes by its name alone only where one region has a city of that name.
    """
    at: dict[tuple[str, str], list[Point]] = {}
    regions: dict[tuple[str, str], set[str]] = {}
    for store in stores:
        city, region = store.city.lower(), store.region.lower()
        keys = [store.postcode.lower(), f"{city}, {region}" if city and region else ""]
        for key in filter(None, keys):
            at.setdefault((store.country, key), []).append(store.place)
        if city:
            regions.setdefault((store.country, city), set()).add(region)
            at.setdefault((store.country, city), []).append(store.place)
    several = {key for key, names in regions.items() if len(names) > 1}
    return [(*key, _middle(points)) for key, points in at.items() if key not in several]


def _middle(points: Sequence[Point]) -> Point:
    return Point(sum(p.lon for p in points) / len(points), sum(p.lat for p in points) / len(points))


def _store(row: Row, brand: Brand, known: dict[str, Store]) -> Store:
    from datong.brand.api import always_open

    code = row.text("code", 40, needed=True)
    timezone = row.text("timezone", 60, default=brand.timezone)
    if timezone not in available_timezones():
        row.wrong("timezone", "an IANA time zone such as America/Chicago")
    return Store(
        id=known[code].id if code in known else uuid7(),
        code=code,
        name=row.text("name", 120, needed=True),
        place=Point(lon=row.degrees("lon", 180), lat=row.degrees("lat", 90)),
        city=row.text("city", 80, needed=True),
        hours=row.read("hours", _hours, always_open()),
        timezone=timezone,
        region=row.text("region", 80),
        country=_country(row, brand),
        postcode=row.text("postcode", 20),
        address=row.text("address", 200),
        phone=row.text("phone", 40),
        kind=row.choice("kind", StoreKind.OWN),
        tier=row.whole("tier", 1, 5, None),
        services=tuple(filter(None, (word.strip() for word in row.text("services", 400).split(";")))),
        serves_radius_m=row.whole("serves_radius_m", 0, 20_100_000, 0),
        order_limit=row.whole("order_limit", 0, 1_000_000, None),
        serving_cost_minor=row.whole("serving_cost_minor", 0, 10**12, 0),
        lends_stock=row.flag("lends_stock", True),
        open=row.flag("open", True),
    )


def _hours(text: str) -> Hours:
    from datong.brand.api import always_open, parse_hours
    from datong.kernel.errors import BadValue

    if not text:
        raise BadValue("hours", text, "hours such as 'Mon: 9-21; Tue: 9-21', or 'always'")
    return always_open() if text.lower() in ALWAYS else parse_hours(text)


def _country(row: Row, brand: Brand) -> str:
    country = row.text("country", 2, default=brand.country).upper()
    if len(country) != 2 or not country.isalpha():
        row.wrong("country", "an ISO 3166-1 code of two letters such as US")
    return country


def _places(row: Row, brand: Brand) -> list[tuple[str, str, Point]]:
    country, place = _country(row, brand), Point(lon=row.degrees("lon", 180), lat=row.degrees("lat", 90))
    postcode, city, region = row.text("postcode", 20), row.text("city", 80), row.text("region", 38)
    if not postcode and not city:
        row.wrong("postcode", "a postcode or a city")
    keys = [postcode, f"{city}, {region}" if city and region else city]
    return [(country, key, place) for key in keys if key]
