"""What is said of a run: its state, its faults, how long it takes still."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from datong.catalog import api as catalog
from datong.catalog.types import ChangeState
from datong.channels.design.formats import number
from datong.imports import api as imports
from datong.imports.types import Fault, Run, RunState
from datong.kernel import clock

STATE = {
    RunState.READ: gettext_lazy("choose the columns"),
    RunState.CHECKING: gettext_lazy("being checked"),
    RunState.CHECKED: gettext_lazy("checked, not started"),
    RunState.RUNNING: gettext_lazy("going in"),
    RunState.DONE: gettext_lazy("taken in"),
    RunState.UNDOING: gettext_lazy("going back"),
    RunState.UNDONE: gettext_lazy("taken back"),
    RunState.FAILED: gettext_lazy("stopped"),
}
HUE = {
    RunState.READ: "waiting",
    RunState.CHECKING: "information",
    RunState.CHECKED: "waiting",
    RunState.RUNNING: "information",
    RunState.DONE: "good",
    RunState.UNDOING: "information",
    RunState.UNDONE: "neutral",
    RunState.FAILED: "problem",
}
SOURCES = {"shopify": "Shopify", "woocommerce": "WooCommerce", "odoo": "Odoo"}


def asked_prices(brand_id: UUID, run: Run) -> dict[str, Any] | None:
    """What became of the prices that a run changes, in words and with its hue; None when it changes none."""
    change_id = catalog.change_marked(brand_id, run.id) if run.kind in ("prices", "products") else None
    if change_id is None or run.state not in (RunState.DONE, RunState.UNDONE):
        return None
    change = catalog.get_change(brand_id, change_id)
    said = {"n": number(change.count)}
    if change.state is ChangeState.WAITING:
        text = ngettext("%(n)s price waits for approval.", "%(n)s prices wait for approval.", change.count) % said
        return {"change": change, "text": text, "status": "waiting"}
    if change.state is ChangeState.REFUSED:
        text = ngettext("%(n)s price was not approved.", "%(n)s prices were not approved.", change.count) % said
        return {"change": change, "text": text, "status": "problem"}
    text = ngettext("%(n)s price was changed.", "%(n)s prices were changed.", change.count) % said
    return {"change": change, "text": text, "status": "information"}


def time_left(run: Run) -> str:
    """'about 20 seconds left', once enough is done to tell."""
    elapsed = (clock.now() - run.stage_at).total_seconds()
    if run.progress <= 0 or elapsed < 1:
        return _("just begun")
    seconds = round(elapsed / run.progress * (run.rows - run.progress))
    if seconds >= 90:
        minutes = round(seconds / 60)
        return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}
    return ngettext("about %(n)s second left", "about %(n)s seconds left", max(1, seconds)) % {"n": max(1, seconds)}


def fault_rows(run: Run, faults: list[Fault]) -> list[dict[str, Any]]:
    kind = imports.kind_of(run.kind)
    rows = []
    for fault in faults:
        what, fix = imports.sentences(fault)
        rows.append(
            {
                "line": fault.line,
                "column": imports.heading_of(kind, run, fault.column),
                "value": fault.value,
                "what": what,
                "fix": fix,
                "blocks": fault.blocks,
            }
        )
    return rows


def how_read(run: Run) -> list[str]:
    """How the file was read, as far as it helps to understand it."""
    notes = run.notes
    told = []
    if run.source:
        told.append(_("an export of %(system)s") % {"system": SOURCES.get(run.source, run.source)})
    if notes.get("sheet"):
        told.append(_("sheet %(name)s") % {"name": notes["sheet"]})
    if notes.get("encoding"):
        told.append(str(notes["encoding"]))
    if notes.get("heading_row", 1) > 1:
        told.append(_("headings in row %(n)s") % {"n": notes["heading_row"]})
    skipped = run.counts.skipped + notes.get("empty_rows", 0)
    if skipped:
        told.append(ngettext("%(n)s line passed over", "%(n)s lines passed over", skipped) % {"n": skipped})
    if notes.get("remembered"):
        told.append(_("columns as you mapped them last time"))
    return told
