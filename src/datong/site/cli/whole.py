"""A table that is taken as a whole or not at all: the commands of `datong brand`, each the short form of an import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datong.site.cli import tables
from datong.site.cli.names import brand_of
from datong.site.runtime import is_embedded, ready
from datong.site.screen import fail

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Excel, CSV, or JSON: a list of objects.")]


def whole(kind: str, file: Path, brand: str, options: dict[str, str]) -> str:
    """Take a table in if every row is good; the brand's slug. Otherwise every mistake is said, and code 1."""
    with ready(upgrade=is_embedded()):
        owner = brand_of(brand)
        run = tables.keep(owner, kind, file, again=True, options=options)
        run = tables.carry_out(owner, run, strictly=True)
        tables.say(owner, file, run)
    if run.counts.bad:
        count = run.counts.bad
        fail(
            f"{file.name}: {count:,} {'row' if count == 1 else 'rows'} cannot be used; nothing was changed",
            "correct the rows and run the command again",
        )
    return owner.slug
