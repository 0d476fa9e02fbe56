"""Selling a partner's cards at a counter: the codes are shown in the answer, to be written on the buyer's receipt."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.partnercards.overview import errors_of
from datong.channels.console.places import stores_of
from datong.channels.console.rewards.typed import Typed
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types.cards import CardSale


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.WALLET_VIEW, write=Action.WALLET_TOP_UP)
def sell(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    sold: CardSale | None = None
    if request.method == "POST":
        try:
            sold = _sell(request, who)
        except (BadInput, Conflict, NotFound) as error:
            errors = errors_of(error)
    open_ = [r for r in merchants.card_reports(who.brand.id, on_sale=True, limit=200) if r.stock]
    count = sum(each.stock for each in open_)
    stores = stores_of(who)
    given = {
        "sold": sold,
        "lead": ngettext("%(n)s card can be sold.", "%(n)s cards can be sold.", count) % {"n": number(count)},
        "deliveries": [
            (str(r.batch.id), f"{r.batch.name} · {money(r.batch.price_minor, r.batch.currency)} ({r.stock})")
            for r in open_
        ],
        "stores": [*([("", _("no store"))] if who.stores is None else []), *((str(s.id), s.name) for s in stores)],
        "methods": [("cash", _("cash")), ("wechat", "WeChat Pay"), ("alipay", "Alipay"), ("card", _("bank card"))],
        "typed": {} if sold else (request.POST or {"batch_id": request.GET.get("batch", "")}),
        "errors": errors,
        "key": str(uuid7()) if sold else request.POST.get("key") or str(uuid7()),
        "may": who.sees(Action.WALLET_TOP_UP),
    }
    answer = page(request, who, "partnercards/sell", given, status=422 if errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _sell(request: HttpRequest, who: Who) -> CardSale:
    typed = Typed(request.POST, who.brand.currency)
    cards = typed.whole("cards", empty=1, least=1)
    typed.check()
    store = _store(who, typed.text("store"))
    require(who, Action.WALLET_TOP_UP, store)
    try:
        batch = UUID(typed.text("batch_id"))
    except ValueError:
        raise BadValue("batch_id", typed.text("batch_id")[:40], _("cards from the list")) from None
    return merchants.sell_cards(
        batch,
        cards,
        brand=who.brand.id,
        by=who.staff.username,
        key=f"{who.staff.username} {typed.text('key')[:60]}",
        method=typed.text("method") or "cash",
        ref=typed.text("ref")[:200],
        store_id=store,
    )


def _store(who: Who, text: str) -> UUID | None:
    found = next((store.id for store in stores_of(who) if str(store.id) == text), None)
    if found is None and (text or who.stores is not None):
        raise BadValue("store", text[:40], _("one of your stores"))
    return found
