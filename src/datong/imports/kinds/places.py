"""Where postcodes and cities lie, for addresses that come without coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from datong.access.types import Action
from datong.brand import api as brands
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.kernel.geo import Point

PAGE = 2000


class Places(Kind):
    name = "places"
    title = _("Places of postcodes")
    about = _("Where postcodes and cities lie, so that an address without coordinates finds the nearest store.")
    icon = "map-pin"
    needs, shows = Action.STORES_EDIT, Action.STORES_VIEW
    columns = (
        Column("lat", _("Latitude"), cells.degrees(90), _("Degrees."), 44.9353, needed=True, also=("latitude",)),
        Column("lon", _("Longitude"), cells.degrees(180), _("Degrees."), -93.1602, needed=True,
               also=("lng", "longitude")),
        Column("postcode", _("Postcode"), cells.code(20), _("A postcode, or a city with its region."), "55105",
               also=("zip", "zip code", "postal code", "邮政编码")),
        Column("city", _("City"), cells.text(80), _("With its region."), "St. Paul", also=("place",)),
        Column("region", _("Region"), cells.text(38), _("State or province."), "MN", also=("state", "province")),
        Column("country", _("Country"), cells.country, _("Two letters; left out: the brand's."), "US"),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        country = str(row.values.get("country", ""))
        postcode, city, region = (str(row.values.get(name, "")).lower() for name in ("postcode", "city", "region"))
        named = [postcode, f"{city}, {region}" if city and region else city]
        return [("place", country, name) for name in named if name]

    def look(self, rows: Sequence[Row], context: Context) -> None:
        for row in rows:
            row.values.setdefault("country", context.brand.country)
            if not row.values.get("postcode") and not row.values.get("city"):
                row.wrong("postcode", "postcode_or_city")

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        asked = [(key[1] or context.brand.country, key[2]) for key in keys]
        found = brands.gazetteer_rows(context.brand.id, asked)
        return {("place", country, name): {"lat": p.lat, "lon": p.lon} for (country, name), p in found.items()}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        return {key: {"lat": row.values["lat"], "lon": row.values["lon"]} for key in self.keys(row)}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        brands.put_gazetteer(
            context.brand.id, [(c.key[1], c.key[2], Point(c.after["lon"], c.after["lat"])) for c in changes]
        )

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        back = [(c.key[1], c.key[2], Point(c.before["lon"], c.before["lat"])) for c in changes if c.before]
        brands.put_gazetteer(context.brand.id, back)
        brands.remove_places(context.brand.id, [(c.key[1], c.key[2]) for c in changes if c.before is None])

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        after = ("", "")
        while page := brands.list_gazetteer(brand_id, after=after, limit=PAGE):
            for country, key, place in page:
                city, _comma, region = key.partition(", ")
                names: dict[str, Raw] = {"city": city, "region": region}
                if not region and any(character.isdigit() for character in key):
                    names = {"postcode": key}
                yield {"lat": place.lat, "lon": place.lon, "country": country, **names}
            after = page[-1][:2]
