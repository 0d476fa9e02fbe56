"""The day's summary for people: a table by channel, the checks, and the card that compares with no hub."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from datong.kernel.money import Money
from datong.site.demo.summary import ChannelSummary, DaySummary


def show(summary: DaySummary, console: Console, locale: str) -> None:
    """Print it all, in the language that is active; money as people of `locale` write it."""
    console.print(channels(summary, locale))
    console.print(checks(summary))
    console.print(end_card(summary))


def channels(summary: DaySummary, locale: str) -> RenderableType:
    """One row a channel and a sum; what was refused, and why, below."""
    table = Table(box=SIMPLE_HEAD, title=summary.brand, title_justify="left", pad_edge=False, padding=0)
    table.add_column(_("channel"), no_wrap=True)
    names = (
        _("received"),
        pgettext("demo", "accepted"),
        _("twice"),
        _("not taken"),
        _("stores"),
        _("median"),
        _("revenue"),
    )
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary.channels:
        table.add_row(*_cells(row, summary.currency, locale))
    revenue = Money(sum(row.revenue_minor for row in summary.channels), summary.currency).format(locale)
    counts = (summary.received, summary.accepted, summary.duplicates, summary.refused, summary.stores_used)
    total = (*(f"{count:,}" for count in counts), kilometres(summary.median_distance_m), revenue)
    table.add_section()
    table.add_row(pgettext("demo", "all"), *total, style="bold")
    reasons = "; ".join(
        f"{row.name}: " + ", ".join(f"{count} {code.replace('_', ' ')}" for code, count in row.reasons.items())
        for row in summary.channels
        if row.reasons
    )
    kept = _("Refused, kept and to be mended: %(reasons)s") % {"reasons": reasons}
    return Group(table, Text(kept, style="dim") if reasons else "")


def _cells(row: ChannelSummary, currency: str, locale: str) -> list[str]:
    counts = (row.received, row.accepted, row.duplicates, row.refused, row.stores)
    money = Money(row.revenue_minor, currency).format(locale)
    return [row.name, *(f"{count:,}" for count in counts), kilometres(row.median_distance_m), money]


def kilometres(metres: int | None) -> str:
    return "" if metres is None else f"{metres / 1000:.1f} km"


def checks(summary: DaySummary) -> RenderableType:
    """The promises, each recomputed from the raw rows; a broken one with its figure."""
    held = [
        (_("stock never negative"), summary.stock_negative),
        (_("every unit promised once"), summary.oversold),
        (_("ledger balances"), summary.ledger_difference_minor),
        (_("orders lost: %(count)s") % {"count": summary.lost}, summary.lost),
        (_("orders doubled: %(count)s") % {"count": summary.doubled}, summary.doubled),
    ]
    lines = [
        Text.assemble(("✗ ", "bold red"), f"{promise} ({wrong:,})")
        if wrong
        else Text.assemble(("✓ ", "green"), promise)
        for promise, wrong in held
    ]
    notes = _(
        "%(conflicts)s came again with other contents and wait for a person, %(forged)s forged messages were turned "
        "away, %(waiting)s orders wait for stock. %(seconds)s s in all."
    ) % {
        "conflicts": summary.conflicts,
        "forged": summary.turned_away,
        "waiting": summary.backorders,
        "seconds": round(summary.seconds),
    }
    return Group(*lines, Text(notes, style="dim"))


def end_card(summary: DaySummary) -> Panel:
    """The same orders with and without the hub; the rules of the comparison are in docs/explanation/demo-data.md."""
    without = summary.without_hub
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column(_("without the hub"), justify="right")
    table.add_column(_("with Datong"), justify="right")
    table.add_row(_("orders oversold"), f"{without.oversold:,}", f"{summary.oversold:,}")
    table.add_row(_("orders lost"), f"{without.lost:,}", f"{summary.lost:,}")
    table.add_row(_("orders doubled"), f"{without.doubled:,}", f"{summary.doubled:,}")
    found = _("%(missed)s (%(count)s found)") % {
        "missed": f"{summary.mispriced:,}",
        "count": f"{summary.price_findings:,}",
    }
    table.add_row(_("wrong price, unnoticed"), f"{without.mispriced:,}", found)
    note = _("Without: a simulation in which each channel has its own copy of the stock, refreshed every five minutes.")
    title = _("The same day")
    return Panel(Group(table, Text(note, style="dim")), title=title, box=ROUNDED, expand=False, width=78)
