"""`datong brand items|stock|tax`: what a brand sells, what is on its shelves, what tax it owes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from datong.catalog.types import TaxRate
from datong.kernel import clock
from datong.site.cli import tables
from datong.site.cli.names import BrandOption, brand_of, who
from datong.site.cli.whole import File, whole
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="In force from this day on, brand's time.")
]


def items(file: File, brand: BrandOption = "", since: Since = None) -> None:
    """Add products with their prices, or change those with the same SKU.

    Columns: those of the table of products. A price that changes does so from now on, a first one from this morning,
    unless --since says when.
    """
    options = {}
    if since:
        with ready(upgrade=is_embedded()):
            options = {"since": tables.midnight(brand_of(brand), since)}
    slug = whole("products", file, brand, options)
    err.print(f"next: datong brand stock FILE --brand {slug}", highlight=False)


def stock(file: File, brand: BrandOption = "") -> None:
    """Say what is on hand where: new rows are opening stock, a row that differs is taken as a count.

    Columns: store, sku, on_hand; safety (units never sold online; left out, it stays as it is). Running it again with
    the same file changes nothing.
    """
    whole("stock", file, brand, {})


def tax(
    percent: Annotated[str, typer.Argument(help="The rate: 8, 8.25, 0.")],
    inclusive: Annotated[bool, typer.Option("--included/--on-top", help="Whether prices contain the tax.")],
    brand: BrandOption = "",
    tax_class: Annotated[str, typer.Option("--class", help="The items' tax class.")] = "standard",
    region: Annotated[str, typer.Option(help="Where it holds: US, US-MN; left out: everywhere.")] = "",
    since: Since = None,
) -> None:
    """Set the rate of a tax class, from the beginning of the year unless --since says when."""
    with ready(upgrade=is_embedded()):
        from datong.catalog.api import put_tax_rates

        owner = brand_of(brand)
        zone = ZoneInfo(owner.timezone)
        start = since or clock.now().astimezone(zone).replace(month=1, day=1)
        midnight = datetime(start.year, start.month, start.day, tzinfo=zone)
        rate = TaxRate(tax_class, _ppm(percent), midnight, region)
        put_tax_rates(owner.id, [rate], inclusive=inclusive, by=who())
    where = f" in {region}" if region else ""
    out.print(f"{tax_class}: {percent} %{where} from {midnight.date()}", highlight=False)


def _ppm(percent: str) -> int:
    from datong.catalog.api import read_tax_rate

    return read_tax_rate(percent, "PERCENT")
