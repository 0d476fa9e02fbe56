"""`datong import reconcile`: what was taken in against the file and the totals of the old system."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Table

from datong.kernel.errors import BadValue
from datong.site.cli.names import BrandOption, brand_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.imports.types import Reconciled, Total

MAX_SHOWN = 20
Totals = Annotated[
    list[str] | None,
    typer.Option("--total", help="What the old system says, GROUP/FIGURE=VALUE: USD/principal=1234.50. May repeat."),
]
Sign = Annotated[bool, typer.Option("--sign", help="Answer for it; where something differs, with --note.")]


def add_reconcile(app: typer.Typer) -> None:
    app.command("reconcile")(reconcile)


def reconcile(
    run_id: Annotated[UUID, typer.Argument(metavar="RUN", help="The import, as it was named when it was done.")],
    brand: BrandOption = "",
    totals: Totals = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report here, .xlsx.")] = None,
    sign: Sign = False,
    note: Annotated[str, typer.Option("--note", help="Why it is in order although something differs.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
) -> None:
    """Hold what was taken in against the file and the old system's totals; ends with 1 where something differs."""
    with ready(upgrade=is_embedded()):
        from datong.imports import api as imports

        owner = brand_of(brand)
        run = imports.get_run(owner.id, run_id)
        given = [_total(text, run.kind, owner.currency) for text in totals or ()]
        asked = imports.ask_reconciliation(owner.id, run_id, given, by=who())
        found = imports.reconcile(owner.id, asked.id)
        if report:
            report.write_bytes(imports.reconciliation_file(owner.id, found.id))
        if sign:
            found = imports.sign_reconciliation(owner.id, found.id, by=who(), note=note)
        if as_json:
            print(json.dumps(_as_record(found)))
        else:
            _say(owner.id, run.kind, found)
    if not found.agrees and not found.signed_at:
        raise typer.Exit(1)


def _total(text: str, kind_name: str, currency: str) -> Total:
    from datong.imports.api import kind_of
    from datong.imports.types import Total
    from datong.kernel.money import exponent

    head, equals, value = text.rpartition("=")
    group, slash, measure = head.rpartition("/")
    kind = kind_of(kind_name)
    if not equals or not slash or measure not in ("rows", *kind.measures):
        raise BadValue("--total", text, f"GROUP/FIGURE=VALUE with a figure of {', '.join(('rows', *kind.measures))}")
    money = measure != "rows" and kind_name in ("stored_value", "gift_cards")
    try:
        minor = Decimal(value.replace(",", "")).scaleb(exponent(group or currency) if money else 0)
    except InvalidOperation:
        raise BadValue("--total", text, "a number such as 1234.50") from None
    if minor != minor.to_integral_value():
        raise BadValue("--total", text, "no more decimal places than the currency has")
    return Total(tuple(group.split("/")), measure, int(minor))


def _say(brand_id: UUID, kind_name: str, found: Reconciled) -> None:
    from datong.imports import api as imports

    kind = imports.kind_of(kind_name)
    table = Table(*[str(name) for name in imports.TOTALS[:6]])
    for line in found.lines:
        table.add_row(
            " / ".join(line.group), imports.measured(kind, line.measure), *("-" if v is None else v for v in
                                                                           imports.figures(line))
        )  # fmt: skip
    out.print(table)
    for n, row in enumerate(imports.rows_apart(brand_id, found.id)):
        if n == MAX_SHOWN:
            err.print("  and more: --report FILE writes them all", highlight=False)
            break
        err.print(f"  row {row.line}: {row.called} {imports.WHAT[row.what]} {imports.why(row)}", highlight=False)
    if found.signed_at:
        out.print(f"signed by {found.signed_by}", highlight=False)
    else:
        out.print("it agrees, to the cent" if found.agrees else f"{found.differences:,} rows differ", highlight=False)


def _as_record(found: Reconciled) -> dict[str, object]:
    return {
        "reconciliation": str(found.id),
        "run": str(found.run_id),
        "agrees": found.agrees,
        "rows_apart": found.differences,
        "signed_by": found.signed_by,
        "totals": [
            {
                "group": list(line.group),
                "figure": line.measure,
                "currency": line.unit,
                "control": line.control,
                "file": line.file,
                "here": line.here,
                "difference": line.difference,
            }
            for line in found.lines
        ],
    }
