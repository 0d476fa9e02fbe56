"""Words of red packets, and what went wrong in them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.channels.console.wallet.said import fault as money_fault
from datong.kernel.errors import DatongError, TooManyTries
from datong.wallet.types.packets import PacketState, Split


def state_badge(state: PacketState) -> tuple[str, str]:
    return {
        PacketState.OPEN: (pgettext("packet", "open"), "waiting"),
        PacketState.DONE: (pgettext("packet", "all taken"), "good"),
        PacketState.ENDED: (pgettext("packet", "over, the rest went back"), "neutral"),
    }[state]


def split_word(how: Split) -> str:
    return {Split.EQUAL: _("all the same"), Split.LUCK: _("by luck")}[how]


def fault(error: DatongError) -> str:
    """What to do about a refusal, in the reader's language where there is a word for it."""
    if isinstance(error, TooManyTries):
        return _("Too many wrong codes. Wait a few minutes and try again.")
    code = error.problems[0].code if error.problems else ""
    known = {
        "all_taken": _("All shares of this packet are taken."),
        "over": _("The time of this packet is over."),
        "too_many_given": _("That many packets may be given in a day; give this one tomorrow."),
        "too_much_given": _("That much may be given in packets in a day; give the rest tomorrow."),
        "too_many_taken": _("That many packets may be taken in a day; come back tomorrow."),
    }.get(code)
    return known or money_fault(error)
