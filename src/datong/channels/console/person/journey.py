"""Their way so far: found us, bought, had it, bought again or told others (S-95)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from datong.channels.console import words
from datong.channels.console.customers import STAGE
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.customers.types import STAGE_OF, Stage, StepKind, Steps
from datong.orders.api import Bought
from datong.orders.types import OrderState

STEP: words.Words = {
    StepKind.SEARCHED: gettext_lazy("searched"),
    StepKind.VIEWED: gettext_lazy("looked at"),
    StepKind.SCANNED: gettext_lazy("scanned a code"),
    StepKind.VISITED: gettext_lazy("visited"),
    StepKind.BASKET: gettext_lazy("put in the basket"),
    StepKind.ASKED: gettext_lazy("asked"),
    StepKind.USED: gettext_lazy("used"),
    StepKind.RATED: gettext_lazy("rated"),
    StepKind.SHARED: gettext_lazy("shared"),
    StepKind.RECOMMENDED: gettext_lazy("recommended us"),
}


def read(seen: Seen) -> dict[str, Any]:
    brand = seen.who.brand.id
    steps = customers.steps_of(brand, seen.person.id)
    told: dict[Stage, list[dict[str, Any]]] = {stage: [] for stage in Stage}
    first = min(seen.person.identities, key=lambda sign: sign.first_seen, default=None)
    if first:
        told[Stage.DISCOVER].append(_line(_("first seen"), first.first_seen, _channel(seen, first.channel_id)))
    for stage, line in _of_orders(seen, list(seen.figures)):
        told[stage].append(line)
    for step in steps:
        told[STAGE_OF[step.kind]].append(_of_step(seen, step))
    reached = [stage for stage in Stage if told[stage]]
    return {
        "stages": [{"title": words.word(STAGE, s), "lines": told[s], "reached": s in reached} for s in Stage],
        "reached": words.word(STAGE, reached[-1]) if reached else "",
    }


BLOCK = Block("journey", "console/person/journey.html", read)


def _of_orders(seen: Seen, figures: list[Bought]) -> list[tuple[Stage, dict[str, Any]]]:
    """What the orders say of the way: the first, how many came to the customer, how many came after the first."""
    kept = [one for one in figures if one.state != OrderState.CANCELLED]
    if not kept:
        return []
    first, last = min(kept, key=lambda one: one.first_at), max(kept, key=lambda one: one.last_at)
    lines = [(Stage.BUY, _line(_("first order"), first.first_at, _channel(seen, first.channel_id)))]
    done = [one for one in kept if one.state == OrderState.COMPLETED]
    if done:
        count = sum(one.orders for one in done)
        said = ngettext("%(n)s order with them", "%(n)s orders with them", count) % {"n": number(count)}
        lines.append((Stage.USE, _line(said, max(one.last_at for one in done), "")))
    again = sum(one.orders for one in kept) - 1
    if again:
        said = ngettext("bought %(n)s time more", "bought %(n)s times more", again) % {"n": number(again)}
        lines.append((Stage.AGAIN, _line(said, last.last_at, _channel(seen, last.channel_id))))
    return lines


def _of_step(seen: Seen, step: Steps) -> dict[str, Any]:
    said = str(words.word(STEP, step.kind))
    if step.count > 1:
        said = _("%(what)s, %(n)s times") % {"what": said, "n": number(step.count)}
    about = step.about if seen.full else ""
    return _line(said, step.last_at, _channel(seen, step.channel_id), about)


def _line(what: str, at: Any, where: str, about: str = "") -> dict[str, Any]:
    return {"what": what, "at": at, "where": where, "about": about}


def _channel(seen: Seen, channel_id: Any) -> str:
    channel = seen.names.channels.get(channel_id)
    return channel.name if channel else ""
