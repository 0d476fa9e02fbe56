"""`datong shadow`: beside the systems that run today, reading only. Without a subcommand: the demo's day."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from datong.kernel.errors import BadValue, NotFound
from datong.site.cli.asking import secrets_of
from datong.site.cli.names import AsJson, BrandOption, brand_of, channel_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.brand.types import Brand
    from datong.shadow.types import Project

app = typer.Typer(help="Look beside the systems that run today, reading only; alone: the demo's day.")

MAX_SHOWN = 20


class Holds(StrEnum):
    orders = "orders"
    stock = "stock"
    prices = "prices"
    members = "members"
    items = "items"


class SystemKind(StrEnum):
    shop = "shop"
    marketplace = "marketplace"
    till = "till"
    erp = "erp"
    oms = "oms"
    members = "members"
    other = "other"


class Language(StrEnum):
    en = "en"
    zh = "zh"


ProjectOption = Annotated[str, typer.Option("--project", help="Its name; may be left out while there is only one.")]
Pdf = Annotated[Path | None, typer.Option("--pdf", help="Write the paper for the board here.", dir_okay=False)]


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    orders: Annotated[int | None, typer.Option(min=200, help="So many orders; the whole day is 5,400.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Do not stay open at the end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    pdf: Pdf = None,
    seed: Annotated[int, typer.Option(help="Another day of errors.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Beside the systems that run today: what do they get wrong? Alone, it shows so on the demo's day."""
    if context.invoked_subcommand is not None:
        return
    started, embedded = time.perf_counter(), is_embedded()
    with ready(upgrade=embedded):
        from datong.site.demo.shadow import show  # Django is set up by now

        options = show.Options(orders or show.ORDERS, once, as_json, port, seed, pdf, started, embedded)
        looked = show.run(options)
        if as_json:
            print(json.dumps(_plain(looked.report)))
    if not looked.exact:
        raise typer.Exit(1)


