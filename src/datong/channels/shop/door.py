"""What every page of the shop stands in: the brand of the address, its shop channel, where the customer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.brand import api as brands
from datong.brand.types import SHOP_CODE, Brand, Channel, ChannelKind, Spot, Store
from datong.channels.console.shell import brand_css, theme_of
from datong.channels.open import anyone
from datong.customers import api as customers
from datong.customers.ports import text_sender
from datong.customers.types import Identity, IdentityKind
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Conflict, DatongError, NotAllowed, NotFound, TooManyTries, Unavailable
from datong.kernel.geo import Point
from datong.kernel.mail import has_server
from datong.orders import api as orders
from datong.wallet.api import tiers_of

P = ParamSpec("P")
BASKET_COOKIE = "shop_basket"
SESSION_COOKIE = "shop_session"
SESSION_SALT = "datong.shop.session"
SPOT_COOKIE = "shop_spot"
SPOT_SALT = "datong.shop.spot"
LANGUAGES = (("en", "English"), ("zh-hans", "中文"))
SPOT_S = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who looks at the shop: the brand and its channel; where they said they are, and the store they chose.

    Of somebody who is logged in: the customer, the level of their card (`member`), their signs and contacts.
    """

    brand: Brand
    channel: Channel
    spot: Spot | None = None
    store: Store | None = None
    customer_id: UUID | None = None
    member: str | None = None
    free_delivery: bool = False
    identities: tuple[Identity, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Point | None:
        return self.spot.place if self.spot else self.store.place if self.store else None

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"shop-{name}", args=[self.brand.slug, *args])


View = Callable[Concatenate[HttpRequest, Shopper, P], HttpResponseBase]
Page = Callable[..., HttpResponseBase]
READING = ("GET", "HEAD")
STATUS = ((TooManyTries, 429), (NotAllowed, 403), (NotFound, 404), (Conflict, 409), (BadInput, 422), (Unavailable, 503))


def shop_of(slug: str) -> tuple[Brand, Channel]:
    """The brand and its open shop channel; NotFound when there is none."""
    brand = brands.brand_by_slug(slug)
    channel = shop_channel(brand.id) if brand else None
    if brand is None or channel is None or not channel.open:
        raise NotFound("no shop at this address")
    return brand, channel


def shop_channel(brand_id: UUID) -> Channel | None:
    """The channel that is the brand's own web shop, open or closed."""
    kinds = {ChannelKind.SITE}
    return next((c for c in brands.list_channels(brand_id) if c.code == SHOP_CODE and c.kind in kinds), None)


