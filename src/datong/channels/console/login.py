"""Getting in and out: password, one-click link, brand, language and theme."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datong.access import api as access
from datong.access.types import Role
from datong.channels.console.shell import theme_of
from datong.channels.console.who import SESSION_BRAND, came_from, who_is
from datong.channels.open import anyone
from datong.kernel.errors import NotAllowed

WAIT_S = 300
PENDING = "datong.second_factor"
YEAR_S = 365 * 24 * 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"


@anyone("the log-in page")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The log-in page. After some wrong tries a name and an address wait; a right password does not shorten that."""
    if request.method == "POST":
        return _try(request)
    if who_is(request):
        return redirect(next_of(request))
    return _page(request)


def _try(request: HttpRequest) -> HttpResponse:
    username = request.POST.get("username", "").strip().lower()[:64]
    came = came_from(request)
    if not access.may_try(username, came.address):
        access.note_login(access.user_id_of(username), came, "waiting")
        wait = _("Too many tries. Wait five minutes, or ask headquarters for a log-in link.")
        response = _page(request, username=username, error=wait, status=429)
        response["Retry-After"] = str(WAIT_S)
        return response
    user: Any = auth.authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        access.note_login(access.user_id_of(username), came, "wrong")
        return _page(request, username=username, error=_("The name or the password is not right."), status=422)
    access.forget_tries(username, came.address)
    return admit(request, user, "password", then=next_of(request))


def admit(request: HttpRequest, user: Any, how: str, *, then: str = "/", brand: UUID | None = None) -> HttpResponse:
    """Let somebody in who proved the first factor, or ask for the second one when they have one."""
    if access.has_factor(user.pk):
        request.session.cycle_key()
        request.session[PENDING] = [str(user.pk), how, then, str(brand or ""), int(time.time())]
        return redirect("second-factor")
    return enter(request, user, how, then=then, brand=brand)


def enter(request: HttpRequest, user: Any, how: str, *, then: str = "/", brand: UUID | None = None) -> HttpResponse:
    """Everything is proved: open the session, note it, go where they wanted."""
    request.session.pop(PENDING, None)
    auth.login(request, user, backend=BACKEND)
    if brand:
        request.session[SESSION_BRAND] = str(brand)
    if not request.session.session_key:
        request.session.save()
    came = came_from(request)
    access.open_session(str(request.session.session_key), user.pk, came, how)
    access.note_login(user.pk, came, how)
    who = who_is(request) if then == "/" else None
    return _arrive(request, redirect("courier" if who and who.staff.role is Role.COURIER else then))


def _page(request: HttpRequest, *, username: str = "", error: str = "", status: int = 200) -> HttpResponse:
    given = {
        "username": username,
        "error": error,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "language": get_language(),
        "theme": theme_of(request),
    }
    return render(request, "console/login.html", given, status=status)


def next_of(request: HttpRequest) -> str:
    """Where somebody wanted to go; only within this house."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and "/" in wanted else "/"  # without a slash it would be taken for a view's name


@anyone("a signed link is the proof")
@require_GET
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """The printed link of the demo: signed, good once; it opens the brand it was made for, at `next`."""
    try:
        user_id, brand_id = access.redeem_login_token(token)
    except NotAllowed:
        if who_is(request):
            return redirect(next_of(request))
        messages.error(request, _("This log-in link has been used or is too old. Ask for a new one, or log in."))
        return redirect("login")
    return admit(request, auth.get_user_model().objects.get(pk=user_id), "link", then=next_of(request), brand=brand_id)


def _arrive(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Take over the language and theme somebody chose elsewhere."""
    user: Any = request.user
    language = "zh-hans" if user.locale.lower().startswith("zh") else "en"
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if user.theme in ("light", "dark"):
        _keep(response, "theme", user.theme)
    return response


@anyone("leaving needs no role")
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("login")


@anyone("language and theme of this browser and log-in")
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, theme and how dense tables are: kept with the log-in and in this browser."""
    response = redirect(next_of(request))
    language, theme, density = (request.POST.get(key, "") for key in ("language", "theme", "density"))
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme in ("auto", "light", "dark"):
        _keep(response, "theme", theme)
    if density in ("comfortable", "dense"):
        _keep(response, "density", density)
    if request.user.is_authenticated:
        locale = {"en": "en", "zh-hans": "zh-Hans"}.get(language)
        access.set_preferences(UUID(str(request.user.pk)), locale=locale, theme=theme or None)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@anyone("only to a brand where the log-in has a role")
@require_POST
def switch_brand(request: HttpRequest) -> HttpResponse:
    """Go over to another brand, if this person has a role in it."""
    who = who_is(request)
    wanted = request.POST.get("brand", "")
    if who and any(str(brand.id) == wanted for brand in who.others):
        request.session[SESSION_BRAND] = wanted
    return redirect("board")