@app.command()
def connect(
    code: Annotated[str, typer.Argument(help="A short name for the system: shop, erp, tills.")],
    kind: Annotated[SystemKind, typer.Option(help="What it is; says whether it sells, books or keeps the stock.")],
    name: Annotated[str, typer.Option(help="As people call it.")] = "",
    connector: Annotated[str, typer.Option(help="shopify, woocommerce, marketplace, pos: copies of webhooks.")] = "",
    channel: Annotated[
        str, typer.Option(help="A channel connected with --watch-only: it is read by itself, nothing is written there.")
    ] = "",
    secret: Annotated[
        list[str] | None, typer.Option("--secret", help="name=@FILE, name=env:VARIABLE or name=-. Else asked for.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="A marketplace's mapping file.", exists=True)] = None,
    interval: Annotated[int, typer.Option(help="Seconds between its looks at the others' stock.")] = 300,
    price_group: Annotated[str, typer.Option(help="Systems of other groups may differ in price.")] = "",
    host: Annotated[str, typer.Option(help="The name under which this installation is reached.")] = "",
    project: ProjectOption = "",
    brand: BrandOption = "",
) -> None:
    """Add a system to look at; the first opens the project. With a connector it prints an address for webhooks."""
    with ready(upgrade=is_embedded()):
        from datong.integration.api import SECRETS
        from datong.shadow import api as shadow
        from datong.shadow.types import SystemKind as Kind

        of = brand_of(brand)
        known = {each.name for each in shadow.list_projects(of.id)}
        if not known or (project and project not in known):
            shadow.open_project(of.id, project or of.name, by=who())
        found = _project(of, project)
        secrets = secrets_of(secret or [], SECRETS.get(connector, ())) if connector else {}
        settings: dict[str, Any] = {"mapping_toml": mapping.read_text("utf-8")} if mapping else {}
        watched = channel_of(of.id, channel).id if channel else None
        system = shadow.connect(
            of.id, found.id, code, Kind(kind.value), by=who(), name=name, connector=connector, secrets=secrets,
            channel_id=watched,
            settings=settings, interval_s=interval, price_group=price_group,
        )  # fmt: skip
        if system.token:
            print(f"https://{host or 'YOUR-HOST'}/hooks/shadow/{system.token}")
            err.print("Enter it as one more webhook of the shop, beside the ones it has.", highlight=False)
        does = [
            word for word, yes in
            (("sells", system.sells), ("books", system.books), ("keeps the stock", system.keeps_stock)) if yes
        ]  # fmt: skip
        err.print(f"{escape(system.name)}: {', '.join(does) or 'members only'}", highlight=False)


@app.command()
def feed(
    holds: Annotated[Holds, typer.Argument(help="What the file holds; items: the mapping file of SKUs.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or JSON Lines.", exists=True, dir_okay=False)],
    system: Annotated[str, typer.Option(help="Code of the system it is an export of.")] = "",
    project: ProjectOption = "",
    brand: BrandOption = "",
    as_json: AsJson = False,
) -> None:
    """Take an export as it is. Rows that cannot be read are told with row, column and fix; the others are taken."""
    with ready(upgrade=is_embedded()):
        from datong.shadow import api as shadow
        from datong.shadow.types import FeedKind

        if holds is not Holds.items and not system:
            raise BadValue("--system", "", "the code of the system this file is an export of")
        of = brand_of(brand)
        found = _project(of, project)
        fed = shadow.feed_file(of.id, found.id, system, FeedKind(holds.value), file.name, file.read_bytes())
    if as_json:
        print(json.dumps({"rows": fed.rows, "taken": fed.taken, "refused": fed.refused, "repeat": fed.repeat,
                          "problems": [[p.field, p.fix, p.value] for p in fed.problems]}))  # fmt: skip
        return
    if fed.repeat:
        out.print(f"{file.name}: this very file was taken before; nothing was done", highlight=False)
        return
    out.print(f"{file.name}: {fed.rows:,} rows, {fed.taken:,} {holds.value} taken", highlight=False)
    for problem in fed.problems[:MAX_SHOWN]:
        err.print(f"  {escape(problem.field)}: expected {escape(problem.fix)}, got {escape(repr(problem.value))}",
                  highlight=False)  # fmt: skip
    if fed.refused:
        err.print(f"  {fed.refused:,} rows were not taken; correct them and feed the file again", highlight=False)


@app.command()
def read(
    project: ProjectOption = "",
    brand: BrandOption = "",
    as_json: AsJson = False,
) -> None:
    """Read the channels now, without writing to any. A running worker does it by itself every five minutes."""
    with ready(upgrade=is_embedded()):
        from datong.shadow.api import read_channel

        of = brand_of(brand)
        found = _project(of, project)
        done = [read_channel(of.id, found.id, each.code) for each in found.systems if each.channel_id]
    if not done:
        raise NotFound("no system names a channel: datong shadow connect CODE --kind shop --channel CHANNEL")
    if as_json:
        print(json.dumps([asdict(each) for each in done]))
    for each in done if not as_json else ():
        news = f"{each.stock:,} new stock figures, {each.prices:,} new prices"
        out.print(f"{each.system}: {each.orders:,} orders listed, {news}", highlight=False)
        if each.problem:
            err.print(f"  {escape(each.problem)}", highlight=False)
    if any(each.problem for each in done):
        raise typer.Exit(1)


@app.command(name="run")
def look(
    since: Annotated[str, typer.Option(help="First day, 2026-11-22; else the first that was observed.")] = "",
    until: Annotated[str, typer.Option(help="Last day; else the last that was observed.")] = "",
    project: ProjectOption = "",
    brand: BrandOption = "",
    as_json: AsJson = False,
) -> None:
    """Look for what does not fit. A running worker does it by itself after each midnight."""
    with ready(upgrade=is_embedded()):
        from datong.shadow import api as shadow
        from datong.site.demo.shadow.show import show

        of = brand_of(brand)
        found = _project(of, project)
        report = shadow.run(of.id, found.id, by=who(), since=_day("--since", since), until=_day("--until", until))
        if as_json:
            print(json.dumps(_plain(report)))
        else:
            show(report)


@app.command()
def report(
    pdf: Pdf = None,
    language: Annotated[Language, typer.Option(help="Of the paper and the words.")] = Language.en,
    project: ProjectOption = "",
    brand: BrandOption = "",
    as_json: AsJson = False,
) -> None:
    """What the latest run found: on the screen, as a PDF for the board, or as JSON."""
    with ready(upgrade=is_embedded()):
        from django.utils import translation

        from datong.shadow import api as shadow
        from datong.site.demo.shadow.show import show, write_pdf

        of = brand_of(brand)
        found = shadow.report(of.id, _project(of, project).id)
        code = "zh-hans" if language is Language.zh else "en"
        with translation.override(code):
            if as_json:
                print(json.dumps(_plain(found)))
            elif pdf is None:
                show(found)
        if pdf:
            write_pdf(found, of.name, pdf, code)


@app.command()
def delete(
    project: ProjectOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    brand: BrandOption = "",
) -> None:
    """Delete a project with everything it saw, payloads and contacts included."""
    with ready(upgrade=is_embedded()):
        from datong.shadow import api as shadow

        of = brand_of(brand)
        found = _project(of, project)
        if not yes and (
            not sys.stdin.isatty() or typer.prompt(f"Type {found.name} to delete it", err=True) != found.name
        ):
            raise BadValue("--yes", "", f"--yes, or the name {found.name} when asked")
        gone = shadow.delete_project(of.id, found.id, by=who())
    out.print(f"{found.name}: deleted, {gone:,} rows", highlight=False)


def _project(brand: Brand, name: str) -> Project:
    from datong.shadow.api import list_projects

    projects = list_projects(brand.id)
    found = [each for each in projects if name in ("", each.name, str(each.id))]
    if len(found) != 1:
        known = ", ".join(each.name for each in projects)
        if known:
            raise NotFound(f"which project? --project with one of: {known}")
        raise NotFound("no shadow project yet: datong shadow connect CODE --kind KIND")
    return found[0]


def _day(option: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue(option, text, "a day such as 2026-11-22") from None


def _plain(report: Any) -> dict[str, Any]:
    from datong.shadow.api import as_json

    return as_json(report)