def door(*methods: str, private: bool = False) -> Callable[[View[P]], Page]:
    """A page of the shop for these methods (GET unless said). `private`: no cache but the browser's own may keep it.

    A page that only reads does so in one transaction. Errors raised on purpose become pages that say what to do.
    """

    def outer(view: View[P]) -> Page:
        def inner(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                brand, channel = shop_of(slug)
            except NotFound:
                return _closed(request)
            with timezone.override(brand.timezone):
                reading = in_brand(brand.id) if request.method in READING else nullcontext()
                shopper = Shopper(brand, channel)
                try:
                    with reading:
                        shopper = _known(request, _placed(request, shopper))
                        response = view(request, shopper, *args, **kwargs)
                except DatongError as error:
                    response = trouble(request, shopper, error)
            if private:
                # no-store would make the back button after an order ask to send the form again.
                response["Cache-Control"] = "private, no-cache"
            return response

        update_wrapper(inner, view)
        allowed = methods or READING
        return require_http_methods(list(allowed))(anyone("the shop is for everybody")(inner))

    return outer


def page(
    request: HttpRequest, shopper: Shopper, template: str, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A whole page of the shop."""
    shell = {
        "shopper": shopper,
        "brand": shopper.brand,
        "slug": shopper.brand.slug,
        "currency": shopper.brand.currency,
        "language": get_language(),
        "languages": LANGUAGES,
        "theme": theme_of(request),
        "brand_css": brand_css(shopper.brand),
        "in_basket": count_of(request, shopper),
        "may_sign_in": may_sign_in(),
    }
    return render(request, f"shop/{template}.html", {**shell, **given}, status=status)


def count_of(request: HttpRequest, shopper: Shopper) -> int:
    """How many units are in the basket, for the head of every page; no statement for a browser without one."""
    if shopper.customer_id is None and BASKET_COOKIE not in request.COOKIES:
        return 0
    if shopper.customer_id is not None:
        found = orders.baskets_of(shopper.brand.id, shopper.customer_id)
        return sum(one.units for one in found)
    basket = orders.basket_by_token(shopper.brand.id, request.COOKIES.get(BASKET_COOKIE, "")[:80])
    return basket.units if basket else 0


def trouble(request: HttpRequest, shopper: Shopper, error: DatongError) -> HttpResponse:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    said = {
        404: _("This page is not there, or not any more."),
        409: _("Meanwhile something has changed. Look again, then try once more."),
        429: _("Too many tries from here. Please wait some minutes."),
        503: _("This takes longer than usual. Please try again in a moment."),
    }.get(status, _("That did not work. Go back and check what you entered."))
    return page(request, shopper, "trouble", {"said": said}, status=status)


def _closed(request: HttpRequest) -> HttpResponse:
    given = {"language": get_language(), "theme": theme_of(request)}
    return render(request, "shop/closed.html", given, status=404)


def _known(request: HttpRequest, shopper: Shopper) -> Shopper:
    """Who is logged in at this browser, with the level of their card; nobody without the cookie we signed."""
    token = session_token(request, shopper.brand.id)
    session = customers.session_of(token, brand=shopper.brand.id) if token else None
    if session is None:
        return shopper
    tier = tiers_of(shopper.brand.id, {session.head_id}).get(session.head_id)
    return replace(
        shopper,
        customer_id=session.customer_id,
        member=tier.code if tier else None,
        free_delivery=bool(tier and tier.free_delivery),
    )


def with_person(shopper: Shopper) -> Shopper:
    """With the name and the verified contacts of who is logged in, for a form that is theirs."""
    if shopper.customer_id is None:
        return shopper
    person = customers.customer_page(shopper.brand.id, shopper.customer_id)
    signs = {one.kind: one.value for one in reversed(person.identities)}
    phone, email = signs.get(IdentityKind.PHONE, ""), signs.get(IdentityKind.EMAIL, "")
    kinds = (IdentityKind.PHONE, IdentityKind.EMAIL)
    return replace(
        shopper,
        identities=tuple(Identity(kind, signs[kind], verified=True) for kind in kinds if kind in signs),
        contact={"name": person.name, "phone": phone, "email": email},
    )


def session_token(request: HttpRequest, brand_id: UUID) -> str:
    """The token in the cookie, when we signed it for this brand."""
    try:
        brand, token = signing.loads(request.COOKIES.get(SESSION_COOKIE, ""), salt=SESSION_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(token) if brand == str(brand_id) else ""


def may_sign_in() -> bool:
    """Whether this installation can send a code to anybody."""
    return has_server() or text_sender() is not None


def _placed(request: HttpRequest, shopper: Shopper) -> Shopper:
    """Where the customer is and which store they chose, from their cookie; what is not signed by us is not read."""
    try:
        said = signing.loads(request.COOKIES.get(SPOT_COOKIE, ""), salt=SPOT_SALT)
        if said[0] != str(shopper.brand.id):
            return shopper
        spot = Spot(said[1][0], Point(*said[1][1]), *said[1][2:]) if said[1] else None
        chosen = UUID(said[2]) if said[2] else None
    except (signing.BadSignature, ValueError, TypeError, IndexError, BadInput):
        return shopper
    store = brands.stores_by_id(shopper.brand.id, [chosen]).get(chosen) if chosen else None
    return replace(shopper, spot=spot, store=store if store and store.open else None)


def keep_place(response: HttpResponse, shopper: Shopper, spot: Spot | None, store: Store | None) -> HttpResponse:
    """Remember where the customer is in their browser only, to about a hundred metres."""
    where = None
    if spot is not None:
        near = [round(spot.place.lon, 3), round(spot.place.lat, 3)]
        where = [spot.label, near, spot.city, spot.region, spot.postcode]
    value = signing.dumps([str(shopper.brand.id), where, str(store.id) if store else ""], salt=SPOT_SALT, compress=True)
    response.set_cookie(
        SPOT_COOKIE,
        value,
        max_age=SPOT_S,
        path=shopper.url("home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
