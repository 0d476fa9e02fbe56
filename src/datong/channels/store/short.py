"""What the store cannot give of an order, and what the customer at the counter says to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from datong.access.types import Action
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.channels.store.place import store_here
from datong.fulfilment import api as fulfilment
from datong.inventory import api as inventory
from datong.kernel.errors import BadInput, Conflict
from datong.orders import api as orders
from datong.orders.types import Answer

MOST_OFFERED = 300


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def short(request: HttpRequest, who: Who, task_id: UUID) -> HttpResponse:
    """Say which units this store cannot give, and what it has instead."""
    store, found = _here(request, who, task_id)
    said = request.POST
    counts = {name[6:]: said.get(name, "") for name in said if name.startswith("units-")}
    units = {int(no): int(n) for no, n in counts.items() if _is_count(no, n)}
    swaps = {no: said.get(f"instead-{no}", "").strip()[:64] for no in units}
    reason = (said.get("words", "").strip() or said.get("reason", "").strip())[:300]
    try:
        made = orders.report_short(
            found.order_id,
            store_id=store.id,
            units=units,
            reason=reason,
            key=f"{who.staff.username} {said.get('key', '')}"[:120],
            brand=who.brand.id,
            who=who.staff.username,
            substitutes=swaps,
            off_sale=said.get("off_sale") == "on",
        )
    except (BadInput, Conflict) as error:
        messages.error(request, why_not(error))
        return redirect(f"{reverse('store-task', args=[task_id])}?store={store.code}")
    asked = sum(one.answer is None for one in made)
    text = (
        ngettext("The customer is asked about %(n)s line.", "The customer is asked about %(n)s lines.", asked)
        if asked
        else _("Another store brings it.")
    )
    messages.success(request, text % {"n": asked} if asked else text)
    return redirect(f"{reverse('store-task', args=[task_id])}?store={store.code}")


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def settle(request: HttpRequest, who: Who, task_id: UUID) -> HttpResponse:
    """What the customer said at the counter or on the phone."""
    store, found = _here(request, who, task_id)
    mine = {str(one.id): one for one in orders.questions_of(who.brand.id, [found.order_id])}
    question = mine.get(request.POST.get("question", ""))
    answer = request.POST.get("answer", "")
    if question and answer in (Answer.WITHOUT, Answer.SUBSTITUTE):
        try:
            orders.answer_short(question.id, Answer(answer), brand=who.brand.id, who=who.staff.username)
            messages.success(request, _("Settled."))
        except (BadInput, Conflict) as error:
            messages.error(request, why_not(error))
    return redirect(f"{reverse('store-task', args=[task_id])}?store={store.code}")


def _here(request: HttpRequest, who: Who, task_id: UUID) -> tuple[Store, Any]:
    store = store_here(request, who)
    require(who, Action.ORDERS_ACT, store.id)
    return store, fulfilment.find_called(who.brand.id, store.id, task_id)


def why_not(error: BadInput | Conflict) -> str:
    codes = {problem.code for problem in error.problems}
    if "not_paid" in codes:
        return _("This order is not paid yet, so no money can go back: refuse it whole, or call the customer.")
    if "all" in codes:
        return _("That is everything: refuse the whole order instead.")
    if "empty" in codes or "units" in codes:
        return _("Say for at least one line how many are missing, not more than the store has to give.")
    if isinstance(error, Conflict):
        return _("Meanwhile something has changed with it. Look again.")
    return _("Check the reason and what is offered instead: %(fix)s") % {"fix": error.problems[0].fix}


def offered(brand_id: UUID, store: Store) -> list[tuple[str, str]]:
    """(SKU, title) of what lies in this store and may be proposed."""
    free = [row.item_id for row in inventory.stock_of(brand_id, locations=[store.id]) if row.free > 0][:MOST_OFFERED]
    items = catalog.items_by_id(brand_id, free)
    return sorted(((item.sku, item.title) for item in items.values()), key=lambda pair: pair[1])


def _is_count(line: str, units: str) -> bool:
    return all(text.isascii() and text.isdigit() and len(text) < 6 for text in (line, units)) and int(units) > 0
