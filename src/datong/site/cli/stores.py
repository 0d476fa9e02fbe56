"""`datong brand stores|places`: the stores of a brand from a file, and where addresses lie."""

from __future__ import annotations

from typing import Annotated

import typer

from datong.site.cli.names import BrandOption
from datong.site.cli.whole import File, whole
from datong.site.screen import err


def stores(
    file: File,
    brand: BrandOption = "",
    places: Annotated[
        bool, typer.Option("--places/--no-places", help="Addresses are located by the stores' postcodes and cities.")
    ] = True,
) -> None:
    """Add stores, or change those with the same number; a store that the file does not name stays as it is."""
    slug = whole("stores", file, brand, {} if places else {"places": "no"})
    err.print(f"next: datong brand items FILE --brand {slug}", highlight=False)


def places(file: File, brand: BrandOption = "") -> None:
    """Say where postcodes and cities lie, for addresses that come without coordinates.

    Columns: lat and lon, and postcode, or city with its region; country where it is not the brand's.
    """
    whole("places", file, brand, {})
