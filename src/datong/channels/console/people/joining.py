"""An invitation's link: who asks you in, as what, and the log-in you make for it."""

from __future__ import annotations

from typing import Any

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from datong.access import api as access
from datong.access.types import Invitation
from datong.brand import api as brands
from datong.channels.console.login import admit, enter
from datong.channels.console.people.words import reach_of
from datong.channels.console.shell import theme_of
from datong.channels.console.who import SESSION_BRAND, came_from
from datong.channels.console.words import ROLE, word
from datong.channels.open import anyone
from datong.kernel.errors import BadInput, Conflict, NotFound


@anyone("a signed link that works once is the proof")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Look at an invitation, and take it up: with a new log-in, or with the one that is logged in."""
    try:
        found = access.open_invitation(token)
    except NotFound:
        messages.error(request, _("This invitation was used, has expired or was taken back. Ask for a new one."))
        return redirect("login")
    errors: dict[str, str] = {}
    if request.method == "POST":
        came = came_from(request).address or f"invitation {found.id}"
        if access.count_try(f"join:{came}") > 30:
            return _page(request, found, {"": _("Too many tries. Wait five minutes.")}, 429)
        try:
            return _accept(request, token)
        except (BadInput, Conflict) as error:
            errors = {p.field: p.fix for p in error.problems} or {"": str(error)}
            if isinstance(error, Conflict):
                errors = {"username": _("This name is taken. If it is yours, log in first and open the link again.")}
        except NotFound:
            return redirect("join", token=token)
    return _page(request, found, errors, 422 if errors else 200)


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    if request.POST.get("as") == "me" and not access.open_invitation(token).username and request.user.is_authenticated:
        _user, brand = access.accept(token, username=request.user.get_username(), user_id=request.user.pk)
        request.session[SESSION_BRAND] = str(brand)
        return redirect("board")
    user_id, brand = access.accept(
        token,
        username=request.POST.get("username", ""),
        password=request.POST.get("password", ""),
        name=request.POST.get("name", ""),
    )
    user: Any = auth.get_user_model().objects.get(pk=user_id)
    if access.has_factor(user_id):
        return admit(request, user, "invitation", brand=brand)
    return enter(request, user, "invitation", brand=brand)


def _page(request: HttpRequest, found: Invitation, errors: dict[str, str], status: int) -> HttpResponse:
    brand = brands.get_brand(found.brand_id)
    given = {
        "invitation": found,
        "brand": brand,
        "role": word(ROLE, found.role),
        "reach": reach_of(brand.id, found.scope, found.scope_ids),
        "errors": errors,
        "typed": request.POST,
        "language": get_language(),
        "theme": theme_of(request),
    }
    return render(request, "console/people/join.html", given, status=status)
