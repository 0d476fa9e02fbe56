"""One run of the demo from an empty brand to the end card."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from datong.access import api as access
from datong.access.types import Role
from datong.kernel import clock
from datong.kernel.embedded import default_home
from datong.site.addresses import free_port
from datong.site.demo.back import remember, shops
from datong.site.demo.baseline import without_hub
from datong.site.demo.bills import fill_invoice_pages
from datong.site.demo.coupons import fill_coupon_pages
from datong.site.demo.days import compare
from datong.site.demo.doors import open_doors
from datong.site.demo.entries import fill_entries
from datong.site.demo.load import Loaded, learn_statistics, load, new_slug
from datong.site.demo.money import fill_money_pages
from datong.site.demo.native import Gate
from datong.site.demo.partners import fill_partner_pages
from datong.site.demo.replay import Played, platforms, play, sold_there
from datong.site.demo.rewards import hand_out
from datong.site.demo.servers import check_running, servers, wait_until_open
from datong.site.demo.service import fill_service_pages
from datong.site.demo.shadow.show import in_brand_of
from datong.site.demo.show import show
from datong.site.demo.summary import DaySummary, summarise
from datong.site.demo.supply import fill_stock_pages
from datong.site.demo.types import World
from datong.site.demo.wallet import fill_wallet_pages
from datong.site.demo.worlds import WORLDS, day_before
from datong.site.demo.worth import fill_customer_pages
from datong.site.screen import err, out

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Options:
    """`started` is the performance counter when the command began; `quiet` prints no table."""

    brand: str
    once: bool
    quiet: bool
    orders: int | None
    port: int
    started: float
    embedded: bool


def run(options: Options, on_summary: Callable[[DaySummary], None]) -> DaySummary:
    """Load, serve, play, sum up; then stay open until Ctrl-C unless `once`."""
    port = options.port or free_port(HOST)
    base_url = f"http://{HOST}:{port}"
    with ExitStack() as stack:
        log = default_home() / "demo.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        slug = new_slug(options.brand, clock.now())
        children = stack.enter_context(servers(port, slug, log, embedded=options.embedded))
        there = stack.enter_context(platforms())
        world = WORLDS[options.brand](day_before(clock.now()), options.orders)
        stack.enter_context(translation.override("zh-hans" if world.brand.locale.startswith("zh") else "en"))
        figures = {"brand": world.brand.name, "stores": f"{len(world.shops):,}", "rows": f"{len(world.stock):,}"}
        err.print(_("Loading %(brand)s: %(stores)s stores, %(rows)s rows of stock") % figures, highlight=False)
        loaded = load(world, slug=slug, now=clock.now())
        learn_statistics()
        gates = open_doors(world, loaded, base_url=base_url, asked_at=there.asked_at)
        sold_there(world, gates, there)
        doors = stack.enter_context(shops(world, loaded))
        wait_until_open(port, children, log)
        waited = time.perf_counter() - options.started
        opened = _("The console is open after %(seconds)s s:") % {"seconds": round(waited)}
        err.print(f"{opened} [bold]{link(base_url, loaded)}[/]", highlight=False)
        played = _play(world, loaded, gates, port, lambda: check_running(children, log))
        in_brand_of(loaded.brand, options.brand)
        seconds = time.perf_counter() - options.started
        summary = summarise(world, loaded, played, without_hub(world), seconds)
        if not options.quiet:
            show(summary, out, world.brand.locale)
        on_summary(summary)
        remember(doors, world, gates)
        compare(world, loaded)
        if not options.once:
            fill_stock_pages(world, loaded, options.brand)
            hand_out(loaded.brand)
            fill_wallet_pages(loaded)
            fill_coupon_pages(loaded)
            fill_invoice_pages(loaded)
            fill_partner_pages(loaded)
            fill_service_pages(loaded)
            fill_entries(loaded)
            fill_customer_pages(loaded)
            fill_money_pages(world, loaded, options.brand)
            around, ends = _("Look around:"), _("(Ctrl-C ends it)")
            err.print(f"{around} [bold]{link(base_url, loaded)}[/]  {ends}", highlight=False)
            others = {Role.STORE: _("Store manager"), Role.COURIER: _("Courier"), Role.AGENT: _("Agent"),
                      Role.AUDITOR: _("Auditor")}  # fmt: skip
            for role, name in others.items():
                err.print(f"  {name}: {link(base_url, loaded, role)}", highlight=False, soft_wrap=True)
            _stay()
    return summary


def link(base_url: str, loaded: Loaded, role: Role = Role.HQ) -> str:
    """A one-click log-in, good once and for ten minutes."""
    return f"{base_url}/in/{access.login_token(loaded.staff[role], loaded.brand.id)}"


def _play(world: World, loaded: Loaded, gates: dict[str, Gate], port: int, check: Callable[[], None]) -> Played:
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(_("A day of orders"), total=len(world.day))
        return play(
            world,
            loaded.brand.id,
            gates,
            (HOST, port),
            lambda count: progress.advance(task, count),
            check,
        )


def _stay() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        err.print()
