"""What every page of the console stands in: who is here, for which brand, what the rail shows, who may see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Action
from datong.brand.types import Brand
from datong.channels.console import tourcard
from datong.channels.console.nav import folded, rail
from datong.channels.console.places import stores_of
from datong.channels.console.who import Who, who_is
from datong.kernel.errors import BadInput, Conflict, DatongError, NotAllowed, NotFound, Unavailable

P = ParamSpec("P")


View = Callable[Concatenate[HttpRequest, Who, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


FIRST = 4
"""How many links stand at the bottom of a phone's screen; the others are behind "More"."""
SAFE = ("GET", "HEAD", "OPTIONS")


def desk(action: Action, *, write: Action | None = None) -> Callable[[View[P]], Page[P]]:
    """A page for staff who may do `action`: everybody else is sent to log in or told so; nothing of the view runs.

    `write` is what it takes to send the page something (POST), where that is more than to open it. The view gets who
    it is. Times are told in the brand's zone. Errors raised on purpose become pages. What is declared here is what the
    matrix test compares with the table of roles. Who lacks a second factor that the brand demands sets one up first.
    """

    def outer(view: View[P]) -> Page[P]:
        def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            who = who_is(request)
            if who is None:
                return to_login(request)
            with timezone.override(who.brand.timezone):
                try:
                    if who.staff.lacks_factor and action is not Action.ME:
                        return redirect("me")
                    if not who.sees(action) or (write and request.method not in SAFE and not who.sees(write)):
                        raise NotAllowed(_("Your role does not include this."))
                    return view(request, who, *args, **kwargs)
                except DatongError as error:
                    return trouble(request, who, error)

        update_wrapper(inner, view)
        inner.needs, inner.needs_to_write = action, write or action  # type: ignore[attr-defined]
        return inner

    return outer


def require(who: Who, action: Action, store_id: UUID | None = None) -> None:
    """Stop here unless `who` may do `action` (at this store); nothing has been changed yet."""
    if not who.may(action, store_id):
        raise NotAllowed(_("Your role does not include this."))


def to_login(request: HttpRequest) -> HttpResponse:
    where = f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("login")})
    return redirect(where)


def page(request: HttpRequest, who: Who, template: str, given: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A whole page in the shell."""
    links = rail(request, who.sees, {reverse("approvals"): len(access.waiting_for(who.staff))})
    shell = {
        "who": who,
        "rail": folded(request, links),
        "rail_first": links[:FIRST],
        "rail_more": folded(request, links[FIRST:]),
        "language": get_language(),
        "theme": theme_of(request),
        "brand_css": brand_css(who.brand),
        "my_stores": stores_of(who) if who.stores is not None else (),
        "step": tourcard.card(request),
        "toasts": [(m.message, m.level_tag, m.extra_tags) for m in messages.get_messages(request)],
    }
    return render(request, f"console/{template}.html", {**shell, **given}, status=status)


def theme_of(request: HttpRequest) -> str:
    theme = request.COOKIES.get("theme", "")
    return theme if theme in ("light", "dark") else ""


def brand_css(brand: Brand) -> str:
    """Where the brand's style sheet is; its address changes with its content."""
    mark = sha256(repr(sorted(brand.tokens.items())).encode()).hexdigest()[:12]
    return reverse("brand-css", args=[brand.id, mark]) if brand.tokens else ""


STATUS = ((NotAllowed, 403), (NotFound, 404), (Conflict, 409), (BadInput, 422), (Unavailable, 503))


def trouble(request: HttpRequest, who: Who, error: DatongError) -> HttpResponse:
    """An error as a page: what happened and what to do; for a live part, as the part's own text."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return page(request, who, "trouble", {"error": error, "status_code": status}, status=status)
