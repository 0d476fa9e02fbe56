"""`datong demo`: a day of a brand, played through every door while you watch."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from typing import Annotated

import typer

from datong.site.runtime import is_embedded, ready


class BrandKey(StrEnum):
    retail = "retail"
    tea = "tea"


def demo(
    brand: Annotated[
        BrandKey, typer.Option(help="retail: real orders at real stores; tea: a Chinese tea chain, made up.")
    ] = BrandKey.retail,
    once: Annotated[bool, typer.Option("--once", help="Do not stay open when the day is over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
    orders: Annotated[int | None, typer.Option(min=50, help="So many orders instead of the whole day.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Play a day of orders through the real doors of every channel, and open the console on it."""
    started, embedded = time.perf_counter(), is_embedded()
    with ready(upgrade=embedded):
        from datong.site.demo.run import Options, run  # Django is set up by now

        options = Options(brand.value, once, as_json, orders, port, started, embedded)
        summary = run(options, lambda found: print(json.dumps(found.as_json())) if as_json else None)
    if summary.lost or summary.stock_negative or summary.oversold or summary.ledger_difference_minor:
        raise typer.Exit(1)
