"""What states of invoices are called, and how they look."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.invoices.types import Document, Kind, State

HUE = {
    State.ASKED: "information",
    State.CONFIRMING: "information",
    State.ISSUING: "information",
    State.ISSUED: "good",
    State.REFUSED: "problem",
    State.RED: "neutral",
}


def state_word(state: State) -> str:
    return {
        State.ASKED: pgettext("invoice", "waits to be sent"),
        State.CONFIRMING: pgettext("invoice", "waits for the confirmation"),
        State.ISSUING: pgettext("invoice", "is being issued"),
        State.ISSUED: pgettext("invoice", "issued"),
        State.REFUSED: pgettext("invoice", "refused"),
        State.RED: pgettext("invoice", "taken back"),
    }[state]


def kind_word(one: Document, *, plain: bool) -> str:
    """`plain`: an invoice outside of China, where what takes one back is a credit note."""
    if one.kind is not Kind.RED:
        return _("Invoice")
    return _("Credit note") if plain else _("Red letter")
