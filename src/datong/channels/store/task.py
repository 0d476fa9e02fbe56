"""One task up close: everything about it, refusing it, handing it over without the code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.channels.store.cards import one_card
from datong.channels.store.place import screen, store_here
from datong.channels.store.short import offered
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.kernel.errors import Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def task(request: HttpRequest, who: Who, task_id: UUID) -> HttpResponse:
    """GET: the card with its notes. POST: refuse the whole with a reason."""
    store = store_here(request, who)
    card = one_card(who, store, task_id)
    if card is None:
        messages.error(request, _("This order does not wait here any more."))
        return redirect(f"{reverse('store-screen')}?store={store.code}")
    given: dict[str, Any] = {"card": card, "reasons": reasons(), "errors": {}, "typed": request.POST}
    given |= {
        "may_act": who.may(Action.ORDERS_ACT, store.id),
        "may_release": who.may(Action.ORDERS_RELEASE, store.id),
        "may_refuse": card["task"].state in fulfilment.BEFORE[TaskState.REFUSED],
    }
    questions = orders.questions_of(who.brand.id, [card["task"].order_id])
    given["questions"] = [one for one in questions if one.store_id == store.id]
    given["key"] = uuid7().hex
    if len(card["lines"]) > 1 or any(line["units"] > 1 for line in card["lines"]):
        given["offered"] = offered(who.brand.id, store)
    if request.method == "POST":
        require(who, Action.ORDERS_ACT, store.id)
        reason = reason_of(request)
        if not reason:
            given["errors"] = {"reason": _("Choose a reason, or write one.")}
            return screen(request, who, store, "task", given, status=422)
        try:
            fulfilment.advance(
                [task_id],
                TaskState.REFUSED,
                brand=who.brand.id,
                by=who.staff.username,
                reason=reason,
                stores={store.id},
            )
        except (Conflict, NotFound):
            messages.error(request, _("Meanwhile something has changed with it. Look again."))
        else:
            messages.success(request, _("Refused. The order looks for another store."))
        return redirect(f"{reverse('store-screen')}?store={store.code}")
    return screen(request, who, store, "task", given)


def reasons() -> list[tuple[str, str]]:
    return [
        ("", _("Choose a reason")),
        *((text, text) for text in (_("Sold out"), _("Too busy"), _("Closing"), _("Equipment is down"))),
    ]


def reason_of(request: HttpRequest) -> str:
    """What was written, else what was chosen."""
    return (request.POST.get("words", "").strip() or request.POST.get("reason", "").strip())[:300]
