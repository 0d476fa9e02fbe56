"""Ordering on one page: how it comes, where to, who for. Sent twice (a double click, the back button) it is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.brand.types import AddressText, Store
from datong.channels.console.who import address_of
from datong.channels.design.formats import money
from datong.channels.shop.basket import basket_of, rows_of
from datong.channels.shop.came import came_of
from datong.channels.shop.card import CARD, card_way, fault_of, has_points, let_go, put_aside, take
from datong.channels.shop.door import Shopper, door, page, with_person
from datong.channels.shop.pay import pay_url, start, ways_of
from datong.channels.shop.status import status_url
from datong.channels.shop.words import opening
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, Problem
from datong.kernel.geo import Point
from datong.kernel.tries import check_tries, miss
from datong.orders import api as orders
from datong.orders.types import (
    Accepted,
    Basket,
    BasketMoved,
    Came,
    CheckOut,
    Contact,
    Destination,
    PricedBasket,
    Refused,
    Repeated,
    Way,
)
from datong.payments.types import PaymentMethod
from datong.payments.types.online import Provider

ORDERED_WITHIN, MOST_ORDERS = timedelta(minutes=10), 20
NEAR = 6
FIELDS = ("how", "pay", "points", "store", "line", "city", "postcode", "name", "phone", "email", "note")
LONGEST = {"line": 200, "city": 80, "postcode": 20, "name": 120, "phone": 40, "email": 254, "note": 500}
GUEST_PAYS = {
    FulfilmentKind.PICKUP: PaymentMethod.PAY_AT_STORE,
    FulfilmentKind.DELIVERY: PaymentMethod.CASH_ON_DELIVERY,
}


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it: field -> what to do."""

    typed: dict[str, str]
    errors: dict[str, str]
    way: Way
    store: Store | None = None
    place: Point | None = None

    @property
    def fetched(self) -> bool:
        return self.typed["how"] != FulfilmentKind.DELIVERY


