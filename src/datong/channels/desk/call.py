"""An order for a caller: their own basket, the price they would see anywhere, fetched or brought, paid as they say."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.shell import desk, page, require
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.desk.acts import told
from datong.channels.desk.doing import desk_channel
from datong.channels.shop.basket import rows_of
from datong.channels.shop.checkout import GUEST_PAYS, Form, phone_of, read_form
from datong.channels.shop.door import Shopper, shop_channel, with_person
from datong.channels.shop.prices import priced
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.orders import api as orders
from datong.orders.types import Accepted, Basket, BasketMoved, CheckOut, Contact, Destination, Refused
from datong.payments.types import PaymentMethod
from datong.wallet.api import tiers_of

BASKET = "desk_basket"
FOUND = 8


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SERVICE_DESK)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """`?c=` for a customer we know, whose own basket it is; else for a new caller, by `?phone=`."""
    require(who, Action.ORDERS_PLACE)
    channel = desk_channel(who)
    if channel is None:
        return page(request, who, "desk/closed", {"crumbs": [(_("Service desk"), reverse("desk"))]}, status=409)
    person = _person(who, request.GET.get("c", ""))
    tier = tiers_of(who.brand.id, {person.id}).get(person.id) if person else None
    shopper = Shopper(
        who.brand, channel, customer_id=person.id if person else None, member=tier.code if tier else None,
        free_delivery=bool(tier and tier.free_delivery),
    )  # fmt: skip
    shopper = with_person(shopper)
    basket = _basket(request, who, shopper)
    sent = request.POST if request.method == "POST" else None
    do = sent.get("do", "") if sent is not None else ""
    if sent is not None and do in ("add", "units"):
        _change(request, shopper, basket)
        return redirect(request.get_full_path())
    form = read_form(shopper, sent)
    if sent is None:
        form.errors.clear()
        form.typed["phone"] = form.typed["phone"] or request.GET.get("phone", "")[:40]
    if do == "order" and not form.errors and (number := _order(request, who, shopper, basket, form)):
        return redirect(f"{reverse('desk')}?{urlencode({'o': number})}")
    return _page(request, who, shopper, basket, form, bad=do == "order")


def _person(who: Who, text: str) -> Any:
    try:
        return customers.customer_page(who.brand.id, UUID(text))
    except (ValueError, NotFound):
        return None


def _basket(request: HttpRequest, who: Who, shopper: Shopper) -> Basket:
    """The customer's one basket, or that of this call."""
    if shopper.customer_id is not None:
        return orders.basket_for(shopper.customer_id, brand=who.brand.id)
    found = orders.basket_by_token(who.brand.id, str(request.session.get(BASKET, ""))[:80])
    if found is None:
        found, token = orders.open_basket(who.brand.id)
        request.session[BASKET] = token
    return found


def _change(request: HttpRequest, shopper: Shopper, basket: Basket) -> None:
    post = request.POST
    sku, typed = post.get("sku", "")[:64], post.get("units", "1").strip()
    line = next((one for one in basket.lines if one.key == post.get("line")), None)
    options = line.options if line else ()
    sku = line.sku if line else sku
    units = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1
    (price,) = priced(shopper, [(sku, options)])
    if not price.sold and line is None:
        messages.error(request, _("That is not sold here."))
        return
    try:
        orders.put_in_basket(basket.id, sku, units, brand=shopper.brand.id, seen_minor=price.line.unit_minor,
                             options=options, add=line is None)  # fmt: skip
    except BadInput as error:
        messages.error(request, told(error))


def _order(request: HttpRequest, who: Who, shopper: Shopper, basket: Basket, form: Form) -> str:
    """The number of the order, '' when it was not taken; then the form says why."""
    typed, later = form.typed, request.POST.get("pays") == "link"
    phone, email = phone_of(typed["phone"], who.brand.country), typed["email"].lower()
    signs = [Identity(IdentityKind.PHONE, phone), *([Identity(IdentityKind.EMAIL, email)] if email else [])]
    known = {(one.kind, one.value) for one in shopper.identities}
    wanted = CheckOut(
        version=_whole(request.POST.get("version")),
        total_minor=_whole(request.POST.get("total")),
        way=form.way,
        store_code=form.store.code if form.store else "",
        payment=PaymentMethod.PREPAID if later else GUEST_PAYS[form.way.fulfilment],
        contact=Contact(typed["name"], phone, email),
        destination=None if form.fetched or form.way.address is None else Destination(form.way.address, form.place),
        identities=(*shopper.identities, *(one for one in signs if (one.kind, one.value) not in known)),
        note=typed["note"],
    )
    try:
        outcome = orders.check_out(basket.id, wanted, brand=who.brand.id, actor=who.staff.username)
    except BasketMoved:
        form.errors["total"] = _("The price or the cart changed meanwhile: tell the caller the new total, then order.")
        return ""
    except (Conflict, BadInput) as error:
        form.errors["total"] = told(error)
        return ""
    if isinstance(outcome, Refused):
        form.errors["total"] = ", ".join(problem.fix for problem in outcome.problems) or outcome.code
        return ""
    request.session.pop(BASKET, None)
    again = isinstance(outcome, Accepted) and outcome.repeat
    messages.success(request, _("The order was taken before.") if again else _("The order is taken."))
    return outcome.number


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else -1


def _page(request: HttpRequest, who: Who, shopper: Shopper, basket: Basket, form: Form, *, bad: bool) -> HttpResponse:
    basket = orders.get_basket(who.brand.id, basket.id)
    costs = orders.price_basket(who.brand.id, basket, form.way)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    goods = catalog.search_items(who.brand.id, text, limit=FOUND) if text else []
    asked = priced(shopper, [(item.sku, ()) for item in goods])
    near = orders.stores_near(who.brand.id, shopper.channel.id, limit=200)
    pays = [("", _("When it is handed over")), ("link", _("By the link to the page of the order"))]
    given = {
        "lead": _("For %(name)s") % {"name": form.typed["name"] or _("a new caller")},
        "crumbs": [(_("Service desk"), reverse("desk"))],
        "q": text,
        "goods": [
            {"item": item, "title": title_of(item), "unit": one.unit_minor}
            for item, one in zip(goods, asked, strict=True)
            if one.sold
        ],
        "basket": basket,
        "costs": costs,
        "rows": rows_of(shopper, costs) if basket.lines else [],
        "typed": form.typed,
        "errors": form.errors if bad else {},
        "member": shopper.member or "",
        "hows": [("pickup", _("Fetched at a store")), ("delivery", _("Brought"))],
        "stores": [("", _("Choose a store")), *sorted((one.store.code, one.store.name) for one in near)],
        "pays": pays if shop_channel(who.brand.id) else pays[:1],
        "paid": request.POST.get("pays", ""),
        "currency": who.brand.currency,
    }
    return page(request, who, "desk/call", given, status=422 if bad else 200)
