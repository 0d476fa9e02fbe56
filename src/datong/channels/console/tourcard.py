"""The card of the guided tour: what to look at on the record the reader was led to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

COOKIE = "tour"
STEPS = (
    (
        _("One customer, every door"),
        _("These orders came through different doors, yet they are one person: the verified signs they showed match."),
    ),
    (
        _("Two doors, one last unit"),
        _("Another door took the last one first. Nothing was lost or sold twice: the order says what it waits for."),
    ),
    (
        _("Why this store"),
        _("Every store considered is on the map, with what refused it and the parts of the score."),
    ),
    (
        _("Change a price, watch every door"),
        _("Change the price: each door is asked for a quote again, and all of them answer the same."),
    ),
    (
        _("Repair a bad order"),
        _("This delivery could not be understood. The field, the value and the rule are named: correct and replay it."),
    ),
)


def card(request: HttpRequest) -> dict[str, Any] | None:
    """What the card says now; None when the reader is not on the tour."""
    at = request.COOKIES.get(COOKIE, "")
    if not at.isdecimal() or not 1 <= int(at) <= len(STEPS):
        return None
    number = int(at)
    title, text = STEPS[number - 1]
    return {
        "number": number,
        "total": len(STEPS),
        "title": title,
        "text": text,
        "dots": [n < number for n in range(len(STEPS))],
        "back": reverse("tour-step", args=[number - 1]) if number > 1 else "",
        "next": reverse("tour-step", args=[number + 1]) if number < len(STEPS) else "",
        "end": reverse("tour-end"),
    }