@door("GET", "HEAD", "POST", private=True)
def checkout(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """The one page; `look` sends it to see what this way costs, `order` orders."""
    shopper = with_person(shopper)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and sent.get("member") and shopper.customer_id is None:
        return redirect(f"{shopper.url('login')}?again")  # logged out meanwhile: the cart is the member's, and kept
    basket = basket_of(request, shopper)
    if basket is None or (not basket.lines and (sent is None or "order" not in sent)):
        return redirect(shopper.url("basket"))
    form = read_form(shopper, sent)
    if sent is None:
        form.typed["pay"] = pays_of(shopper, form)[0][0]
    if sent is not None and "order" in sent:
        return _order(request, shopper, basket, form)
    if sent is None:
        form.errors.clear()
    return _page(request, shopper, basket, form)


def read_form(shopper: Shopper, sent: Any) -> Form:
    """What the page says, with what is missing; nothing typed is lost."""
    typed = {
        name: " ".join(str(sent.get(name, "")).split())[: LONGEST.get(name, 80)] if sent else "" for name in FIELDS
    }
    if sent is None:
        typed |= _known(shopper)
    if typed["how"] != FulfilmentKind.DELIVERY:
        typed["how"] = FulfilmentKind.PICKUP.value
    way = Way(shopper.channel.id, shopper.brand.currency, FulfilmentKind(typed["how"]), member=shopper.member,
              free_delivery=shopper.free_delivery)  # fmt: skip
    form = Form(typed, {}, way)
    (_fetch if form.fetched else _bring)(shopper, form)
    if typed["pay"] not in {code for code, _name in pays_of(shopper, form)}:
        typed["pay"] = ""
    if not typed["name"]:
        form.errors["name"] = _("Tell us who the order is for.")
    phone = phone_of(typed["phone"], shopper.brand.country)
    if not phone:
        form.errors["phone"] = _("Give a phone number we can reach you at, such as 138 0013 8000 or +1 612 555 0100.")
    if typed["email"] and customers.fault_of(Identity(IdentityKind.EMAIL, typed["email"].lower())):
        form.errors["email"] = _("Check the e-mail address, or leave it out.")
    return form


def _known(shopper: Shopper) -> dict[str, str]:
    """What we know before anything is typed: the store or the place that was chosen, the member's name and contacts."""
    known = {"how": FulfilmentKind.PICKUP.value, "store": shopper.store.code if shopper.store else ""}
    if shopper.spot and not shopper.store:
        known |= {"city": shopper.spot.city or shopper.spot.label, "postcode": shopper.spot.postcode}
    return known | dict(shopper.contact)


def _fetch(shopper: Shopper, form: Form) -> None:
    code = form.typed["store"]
    found = orders.stores_near(
        shopper.brand.id, shopper.channel.id, fits=lambda store: bool(code) and store.code == code, limit=1
    )
    if not found:
        said = (
            _("This store is closed at present. Choose another one.")
            if code
            else _("Choose the store to pick it up at.")
        )
        form.errors["store"] = said
        return
    form.store = found[0].store
    form.way = replace(form.way, store_id=form.store.id, region=form.store.region)


def _bring(shopper: Shopper, form: Form) -> None:
    typed, country = form.typed, shopper.brand.country
    for name, said in (("line", _("Street and number, so that we find you.")), ("city", _("The city or town."))):
        if not typed[name]:
            form.errors[name] = said
    text = AddressText(typed["line"], typed["city"], "", typed["postcode"], country)
    (form.place,) = brands.locate(shopper.brand.id, [text])
    spots = (brands.find_spot(shopper.brand.id, typed[name], country=country) for name in ("postcode", "city"))
    spot = next(filter(None, spots), None)
    if form.place is None and spot is not None:
        form.place = spot.place
    if form.place is None and typed["city"]:
        form.errors["city"] = _("We cannot find this address on the map. Check city and postcode, or pick it up.")
    region = spot.region if spot else ""
    form.way = replace(form.way, address=replace(text, region=region), place=form.place, region=region)


def _order(request: HttpRequest, shopper: Shopper, basket: Basket, form: Form) -> HttpResponse:
    """Place it. What stands against it is said beside what was typed."""
    version, total = _whole(request.POST.get("version")), _whole(request.POST.get("total"))
    # The first answer again before anything else: the basket may be empty by now, and the form is an old one.
    if basket.version != version and (url := _ordered_before(shopper, basket, version)):
        return redirect(url)
    if not form.errors and basket.lines:
        _foresee(shopper, basket, form)
    if form.errors or not basket.lines:
        return _page(request, shopper, basket, form, status=422) if basket.lines else redirect(shopper.url("basket"))
    key = f"order {address_of(request)}"
    check_tries(shopper.brand.id, key, most=MOST_ORDERS, within=ORDERED_WITHIN)
    aside = None
    try:
        if form.typed["pay"] == CARD:
            aside = put_aside(shopper, basket, version, total, points=bool(form.typed["points"]))
    except (Conflict, BadInput) as error:
        form.errors["pay"] = fault_of(error, shopper.brand.currency)
        return _page(request, shopper, basket, form, status=422)
    try:
        outcome = orders.check_out(
            basket.id,
            _wanted(shopper, form, version, total, came_of(request, shopper)),
            brand=shopper.brand.id,
            actor="shop",
        )
    except BasketMoved:
        if aside is not None:
            let_go(shopper, aside)
        return _page(request, shopper, _again(request, shopper, basket), form, moved_from=total, status=409)
    if isinstance(outcome, Refused):
        if aside is not None:
            let_go(shopper, aside)
        _say(outcome.problems, form)
        return _page(request, shopper, basket, form, status=422)
    miss(shopper.brand.id, key, within=ORDERED_WITHIN)
    assert isinstance(outcome, (Accepted, Repeated))
    if aside is not None:
        take(shopper, outcome.order_id, aside.id)
    return _after(request, shopper, form, outcome.order_id)


def _after(request: HttpRequest, shopper: Shopper, form: Form, order_id: UUID) -> HttpResponse:
    """To the payment, where one was chosen; its page says what stands in the way. Else to the order."""
    if form.typed["pay"] not in set(Provider):  # the card has paid, or it is paid when it is handed over
        return redirect(status_url(shopper, order_id))
    said = start(request, shopper, order_id, Provider(form.typed["pay"]))
    return redirect(pay_url(shopper, order_id) + (f"?away={form.typed['pay']}" if said else ""))


def pays_of(shopper: Shopper, form: Form) -> list[tuple[str, str]]:
    """How this order may be paid: a provider, or when it is handed over ('')."""
    later = _("When I pick it up, at the store") if form.fetched else _("In cash, when it is delivered")
    return [*card_way(shopper), *ways_of(shopper), ("", later)]


def _again(request: HttpRequest, shopper: Shopper, basket: Basket) -> Basket:
    return basket_of(request, shopper) or basket


def _ordered_before(shopper: Shopper, basket: Basket, version: int) -> str:
    """Where the order of an earlier version of the basket is, '' when that version was not ordered."""
    found = orders.ordered_basket(basket.id, version, shopper.channel.id, brand=shopper.brand.id)
    return status_url(shopper, found) if found else ""


def _foresee(shopper: Shopper, basket: Basket, form: Form) -> None:
    """Whether anybody can serve it this way now; nothing is held yet, the order has the last word."""
    costs = orders.price_basket(shopper.brand.id, basket, form.way)
    if costs.quote.problems:
        form.errors[""] = _("Something in the cart cannot be sold as it is. Look at the cart.")
    elif costs.missing_minor:
        form.errors[""] = _missing(costs, shopper.brand.currency)
    elif costs.foreseen is not None and not costs.foreseen.stores:
        if form.fetched:
            form.errors["store"] = _("This store does not have everything in your cart now. Choose another one.")
        else:
            form.errors["line"] = _("No store can bring all of this to this address now. Pick it up, or order less.")


def _missing(costs: PricedBasket, currency: str) -> str:
    said = _("We bring it there from %(least)s on: put in goods for %(missing)s more, or pick it up.")
    return said % {"least": money(costs.least_minor, currency), "missing": money(costs.missing_minor, currency)}


def _wanted(shopper: Shopper, form: Form, version: int, total: int, came: Came) -> CheckOut:
    typed = form.typed
    phone = phone_of(typed["phone"], shopper.brand.country)
    email = typed["email"].lower()
    typed_signs = [Identity(IdentityKind.PHONE, phone), *([Identity(IdentityKind.EMAIL, email)] if email else [])]
    verified = {(one.kind, one.value) for one in shopper.identities}
    signs = [one for one in typed_signs if (one.kind, one.value) not in verified]
    destination = None
    if not form.fetched and form.way.address is not None:
        destination = Destination(form.way.address, form.place)
    return CheckOut(
        version=version,
        total_minor=total,
        way=form.way,
        store_code=form.store.code if form.store else "",
        payment=_method(form),
        contact=Contact(typed["name"], phone, email),
        destination=destination,
        identities=(*shopper.identities, *signs),
        note=typed["note"],
        came=came,
    )


def _method(form: Form) -> PaymentMethod:
    if form.typed["pay"] == CARD:
        return PaymentMethod.STORED_VALUE
    return PaymentMethod.PREPAID if form.typed["pay"] else GUEST_PAYS[form.way.fulfilment]


def _say(problems: tuple[Problem, ...], form: Form) -> None:
    codes = {problem.code for problem in problems}
    if "sold_out" in codes:
        form.errors[""] = _("Something in the cart is sold out now. Take it out to order the rest.")
    elif "not_in_assortment" in codes or "not_on_sale" in codes:
        form.errors[""] = _("Something in the cart is not sold any more. Take it out to order the rest.")
    else:
        form.errors[""] = _("We cannot take this order online. Please call or visit a store.")


def _page(
    request: HttpRequest,
    shopper: Shopper,
    basket: Basket,
    form: Form,
    *,
    moved_from: int | None = None,
    status: int = 200,
) -> HttpResponse:
    costs = orders.price_basket(shopper.brand.id, basket, form.way)
    given: dict[str, Any] = {
        "form": form,
        "typed": form.typed,
        "errors": form.errors,
        "basket": basket,
        "costs": costs,
        "rows": rows_of(shopper, costs),
        "stores": _stores(shopper, form),
        "chosen": {"store": form.store, "said": opening(form.store, clock.now())[1]} if form.store else None,
        "moved_from": moved_from,
        "promise": None if form.fetched else orders.promise_of(shopper.brand.id, costs.foreseen),
        "added_tax": costs.tax_minor if not costs.quote.tax_inclusive else 0,
        "promotions": _promotions(costs),
        "pays": pays_of(shopper, form),
        "has_points": has_points(shopper),
    }
    return page(request, shopper, "checkout", given, status=status)


def _stores(shopper: Shopper, form: Form) -> list[tuple[str, str]]:
    """Stores to choose from: the nearest, the chosen one among them."""
    near = orders.stores_near(shopper.brand.id, shopper.channel.id, place=shopper.place, limit=NEAR * 10)
    shown = near[:NEAR] if shopper.place else near
    if form.store and all(one.store.id != form.store.id for one in shown):
        return [(form.store.code, form.store.name), *((one.store.code, one.store.name) for one in shown)]
    first = [] if form.store else [("", _("Choose a store"))]
    return [*first, *((one.store.code, one.store.name) for one in shown)]


def _promotions(costs: PricedBasket) -> int:
    """What promotions take off together."""
    return sum(one.quote.discount_minor for one in costs.lines)


DIALLED: Mapping[str, str] = {"CN": "+86", "US": "+1", "CA": "+1", "GB": "+44", "HK": "+852", "SG": "+65", "DE": "+49"}


def phone_of(text: str, country: str) -> str:
    """The number as E.164, '' when it is none; a national number is of the brand's country."""
    digits = "".join(sign for sign in text if sign.isdigit() or sign == "+")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits and not digits.startswith("+"):
        digits = DIALLED.get(country, "+") + (digits.lstrip("0") if country in ("GB", "DE") else digits)
    return "" if customers.fault_of(Identity(IdentityKind.PHONE, digits)) else digits


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else -1
