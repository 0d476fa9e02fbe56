"""`datong ledger`: add everything up again, seal what is settled."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from datong.kernel.errors import BadValue
from datong.kernel.money import Money
from datong.site.cli.names import AsJson, BrandOption, brand_of, who
from datong.site.runtime import ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.ledger.types import Posted

app = typer.Typer(help="The books: verify them, seal them, take them along.", no_args_is_help=True)
FORMATS = ("beancount", "csv", "xlsx")
UNTIL = typer.Option("--until", formats=["%Y-%m-%d"], help="The last business day.")


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


@app.command()
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to.")],
    brand: BrandOption = "",
    file_format: Annotated[str, typer.Option("--format", help="beancount, csv or xlsx.")] = "beancount",
    until: Annotated[datetime | None, UNTIL] = None,
    company: Annotated[str, typer.Option("--company", help="Only its books (id or name); own: the brand's.")] = "",
) -> None:
    """Write the journal to a file: for Beancount, whose bean-check accepts it, or as a table."""
    if file_format not in FORMATS:
        raise BadValue("format", file_format, "one of " + ", ".join(FORMATS))
    with ready():
        from datong.ledger import api
        from datong.ledger.types import Asked

        owner, last = brand_of(brand), until.date() if until else None
        whose = _company(owner.id, company)
        count = 0
        if file_format == "beancount":
            with file.open("w", encoding="utf-8") as out_file:
                for piece in api.beancount(owner.id, until=last, company=whose):
                    count += " * " in piece[:14]
                    out_file.write(piece)
        else:
            asked = Asked(until=last, where={} if whose is None else {"company": whose})
            rows = (_row(posted) for page in api.journal(owner.id, asked) for posted in page)
            count = _write_table(file, file_format, rows)
    out.print(f"{owner.slug}: {count:,} transfers in {file}")


def _company(brand: UUID, wanted: str) -> str | None:
    """Whose books: None all together, '' the brand's own, else a company's id."""
    from datong.brand.api import tree

    if not wanted or wanted == "own":
        return None if not wanted else ""
    found = [str(c.id) for c in tree(brand).companies if wanted.lower() in (str(c.id), c.name.lower())]
    if not found:
        raise BadValue("company", wanted, "own, or the id or name of a company of the brand")
    return found[0]


COLUMNS = ("day", "kind", "debit", "credit", "amount", "currency", "subject", "dimensions", "id", "posted_at")


def _row(posted: Posted) -> list[str | float]:
    t = posted.transfer
    where = " ".join(f"{key}={value}" for key, value in sorted(t.dimensions.items()))
    amount = float(Money(t.amount_minor, t.debit.currency).decimal)
    return [t.business_date.isoformat(), t.kind, t.debit.code, t.credit.code, amount, t.debit.currency,
            str(t.subject_id), where, str(t.id), posted.posted_at.isoformat()]  # fmt: skip


def _write_table(file: Path, file_format: str, rows: Iterator[list[str | float]]) -> int:
    from datong.imports.api import Heading, csv_bytes, workbook_bytes

    listed = list(rows)
    headings = [Heading((name,)) for name in COLUMNS]
    body = csv_bytes(headings, listed) if file_format == "csv" else workbook_bytes(headings, listed, title="Journal")
    file.write_bytes(body)
    return len(listed)
