"""`datong shadow` without a brand of your own: the demo's day as separate systems hold it, looked at from beside."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from datong.access import api as access
from datong.access.types import Role
from datong.brand.types import Brand
from datong.kernel import clock
from datong.kernel.embedded import default_home
from datong.shadow import api as shadow
from datong.shadow.types import LOSES, Kind, Report
from datong.site.addresses import free_port
from datong.site.demo.load import BY, learn_statistics, new_slug
from datong.site.demo.servers import servers, wait_until_open
from datong.site.demo.shadow.load import Beside, look_beside, open_brand
from datong.site.demo.shadow.plant import COUNTS, plant
from datong.site.demo.shadow.score import Score, all_findings, score
from datong.site.demo.shadow.today import clean_day
from datong.site.demo.shadow.types import Planted
from datong.site.demo.worlds import WORLDS, day_before
from datong.site.screen import err, out

HOST = "127.0.0.1"
ORDERS = 2_000
FEW = 200
SEED = 1


@dataclass(frozen=True, slots=True)
class Options:
    """`orders` None: the whole day. `pdf`: where the paper goes. `quiet`: no table."""

    orders: int | None
    once: bool
    quiet: bool
    port: int
    seed: int
    pdf: Path | None
    started: float
    embedded: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What the replay came to: the report, and how it agrees with what was planted."""

    beside: Beside
    report: Report
    scores: Mapping[Kind, Score]

    @property
    def exact(self) -> bool:
        return all(s.recall >= 0.99 and s.precision >= 0.99 for s in self.scores.values())


def replay(orders: int | None, seed: int, *, quiet: bool = False) -> Looked:
    """The systems of today in a fresh brand, fed and looked at."""
    today = clean_day(WORLDS["retail"](day_before(clock.now()), orders))
    planted: Planted = plant(today, seed)
    brand = open_brand(today.world, new_slug("shadow", clock.now()), clock.now())
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=quiet) as progress:
        feeding = progress.add_task("Feeding the systems of today", total=len(today.world.channels) * 2 + 8)
        beside = look_beside(brand, today, today.world.brand.name, lambda *_: progress.advance(feeding))
        progress.update(feeding, completed=len(today.world.channels) * 2 + 8)
        learn_statistics()
        looking = progress.add_task("Looking for what does not fit", total=1)
        report = shadow.run(brand.id, beside.project.id, by=BY)
        progress.advance(looking)
    return Looked(beside, report, score(planted, all_findings(brand.id, beside.project.id)))


def in_brand_of(brand: Brand, key: str) -> None:
    """A small look beside in the brand of `datong demo`, so that its page has something to show; retail only."""
    if key != "retail":
        return
    today = clean_day(WORLDS[key](day_before(clock.now()), FEW))
    plant(today, SEED, {kind: max(1, count // 3) for kind, count in COUNTS.items()})
    beside = look_beside(brand, today, "Before the hub", few=True)
    shadow.run(brand.id, beside.project.id, by=BY)


def run(options: Options) -> Looked:
    """Feed, look, show; then stay open until Ctrl-C unless `once`."""
    with ExitStack() as stack:
        looked = replay(options.orders, options.seed, quiet=options.quiet)
        brand = looked.beside.brand
        if not options.quiet:
            show(looked.report)
            seconds = round(time.perf_counter() - options.started)
            same = "found exactly what was planted" if looked.exact else "did NOT find exactly what was planted"
            err.print(f"{looked.beside.rows:,} rows and webhooks of {len(looked.report.coverage)} systems; {same}. "
                      f"{seconds} s in all.", highlight=False)  # fmt: skip
        if options.pdf:
            write_pdf(looked.report, brand.name, options.pdf, "en")
        if options.once:
            return looked
        port = options.port or free_port(HOST)
        log = default_home() / "shadow.log"
        children = stack.enter_context(servers(port, brand.slug, log, embedded=options.embedded))
        user = access.create_user(f"hq@{brand.slug}", name="Headquarters", locale="en")
        access.assign(brand.id, user, Role.HQ, by=BY)
        wait_until_open(port, children, log)
        link = f"http://{HOST}:{port}/in/{access.login_token(user, brand.id)}?next=/shadow/"
        err.print(f"Look at the evidence: [bold]{link}[/]  (Ctrl-C ends it)", highlight=False, soft_wrap=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            err.print()
    return looked


def show(report: Report) -> None:
    """The headline and a table of kinds."""
    currency = report.project.currency
    out.print()
    out.print(Text(shadow.headline(report), style="bold"), soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, side in (("what", "left"), ("found", "right"), ("severe", "right"), ("money", "right"), ("", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for found in report.kinds:
        table.add_row(
            str(shadow.KIND[found.kind]),
            f"{found.count:,}" if found.count else "–",
            f"{found.high:,}" if found.high else "",
            shadow.money(found.amount_minor, currency) if found.amount_minor else "",
            Text(str(shadow.MONEY[found.kind]) if found.amount_minor else "", style="dim"),
            style="" if found.count else "dim",
        )
    table.add_section()
    stake = shadow.money(report.at_stake_minor, currency)
    open_count = sum(found.count for found in report.kinds if found.kind in LOSES)
    table.add_row("at stake", f"{open_count:,}", "", stake, "", style="bold")
    out.print(table)


def write_pdf(report: Report, brand: str, path: Path, language: str) -> None:
    """The paper for the board, with the stores by their names."""
    path.write_bytes(shadow.paper(report, brand, language))
    err.print(f"Written: {path}", highlight=False)
