"""`datong ledger`: add everything up again, seal what is settled."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

import typer

from datong.site.cli.names import AsJson, BrandOption, brand_of, who
from datong.site.runtime import ready
from datong.site.screen import err, out

app = typer.Typer(help="The books: verify them, seal them.", no_args_is_help=True)


@app.command()
def verify(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """Recompute everything in the books of one brand, or of all; ends with 1 if something does not hold.

    Balances from entries, debits and credits per currency, holds, clearing accounts, totals by day, the hash chain.
    """
    with ready():
        from datong.brand.api import list_brands
        from datong.ledger.api import verify_now

        found: list[dict[str, Any]] = []
        for each in [brand_of(brand)] if brand else list_brands():
            started = time.monotonic()
            verdict = verify_now(each.id, by=who())
            seconds = round(time.monotonic() - started, 2)
            found.append({"brand": each.slug, "sound": verdict.sound, "seconds": seconds, **asdict(verdict)})
    if as_json:
        print(json.dumps(found, default=str))
    else:
        for one in found:
            _say(one)
    raise typer.Exit(not all(one["sound"] for one in found))


def _say(one: dict[str, Any]) -> None:
    facts = f"{one['transfers']:,} transfers, {one['seals']:,} seals, {one['seconds']} s"
    if one["sound"]:
        out.print(f"{one['brand']}: everything adds up: {facts}")
    else:
        err.print(f"{one['brand']}: {len(one['differences'])} things do not add up: {facts}")
    if one["head"]:
        out.print(f"  head of the chain {one['head']}", soft_wrap=True)
    for each in one["differences"]:
        subject = f", {each['subject_id']}" if each["subject_id"] else ""
        err.print(f"  {each['what']} {each['account']} {each['difference_minor']} {each['currency']}{subject}")


@app.command()
def seal(brand: BrandOption = "") -> None:
    """Seal and roll up what is settled now; the worker does it every ten seconds."""
    with ready():
        from datong.ledger.api import seal as seal_now

        owner, taken = brand_of(brand), 0
        while count := seal_now(brand=owner.id):
            taken += count
        out.print(f"{owner.slug}: {taken:,} transfers sealed")
