"""`datong import KIND FILE`, `datong export KIND FILE`: the tables by which a brand opens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from datong.brand.types import Brand
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.site.cli.moving import add_reconcile
from datong.site.cli.names import BrandOption, brand_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, fail, out

if TYPE_CHECKING:
    from datong.imports.types import Run

KINDS = (
    "stores", "hours", "staff", "products", "prices", "stock", "suppliers", "levels", "places", "taxes", "customers",
    "cards", "stored_value", "gift_cards", "points", "vouchers",
)  # fmt: skip
"""In the order a brand opens; a test compares with those that are registered."""
MAX_SHOWN = 20
STAGES = {"checking": "checking", "running": "going in", "undoing": "going back"}

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="Excel (.xlsx), CSV or JSON; of customers also vCard.")
]
Maps = Annotated[list[str] | None, typer.Option("--map", help="column=heading; column= leaves it out. May repeat.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="column=value of every row. May repeat.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read, compare and count; change nothing.")]
Errors = Annotated[Path | None, typer.Option("--errors", help="Write the bad rows with their fixes here.")]
AllOrNothing = Annotated[bool, typer.Option("--all-or-nothing", help="Nothing goes in until every row is good.")]
Again = Annotated[bool, typer.Option("--again", help="Even if this very file went in before.")]
Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Prices hold from this day on, brand's time.")
]
Invite = Annotated[
    str, typer.Option("--invite", metavar="URL", help="Staff: mail the new people a link; URL is where the console is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object at the end.")]


def add_commands(app: typer.Typer) -> None:
    """One command a kind, and those around them."""
    for kind in KINDS:
        app.command(kind, help=f"Take in a table of {kind}; a run that was interrupted goes on.")(_command(kind))
    app.command("template")(template)
    app.command("undo")(undo)
    add_reconcile(app)


def _command(kind: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - typer reads the signature of `command`
    def command(
        file: File,
        brand: BrandOption = "",
        maps: Maps = None,
        sets: Sets = None,
        dry_run: DryRun = False,
        errors: Errors = None,
        all_or_nothing: AllOrNothing = False,
        again: Again = False,
        since: Since = None,
        invite: Invite = "",
        as_json: AsJson = False,
    ) -> None:
        with ready(upgrade=is_embedded()):
            _may_invite(kind, invite)
            owner = brand_of(brand)
            options = {"since": midnight(owner, since)} if since and kind == "products" else {}
            run = keep(owner, kind, file, maps=maps, sets=sets, again=again, options=options)
            run = carry_out(owner, run, dry_run=dry_run, strictly=all_or_nothing, invite=invite)
            if errors and run.counts.bad:
                write_bad_rows(owner.id, run, errors)
            say(owner, file, run, as_json=as_json)
        if run.counts.bad:
            raise typer.Exit(1)

    return command


def _may_invite(kind: str, base: str) -> None:
    from datong.kernel.mail import has_server

    if not base:
        return
    if kind != "staff" or not base.startswith(("https://", "http://")):
        fail("only staff are invited, by links to the console", "datong import staff FILE --invite https://HOST")
    if not has_server():
        fail("no mail server is set, so nobody can be invited by e-mail", "set DATONG_SMTP_URL")


def midnight(brand: Brand, day: datetime) -> str:
    return day.replace(tzinfo=ZoneInfo(brand.timezone)).astimezone(ZoneInfo("UTC")).isoformat()


def keep(
    brand: Brand,
    kind: str,
    file: Path,
    *,
    maps: Iterable[str] | None = None,
    sets: Iterable[str] | None = None,
    again: bool = False,
    options: dict[str, str] | None = None,
) -> Run:
    """The file's run, kept; a heading that is nearly a column's ends the command with the question which it is."""
    from datong.imports.api import receive
    from datong.imports.types import MAX_BYTES, Unreadable

    if file.stat().st_size > MAX_BYTES:
        fail(f"{file.name} is larger than {MAX_BYTES // 2**20} MB", "split it")
    by_hand = _pairs(maps, "--map")
    try:
        run = receive(
            brand.id, kind, file.name, file.read_bytes(), by=who(), by_hand=by_hand, constants=_pairs(sets, "--set"),
            options=options, again=again,
        )  # fmt: skip
    except Unreadable as error:
        fail(f"{file.name} cannot be read", str(error))
    for heading, column in run.notes.get("doubts", {}).items():
        fail(
            f"{file.name} has a column {heading!r} that is not known, perhaps {column}",
            f'--map "{column}={heading}", or --map {column}= to leave it out',
        )
    if unused := [name for name in run.notes.get("unused", ()) if name]:
        err.print(f"not read: {', '.join(unused)}", highlight=False, markup=False)
    return run


def _pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    found = {}
    for each in given or ():
        column, equals, value = each.partition("=")
        if not equals:
            raise BadValue(option, each, f"{option} column=value")
        found[column.strip()] = value.strip()
    return found


def carry_out(brand: Brand, run: Run, *, dry_run: bool = False, strictly: bool = False, invite: str = "") -> Run:
    """Check it, and let it in unless it is a dry run; with a bar that says how far it is."""
    from datong.imports.api import ask_check, ask_start, get_run
    from datong.imports.types import Mode, RunState

    if run.state is RunState.DONE:
        return run  # the first answer, again
    if run.state in (RunState.READ, RunState.CHECKED):
        try:
            ask_check(brand.id, run.id)
        except BadInput as error:
            fail(str(error), "; ".join(f'--map "{p.field}=HEADING": {p.fix}' for p in error.problems))
    run = watch(brand.id, run)
    if run.state is not RunState.CHECKED or dry_run or (strictly and run.counts.bad):
        return run
    ask_start(brand.id, run.id, mode=Mode.ALL if strictly else Mode.GOOD, invite=invite)
    return watch(brand.id, get_run(brand.id, run.id))


def watch(brand_id: UUID, run: Run) -> Run:
    """Work on a run until it rests."""
    from datong.imports.api import get_run, work

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(run.file_name, total=run.rows)
        for now in work(brand_id, run.id):
            stage = STAGES.get(now.state.value)
            if stage:
                bar.update(task, description=f"{run.file_name}: {stage}", completed=now.progress)
        bar.update(task, completed=run.rows)
    return get_run(brand_id, run.id)


def say(brand: Brand, file: Path, run: Run, *, as_json: bool = False) -> None:
    if as_json:
        print(json.dumps({**as_record(run), "price_change": price_change(brand.id, run)}))
        return
    from datong.imports.api import get_run
    from datong.imports.types import RunState

    counts = run.counts
    done = run.state is RunState.DONE
    said = f"{counts.new:,} new, {counts.changed:,} changed, {counts.same:,} the same, {counts.bad:,} bad"
    said += f", {counts.found:,} to look at" if counts.found else ""
    out.print(f"{file.name}: {run.rows:,} rows: {said}{'' if done else '; nothing was changed'}", highlight=False)
    if run.source:
        err.print(f"read as an export of {run.source}", highlight=False)
    show_faults(brand.id, run)
    if run.repeated and done:
        err.print(
            f"this file went in on {run.created_at:%Y-%m-%d %H:%M} UTC; --again takes it in anew", highlight=False
        )
    if asked := price_change(brand.id, run):
        err.print(f"{asked['prices']} changed prices: {asked['state']}; {asked['page']}", highlight=False)
    if done and run.kind == "staff" and counts.new and get_run(brand.id, run.id).options.get("invite"):
        err.print("invitations are on their way; a running worker sends a few a minute: datong user list")
    elif done and run.kind == "staff" and counts.new:
        err.print(
            f"{counts.new:,} log-ins have no password, and nobody was invited: datong user link NAME", highlight=False
        )
    if done and counts.new + counts.changed:
        err.print(f"undo: datong import undo {run.id} --brand {brand.slug}", highlight=False)


def price_change(brand_id: UUID, run: Run) -> dict[str, object] | None:
    """What became of the prices that a run changes; above the limit for programs they wait for a person."""
    from datong.catalog.api import change_marked, get_change

    change_id = change_marked(brand_id, run.id)
    if change_id is None:
        return None
    change = get_change(brand_id, change_id)
    return {"prices": change.count, "state": change.state.value, "page": f"/prices/changes/{change_id}/"}


def show_faults(brand_id: UUID, run: Run) -> None:
    """The first bad rows: row, column, what was there, what is wrong, its fix."""
    from datong.imports.api import kind_of, list_faults, sentences
    from datong.imports.files import heading_of

    kind = kind_of(run.kind)
    for fault in list_faults(brand_id, run.id, limit=MAX_SHOWN):
        what, fix = sentences(fault)
        column = heading_of(kind, run, fault.column)
        value = f" {fault.value!r:.60}" if fault.value else ""
        err.print(escape(f"  row {fault.line}{', ' + column if column else ''}:{value} {what} {fix}"), highlight=False)
    if run.counts.bad > MAX_SHOWN:
        err.print("  and more: --errors FILE writes them all, to be corrected and sent again", highlight=False)


def write_bad_rows(brand_id: UUID, run: Run, to: Path) -> None:
    from datong.imports.api import bad_rows

    data, kind = bad_rows(brand_id, run.id)
    if to.suffix.lower().lstrip(".") != kind:
        to = to.with_suffix(f".{kind}")
    to.write_bytes(data)
    err.print(f"the bad rows are in {to}: correct them there and send that file", highlight=False)


def as_record(run: Run) -> dict[str, object]:
    counts = run.counts
    return {
        "run": str(run.id),
        "kind": run.kind,
        "state": run.state.value,
        "rows": run.rows,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "bad": counts.bad,
        "skipped": counts.skipped,
        "found": counts.found,
        "left": run.left,
        "source": run.source,
        "repeated": run.repeated,
    }


def template(
    kind: Annotated[str, typer.Argument(help=f"{', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it: .xlsx or .csv.")],
    language: Annotated[str, typer.Option(help="Which language comes first: en or zh.")] = "en",
) -> None:
    """Write an empty table to fill in, with headings in English and Chinese."""
    with ready():
        from datong.imports.api import template as made

        file.write_bytes(made(_known(kind), _format(file), _language(language)))
    out.print(f"{file}: fill it in, then datong import {kind} {file}", highlight=False)


def undo(
    run_id: Annotated[UUID, typer.Argument(metavar="RUN", help="The import, as it was named when it was done.")],
    brand: BrandOption = "",
    partial: Annotated[bool, typer.Option("--partial", help="Leave the rows that were changed since.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put back what each row of an import replaced; what it added is taken away."""
    with ready(upgrade=is_embedded()):
        from datong.imports.api import ask_undo, get_run
        from datong.imports.types import RunState

        owner = brand_of(brand)
        before = get_run(owner.id, run_id)
        ask_undo(owner.id, run_id, by=who(), partial=partial)
        run = watch(owner.id, before)
        undone = run.state is RunState.UNDONE
        if as_json:
            print(json.dumps(as_record(run)))
        elif undone:
            out.print(f"{run.file_name}: undone; {run.left:,} rows were left as they are", highlight=False)
        if run.left:
            show_faults(owner.id, run)
        if not undone:
            fail(f"{run.left:,} rows were changed since, so nothing was put back", "--partial leaves those as they are")


