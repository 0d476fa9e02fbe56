"""The second step of a log-in: a code of an authenticator app, a recovery code, or a passkey."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from datong.access import api as access
from datong.channels.console.login import PENDING, enter, next_of
from datong.channels.console.shell import theme_of
from datong.channels.console.who import came_from
from datong.channels.open import anyone

TIME_S = 600
TRIES = 5
TRIES_ALONE = 40


@anyone("the second step of the log-in page; the first is in the session")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Five tries in five minutes, for all processes together; ten minutes after the password it begins anew."""
    waiting = request.session.get(PENDING)
    if not waiting or time.time() - waiting[4] > TIME_S:
        request.session.pop(PENDING, None)
        return redirect("login")
    user: Any = auth.get_user_model().objects.filter(pk=waiting[0], is_active=True).first()
    if user is None:
        return redirect("login")
    error, status = "", 200
    if request.method == "POST":
        how = _proved(request, user)
        if how:
            return enter(request, user, how, then=waiting[2], brand=UUID(waiting[3]) if waiting[3] else None)
        status = 429 if how is None else 422
        error = (
            _("Too many tries. Wait five minutes.") if how is None else _("That was not right. A code is good once.")
        )
    return _page(request, user, error, status)


def _proved(request: HttpRequest, user: Any) -> str | None:
    """How the second factor was proved; '' when it was not, None when the person must wait."""
    if access.count_try(f"second:{user.pk}") > TRIES:
        access.note_login(user.pk, came_from(request), "waiting")
        return None
    credential = request.POST.get("credential", "")
    if credential:
        how = "passkey" if access.check_passkey(request, user, _json(credential)) else ""
    else:
        how = access.check_code(user.pk, request.POST.get("code", ""))
    if not how:
        access.note_login(user.pk, came_from(request), "wrong_code")
    else:
        access.forget_try(f"second:{user.pk}")
    return how


@anyone("the passkey is the proof")
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey alone: it says who it is and has checked the person, so nothing else is asked."""
    then, came = next_of(request), came_from(request)
    error, status = "", 200
    if came.address and access.count_try(f"passkey:{came.address}") > TRIES_ALONE:
        error, status = _("Too many tries. Wait five minutes."), 429
    elif request.method == "POST":
        user = access.passkey_user(request, _json(request.POST.get("credential", "")))
        if user:
            access.forget_try(f"passkey:{came.address}")
            return enter(request, user, "passkey", then=then)
        access.note_login(None, came, "wrong_code")
        error, status = _("This passkey opens nothing here. Use your password, or ask for a log-in link."), 422
    given = {
        "error": error,
        "next": then,
        "options": "" if status == 429 else json.dumps(access.ask_anyone(request)),
        "language": get_language(),
        "theme": theme_of(request),
    }
    return render(request, "console/people/passkey_login.html", given, status=status)


def _page(request: HttpRequest, user: Any, error: str, status: int) -> HttpResponse:
    kinds = {factor.kind for factor in access.factors_of(user.pk)}
    passkey = access.ask_passkey(request, user) if "webauthn" in kinds else None
    given = {
        "error": error,
        "has_app": "totp" in kinds,
        "passkey": json.dumps(passkey) if passkey else "",
        "language": get_language(),
        "theme": theme_of(request),
    }
    return render(request, "console/people/second.html", given, status=status)


def _json(text: str) -> Any:
    try:
        return json.loads(text[:20_000])
    except ValueError:
        return {}
