"""Sample content for the page of the design system: every component, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from datong.channels.design import charts, maps
from datong.channels.design.formats import locale
from datong.channels.design.tokens import load
from datong.kernel import clock
from datong.kernel.geo import Point

LANGUAGES = (("en", "English"), ("zh-hans", "中文"))
GROUPS = (
    ("colour", gettext_lazy("Color")),
    ("type", gettext_lazy("Type")),
    ("buttons", gettext_lazy("Buttons")),
    ("forms", gettext_lazy("Forms")),
    ("filters", gettext_lazy("Filters, tabs, paging")),
    ("table", gettext_lazy("Table")),
    ("states", gettext_lazy("States and figures")),
    ("timeline", gettext_lazy("Timeline")),
    ("feedback", gettext_lazy("Messages, progress, empty")),
    ("overlays", gettext_lazy("Dialog, toast, menu, tour")),
    ("map", gettext_lazy("Map")),
    ("charts", gettext_lazy("Charts")),
)


def groups() -> Iterator[dict[str, Any]]:
    """Every group with its four panels: two languages, each light and dark."""
    for name, title in GROUPS:
        panels = [_panel(name, language, note, theme) for language, note in LANGUAGES for theme in ("light", "dark")]
        yield {"name": name, "title": title, "panels": panels, "static": name == "overlays"}


def _panel(name: str, language: str, note: str, theme: str) -> Mapping[str, str | SafeString]:
    with override(language):
        given = {"p": f"{language}-{theme}-", **_content(name, theme)}
        html = render_to_string(f"design/specimens/{name}.html", given)
    return {"theme": theme, "language": "zh-Hans" if language.startswith("zh") else "en", "note": note, "html": html}


def _content(name: str, theme: str) -> dict[str, Any]:
    if name == "map":
        return _map()
    if name == "charts":
        return _charts()
    if name == "colour":
        prefix = "--color-"
        return {"swatches": [(k.removeprefix(prefix), v) for k, v in load()[theme].items() if k.startswith(prefix)]}
    return _words() if name != "timeline" else {"events": _events()}


def _words() -> dict[str, Any]:
    chinese = locale().language == "zh"
    currency = "CNY" if chinese else "USD"
    names = (
        ["王小明", "李静", "陈志远(公司采购部)"] if chinese else ["Mia Chen", "J. Ortiz", "Northwind Facilities Ltd"]
    )
    states = [(_("assigned"), "good"), (_("backorder"), "waiting"), (_("needs a hand"), "problem")]
    rows = [
        {"number": f"DT-24118-00{42 + i}", "channel": channel, "customer": names[i], "state": states[i][0],
         "status": states[i][1], "minor": 2199 * (i * 7 + 1), "currency": currency}
        for i, channel in enumerate((_("Own web shop"), _("Marketplace"), _("Till")))
    ]  # fmt: skip
    return {
        "rows": rows,
        "currency": currency,
        "moment": clock.now() - timedelta(minutes=3),
        "sparks": [3, 5, 4, 8, 6, 9, 12, 10, 14, 11, 16, 15],
        "badges": [*states, (_("pickup offered"), "information"), (_("cancelled"), "neutral")],
        "pairs": [(_("Store"), "Union Square"), (_("Payment"), _("prepaid")), (_("Note"), "")],
        "options": [("site", _("Site")), ("store", _("Store")), ("marketplace", _("Marketplace"))],
        "chips": [
            {"name": _("Channel"), "text": _("Own web shop"), "remove": "#"},
            {"name": _("State"), "text": _("needs a hand"), "remove": "#"},
        ],
        "tabs": [
            {"text": _("All"), "href": "#", "current": True, "count": 214},
            {"text": _("needs a hand"), "href": "#", "count": 3},
            {"text": _("backorder"), "href": "#", "count": 0},
        ],
        "step": {
            "number": 3, "total": 5, "title": _("Why this store"), "text": _("Nearest with all lines on the shelf."),
            "dots": [True, True, True, False, False], "back": "#", "next": "#", "end": "#",
        },
    }  # fmt: skip


def _events() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"what": _("Assigned to Union Square"), "why": _("Nearest of 4 that have all lines"), "who": _("Sourcing"),
         "at": now - timedelta(minutes=2), "status": "good"},
        {"what": _("Price differs from our quote"), "why": "", "who": _("Pricing"), "at": now - timedelta(minutes=2),
         "status": "waiting"},
        {"what": _("Received"), "why": "", "who": _("Own web shop"), "at": now - timedelta(minutes=3), "status": ""},
    ]  # fmt: skip


def _map() -> dict[str, Any]:
    home = Point(-122.431, 37.773)
    near = [
        (-122.412, 37.769, "Harrison", "chosen", _("1.8 km")),
        (-122.46, 37.73, "Balboa Park", "refused", _("two lines are not on the shelf")),
        (-122.27, 37.80, "Oakland", "refused", _("over its order limit")),
        (-122.49, 37.67, "Colma", "refused", _("closed at the promised time")),
        (-122.06, 37.92, "Walnut Creek", "refused", _("does not deliver that far")),
    ]
    pins = [maps.Pin(Point(x, y), name, note, "", look, label=look == "chosen") for x, y, name, look, note in near]
    pins.append(maps.Pin(home, _("Customer"), look="customer"))
    view = maps.draw(pins, [maps.Route(pins[0].place, home)], label=_("Stores considered for this order"))
    return {"map": view, "legend": [("chosen", _("chosen")), ("refused", _("refused")), ("customer", _("Customer"))]}


def _charts() -> dict[str, Any]:
    hours = [
        (f"{h}:00", float(v)) for h, v in zip(range(8, 20), (4, 9, 14, 22, 31, 28, 19, 17, 21, 26, 12, 6), strict=True)
    ]
    doors = [(_("Own web shop"), 1820.0), (_("Marketplace"), 1210.0), (_("Till"), 960.0), (_("Call center"), 140.0)]
    days = [str(d) for d in range(1, 15)]
    held = [40.0 + (i * 13) % 17 for i in range(14)]
    sold = [28.0 + (i * 7) % 11 for i in range(14)]
    return {
        "columns": charts.columns(_("Orders by hour"), hours, on=11, note=_("received today, all channels")),
        "lines": charts.lines(
            _("Stock held and sold"), days, [(_("held"), held), (_("sold"), sold)], note=_("units a day")
        ),
        "bars": charts.bars(_("Orders by channel"), doors, note=_("today")),
    }
