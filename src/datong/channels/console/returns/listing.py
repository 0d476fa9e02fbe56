"""Returns that wait for a word or for the goods; and the way to any order by its number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.returns.words import STATE, STATE_HUE, WAY
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import NotFound
from datong.orders import api as orders

PAGE = 50


@require_safe
@desk(Action.ORDERS_ACT)
def listing(request: HttpRequest, who: Who) -> HttpResponse:
    """`?order=` opens the returns of that order, whichever store sold it: goods come back anywhere."""
    wanted = request.GET.get("order", "").replace("\x00", "").strip()[:60]
    missing = False
    if wanted:
        try:
            return redirect("order-returns", orders.order_page(who.brand.id, wanted.upper()).number)
        except NotFound:
            missing = True
    after = _uuid(request.GET.get("after", ""))
    found = orders.open_returns(who.brand.id, stores=who.stores, after=after, limit=PAGE)
    booked = orders.booked_orders(who.brand.id, {each.order_id for each in found})
    said = ngettext("%(n)s return is under way.", "%(n)s returns are under way.", len(found))
    given: dict[str, Any] = {
        "lead": said % {"n": number(len(found))} if found else _("No return is under way."),
        "rows": [
            {
                "r": each,
                "order": booked[each.order_id].number,
                "state": words.word(STATE, each.state),
                "hue": STATE_HUE[each.state],
                "how": words.word(WAY, each.how),
                "units": sum(line.units for line in each.lines),
            }
            for each in found
            if each.order_id in booked
        ],
        "older": f"?after={found[-1].id}" if len(found) == PAGE else "",
        "typed": wanted,
        "error": _("There is no order of this number.") if missing else "",
    }
    return page(request, who, "returns/listing", given, status=404 if missing else 200)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
