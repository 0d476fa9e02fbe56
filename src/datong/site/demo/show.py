"""The day's summary for people: a table by channel, the checks, and the card that compares with no hub."""

from __future__ import annotations

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from datong.kernel.money import Money
from datong.site.demo.summary import ChannelSummary, DaySummary


def show(summary: DaySummary, console: Console, locale: str) -> None:
    console.print(channels(summary, locale))
    console.print(checks(summary))
    console.print(end_card(summary))


def channels(summary: DaySummary, locale: str) -> RenderableType:
    """One row a channel and a sum; what was refused, and why, below."""
    table = Table(box=SIMPLE_HEAD, title=summary.brand, title_justify="left", pad_edge=False, padding=0)
    table.add_column("channel", no_wrap=True)
    for name in ("received", "accepted", "twice", "refused", "stores", "median", "revenue"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary.channels:
        table.add_row(*_cells(row, summary.currency, locale))
    revenue = Money(sum(row.revenue_minor for row in summary.channels), summary.currency).format(locale)
    counts = (summary.received, summary.accepted, summary.duplicates, summary.refused, summary.stores_used)
    total = (*(f"{count:,}" for count in counts), kilometres(summary.median_distance_m), revenue)
    table.add_section()
    table.add_row("all", *total, style="bold")
    reasons = [
        f"{row.name}: " + ", ".join(f"{count} {code.replace('_', ' ')}" for code, count in row.reasons.items())
        for row in summary.channels
        if row.reasons
    ]
    return Group(table, Text("Refused, kept and to be mended: " + "; ".join(reasons), style="dim") if reasons else "")


def _cells(row: ChannelSummary, currency: str, locale: str) -> list[str]:
    counts = (row.received, row.accepted, row.duplicates, row.refused, row.stores)
    money = Money(row.revenue_minor, currency).format(locale)
    return [row.name, *(f"{count:,}" for count in counts), kilometres(row.median_distance_m), money]


def kilometres(metres: int | None) -> str:
    return "" if metres is None else f"{metres / 1000:.1f} km"


def checks(summary: DaySummary) -> RenderableType:
    """The promises, each recomputed from the raw rows."""
    held = [
        ("stock never negative", summary.stock_negative == 0, f"{summary.stock_negative} places below zero"),
        ("every unit promised once", summary.oversold == 0, f"{summary.oversold} promised twice"),
        ("ledger balances", summary.ledger_difference_minor == 0, f"off by {summary.ledger_difference_minor}"),
        (f"orders lost: {summary.lost}", summary.lost == 0, ""),
        (f"orders doubled: {summary.doubled}", summary.doubled == 0, ""),
    ]
    lines = []
    for promise, kept, what in held:
        mark, style = ("✓", "green") if kept else ("✗", "bold red")
        lines.append(Text.assemble((f"{mark} ", style), promise if kept or not what else f"{promise}: {what}"))
    notes = (
        f"{summary.conflicts} came again with other contents and wait for a person, "
        f"{summary.turned_away} forged messages were turned away, {summary.backorders} orders wait for stock. "
        f"{summary.seconds:.0f} s in all."
    )
    return Group(*lines, Text(notes, style="dim"))


def end_card(summary: DaySummary) -> Panel:
    """The same orders with and without the hub; the rules of the comparison are in docs/explanation/demo-data.md."""
    without = summary.without_hub
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("without the hub", justify="right")
    table.add_column("with Datong", justify="right")
    table.add_row("orders oversold", f"{without.oversold:,}", f"{summary.oversold:,}")
    table.add_row("orders lost", f"{without.lost:,}", f"{summary.lost:,}")
    table.add_row("orders doubled", f"{without.doubled:,}", f"{summary.doubled:,}")
    table.add_row("wrong price, unnoticed", f"{without.mispriced:,}", f"0 ({summary.price_findings:,} found)")
    note = "Without: a simulation in which each channel has its own copy of the stock,\nrefreshed every five minutes."
    return Panel(Group(table, Text(note, style="dim")), title="The same day", box=ROUNDED, expand=False)