def export(
    kind: Annotated[str, typer.Argument(help=f"{', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it: .xlsx or .csv.")],
    brand: BrandOption = "",
    language: Annotated[str, typer.Option(help="Which language comes first: en or zh.")] = "en",
    part: Annotated[int, typer.Option(help="Of more than 200,000 rows, which file: the first is 1.")] = 1,
    vcard: Annotated[str, typer.Option(help="Of customers in a .vcf file: 3.0 or 4.0.")] = "3.0",
) -> None:
    """Write everything there is of a kind, in the shape of its template: it can come back as it is."""
    with ready(upgrade=is_embedded()):
        from datong.imports.api import export_file, note_looks

        owner = brand_of(brand)
        if kind == "customers" and file.suffix.lower() == ".vcf":
            file.write_text(_cards(owner, vcard), encoding="utf-8", newline="")
            note_looks(owner.id, who())
        else:
            pieces = export_file(owner.id, _known(kind), _format(file), _language(language), by=who(), part=part)
            with file.open("wb") as written:
                written.writelines(pieces)
    out.print(f"{file}: {file.stat().st_size:,} bytes", highlight=False)


def _cards(owner: Brand, version: str) -> str:
    from datong.imports.api import kind_of, write_cards

    if version not in ("3.0", "4.0"):
        raise BadValue("--vcard", version, "3.0 or 4.0")
    return write_cards(kind_of("customers").export(owner.id), version)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise NotFound(f"no kind of table {kind!r}; there are {', '.join(KINDS)}")
    return kind


def _format(file: Path) -> str:
    found = file.suffix.lower().lstrip(".")
    if found not in ("xlsx", "csv"):
        raise BadValue("FILE", file.name, "a name that ends in .xlsx or .csv")
    return found


def _language(language: str) -> str:
    return "zh-hans" if language.lower().startswith("zh") else "en"
