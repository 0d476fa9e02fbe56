"""The board of a store: live columns, and the steps that a tap takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.channels.store.cards import columns
from datong.channels.store.place import screen, store_here, told
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState, WrongCodeError, said
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound, TooManyTries
from datong.orders import api as orders

MOST_AT_ONCE = 100


@require_safe
@desk(Action.ORDERS_VIEW)
def board(request: HttpRequest, who: Who) -> HttpResponse:
    """What has to be made, what is ready, what left."""
    store = store_here(request, who)
    return screen(request, who, store, "board", _given(who, store))


@require_safe
@desk(Action.ORDERS_VIEW)
def cards(request: HttpRequest, who: Who) -> HttpResponse:
    """The columns as they are now; the board asks for them every few seconds."""
    store = store_here(request, who)
    return render(request, "store/_cards.html", {**_given(who, store), "store": store, "part": True})


def _given(who: Who, store: Store) -> dict[str, Any]:
    found = columns(who, store)
    failing = [one for one in fulfilment.printers_of(who.brand.id, [store.id]) if one.failing_since]
    return {
        "columns": found,
        "failing": failing,
        "may_act": who.may(Action.ORDERS_ACT, store.id),
        "new": len(found[0]["cards"]),
    }


def live(request: HttpRequest, who: Who, store: Store) -> HttpResponse:
    """After a step: the columns and what is to be said, or the whole page for a browser without script."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('store-screen')}?store={store.code}")
    given = {**_given(who, store), "store": store, "part": True, "toasts": told(request)}
    return render(request, "store/_cards.html", {**given, "csrf_token": get_token(request)})


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def step(request: HttpRequest, who: Who) -> HttpResponse:
    """Take the next step with one task, or with all that are shown as new."""
    store = store_here(request, who)
    require(who, Action.ORDERS_ACT, store.id)
    wanted = request.POST.get("to", "")
    if wanted not in (TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER):
        raise BadValue("to", wanted[:20], "a step of the board")
    tasks = [task_id(text) for text in request.POST.getlist("task")[:MOST_AT_ONCE]]
    to = TaskState(wanted)
    try:
        done = fulfilment.advance(tasks, to, brand=who.brand.id, by=who.staff.username, stores={store.id})
    except (Conflict, NotFound):
        messages.error(request, _("Meanwhile something has changed with it. Look again."))
    else:
        undo = f"{reverse('store-undo', args=[done[0].id])}?store={store.code}" if len(done) == 1 else ""
        if to is TaskState.HANDED_OVER:
            undo = ""
        text = {
            TaskState.ACCEPTED: ngettext("%(n)s order accepted.", "%(n)s orders accepted.", len(done))
            % {"n": len(done)},
            TaskState.READY: _("Ready: it is called."),
            TaskState.HANDED_OVER: _("With the courier."),
        }[to]
        messages.success(request, text, extra_tags=undo)
    return live(request, who, store)


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def undo(request: HttpRequest, who: Who, task: UUID) -> HttpResponse:
    """Take back what a slip of the finger did, within ten seconds."""
    store = store_here(request, who)
    require(who, Action.ORDERS_ACT, store.id)
    try:
        fulfilment.undo_step(task, store_id=store.id, brand=who.brand.id, by=who.staff.username)
    except Conflict:
        messages.error(request, _("It is too late to undo this."))
    else:
        messages.success(request, _("Taken back."))
    return redirect(f"{reverse('store-screen')}?store={store.code}")


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def hand(request: HttpRequest, who: Who) -> HttpResponse:
    """Hand over by number and code, or, as a manager, without the code and with a reason."""
    store = store_here(request, who)
    require(who, Action.ORDERS_ACT, store.id)
    without = request.POST.get("without", "").strip()
    if "without" in request.POST:
        require(who, Action.ORDERS_RELEASE, store.id)
    typed = request.POST.get("number", "").strip()[:40]
    error = ""
    try:
        if "without" in request.POST and not without:
            raise BadValue("reason", "", _("Say why it is handed over without the code."))
        done = orders.hand_over(
            _what(typed, request.POST.get("task", "")),
            store_id=store.id,
            brand=who.brand.id,
            by=who.staff.username,
            code=request.POST.get("code", "")[:20],
            without=without,
        )
    except DatongError as raised:
        error = why_not(raised, who.brand.currency)
    else:
        calling = fulfilment.callings_of(who.brand.id, [done.order_id]).get(done.id)
        messages.success(request, _("%(number)s handed over.") % {"number": calling.said if calling else typed})
        return redirect(f"{reverse('store-screen')}?store={store.code}")
    given = {**_given(who, store), "hand_error": error, "typed": typed}
    if request.POST.get("task"):
        messages.error(request, error)
        return redirect(f"{reverse('store-task', args=[task_id(request.POST['task'])])}?store={store.code}")
    return screen(request, who, store, "board", given, status=422)


def why_not(error: DatongError, currency: str) -> str:
    """Why nothing was handed over, in a sentence for who stands at the counter."""
    codes = {problem.code: problem for problem in error.problems}
    if isinstance(error, WrongCodeError):
        return _("This is not the code of the order. Nothing was handed over.")
    if isinstance(error, TooManyTries):
        return _("Too many wrong codes for this order. Wait ten minutes, or ask a manager.")
    if "not_paid" in codes:
        due = money(int(codes["not_paid"].value), currency)
        return _("%(due)s is still to be paid: take it at the till, which hands the order over too.") % {"due": due}
    if "asked" in codes:
        return _("The customer is still asked about %(title)s. Settle it on the order first.") % {
            "title": codes["asked"].value
        }
    if isinstance(error, Conflict):
        return _("This order was handed over already, or taken back.")
    if isinstance(error, NotFound):
        return _("No order with this number waits here.")
    if isinstance(error, BadInput) and error.problems:
        return error.problems[0].fix
    raise error


def _what(number: str, task: str) -> UUID | int:
    if task:
        return task_id(task)
    if not (number.isascii() and number.isdigit()):
        raise NotFound(f"no order {number}")
    return int(number[:10])


def task_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such task") from None


__all__ = ["board", "cards", "hand", "said", "step", "undo"]
