"""Read the written menu and the roads, and put three made-up stores on each road."""

from __future__ import annotations

from datong.brand.types import AddressText
from datong.catalog.types import ItemKind
from datong.kernel.geo import Point
from datong.site.demo.dice import beside, dice
from datong.site.demo.files import rows
from datong.site.demo.types import Format, Good, Shop

STORES_A_ROAD = 3
REACH_M = {Format.BIG: 4_000, Format.SMALL: 2_500, Format.KIOSK: 0}
ORDER_LIMITS = {Format.BIG: 200, Format.SMALL: 100, Format.KIOSK: 60}
FORMATS = (Format.BIG, Format.SMALL, Format.SMALL, Format.SMALL, Format.KIOSK)
HOURS = (
    "Mon: 9:30-22:00; Tue: 9:30-22:00; Wed: 9:30-22:00; Thu: 9:30-22:00; "
    "Fri: 9:30-22:30; Sat: 9:30-22:30; Sun: 9:30-22:00",
    "Mon: 10:00-21:30; Tue: 10:00-21:30; Wed: 10:00-21:30; Thu: 10:00-21:30; "
    "Fri: 10:00-22:00; Sat: 10:00-22:00; Sun: 10:00-21:30",
)
TIMEZONE = "Asia/Shanghai"


def read_menu() -> tuple[Good, ...]:
    """The drinks by code; a drink is made at the place, a gift box lies on a shelf."""
    return tuple(
        Good(
            row["sku"],
            row["zh"],
            int(row["price_fen"]),
            int(row["price_fen"]),
            usual_units=1,
            baskets=int(row["popularity"]),
            kind=ItemKind.GOODS if row["category"] == "茶礼" else ItemKind.ON_SITE,
            category=row["category"],
            titles={"zh-Hans": row["zh"], "en": row["en"]},
        )
        for row in rows("tea_menu.csv")
    )


def read_shops() -> tuple[Shop, ...]:
    """Three stores a road: the first on it, the others up to 900 m away from there."""
    shops = []
    for position, row in enumerate(rows("tea_places.csv")):
        for number in range(STORES_A_ROAD):
            throws = dice("tea shop", row["road"], number)
            middle = Point(float(row["lon"]), float(row["lat"]))
            place = beside(middle, throws, from_m=250, to_m=900) if number else middle
            kind = Format.BIG if not number else throws.choice(FORMATS)
            line = f"{row['district']}{row['road']}{throws.randrange(8, 900)}号"
            shops.append(
                Shop(
                    code=f"HZ{position * STORES_A_ROAD + number + 1:03}",
                    name=f"{row['district']}{row['road']}{'一二三'[number]}店",
                    place=place,
                    address=AddressText(line, "杭州市", "浙江省", row["postcode"], "CN"),
                    hours=HOURS[kind is Format.KIOSK],
                    timezone=TIMEZONE,
                    format=kind,
                    services=("到店自提",) if kind is Format.KIOSK else ("到店自提", "外卖"),
                    serves_radius_m=REACH_M[kind],
                    order_limit=ORDER_LIMITS[kind],
                )
            )
    return tuple(shops)
