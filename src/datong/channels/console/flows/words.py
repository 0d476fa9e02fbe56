"""Words of modes, sides and loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.orders.types import Side
from datong.orders.types.ways import Loop

SIDE = {Side.ONLINE: pgettext_lazy("side", "online"), Side.OFFLINE: pgettext_lazy("side", "offline")}
LOOP: dict[Loop, tuple[Any, str]] = {
    Loop.OPEN: (_("not paid yet"), "neutral"),
    Loop.PAID: (_("paid, not used"), "waiting"),
    Loop.UNTRACKED: (_("used, not tracked"), "problem"),
    Loop.CLOSED: (_("closed loop"), "good"),
}
WHAT = {"visit": _("came by"), "order": _("ordered"), "use": _("had it in the store")}


def way_said(sides: Sequence[Side]) -> str:
    return " → ".join(str(SIDE[side]) for side in sides)
