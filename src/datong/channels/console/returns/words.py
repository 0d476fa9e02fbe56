"""Words of returns."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.channels.console import words
from datong.orders.types.returns import ReturnState, ReturnWay

STATE: words.Words = {
    ReturnState.REQUESTED: pgettext_lazy("return", "asked for"),
    ReturnState.APPROVED: pgettext_lazy("return", "approved"),
    ReturnState.RECEIVED: pgettext_lazy("return", "received"),
    ReturnState.REFUSED: pgettext_lazy("return", "refused"),
    ReturnState.WITHDRAWN: pgettext_lazy("return", "taken back"),
}
STATE_HUE = {
    ReturnState.REQUESTED: words.WAITING,
    ReturnState.APPROVED: words.NEWS,
    ReturnState.RECEIVED: words.GOOD,
    ReturnState.REFUSED: words.PROBLEM,
    ReturnState.WITHDRAWN: words.NEUTRAL,
}
WAY: words.Words = {ReturnWay.STORE: _("to a store"), ReturnWay.PARCEL: _("by parcel")}
