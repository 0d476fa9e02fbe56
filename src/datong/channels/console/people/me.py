"""One's own log-in: password, second factors, open sessions, history."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console.people.words import FACTOR, FAILED, OUTCOME, device_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.console.words import word
from datong.kernel.errors import BadInput, Conflict, NotAllowed

SECRET = "datong.totp"  # noqa: S105 - the name of a key in the session
CODES = "datong.codes"
TRIES = 5


@require_safe
@desk(Action.ME)
def me(request: HttpRequest, who: Who) -> HttpResponse:
    """What protects this log-in, and where it is open."""
    return _me(request, who, {})


@sensitive_post_parameters("old", "new", "again")
@require_POST
@desk(Action.ME)
def password(request: HttpRequest, who: Who) -> HttpResponse:
    """A new password; the other sessions end, this one goes on."""
    user: Any = request.user
    errors = {}
    if access.count_try(f"password:{user.pk}") > TRIES:
        errors["old"] = _("Too many tries. Wait five minutes.")
    elif not user.check_password(request.POST.get("old", "")):
        errors["old"] = _("This is not your password.")
    elif request.POST.get("new") != request.POST.get("again"):
        errors["again"] = _("The two are not the same.")
    else:
        try:
            access.set_password(user.pk, request.POST.get("new", ""), by=who.staff.username)
        except BadInput as error:
            errors["new"] = error.problems[0].fix
    if errors:
        return _me(request, who, errors, status=422)
    access.forget_try(f"password:{user.pk}")
    user.refresh_from_db()
    auth.update_session_auth_hash(request, user)
    key = str(request.session.session_key)
    access.end_sessions(user.pk, by=who.staff.username, but=key)
    messages.success(request, _("The password is changed. Every other session has ended."))
    return redirect("me")


@require_POST
@desk(Action.ME)
def end_session(request: HttpRequest, who: Who) -> HttpResponse:
    """End one session, or all but this one."""
    one = _uuid(request.POST.get("session", ""))
    if one or request.POST.get("session") == "others":
        access.end_sessions(
            who.staff.user_id, by=who.staff.username, one=one, but=str(request.session.session_key or "")
        )
        messages.success(request, _("Ended. The next click there asks to log in."))
    return redirect("me")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ME)
def app(request: HttpRequest, who: Who) -> HttpResponse:
    """Set an authenticator app up: scan, type one code. The secret waits in the session until the code proves it."""
    user: Any = request.user
    errors: dict[str, str] = {}
    if request.method == "POST" and request.session.get(SECRET):
        try:
            request.session[CODES] = access.add_totp(user, request.session[SECRET], request.POST.get("code", ""))
            del request.session[SECRET]
            return redirect("me-codes")
        except BadInput:
            errors["code"] = _("Not the code the app shows now. Is the phone's clock right?")
        except Conflict:
            return redirect("me")
    secret = request.session.get(SECRET)
    if not secret:
        secret, _url, picture = access.new_totp(user)
        request.session[SECRET] = secret
    else:
        picture = access.totp_picture(user, secret)
    given = {
        "picture": mark_safe(picture[picture.index("<svg") :]),  # noqa: S308 - a QR code we drew
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "errors": errors,
    }
    return page(request, who, "people/app", given, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ME)
def passkey(request: HttpRequest, who: Who) -> HttpResponse:
    """Make a passkey of this device, which logs in alone, or of a key for the second step (`?only=second`).

    The browser's answer must fit the challenge it was given.
    """
    alone = request.GET.get("only") != "second"
    user: Any = request.user
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            credential = json.loads(request.POST.get("credential", "")[:20_000])
            request.session[CODES] = access.add_passkey(request, user, request.POST.get("name", ""), credential)
            return redirect("me-codes")
        except (ValueError, BadInput):
            errors[""] = _("The browser's answer did not fit. Try again.")
    options = json.dumps(access.begin_passkey(request, user, alone=alone))
    given = {"options": options, "alone": alone, "errors": errors, "typed": request.POST}
    return page(request, who, "people/passkey", given, status=422 if errors else 200)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ME)
def codes(request: HttpRequest, who: Who) -> HttpResponse:
    """The recovery codes: shown once after they were made; made anew with the password."""
    user: Any = request.user
    if request.method == "POST":
        if not _proved(request):
            messages.error(request, _("This is not your password."))
            return redirect("me")
        request.session[CODES] = access.recovery_codes(user, anew=True)
        return redirect("me-codes")
    shown = request.session.pop(CODES, None)
    if not shown:
        return redirect("me")
    return page(request, who, "people/codes", {"codes": shown, "text": "\n".join(shown)})


@sensitive_post_parameters("password")
@require_POST
@desk(Action.ME)
def drop(request: HttpRequest, who: Who) -> HttpResponse:
    """Take a second factor away; the password is asked, so that an open screen is not enough."""
    user: Any = request.user
    if not _proved(request):
        messages.error(request, _("This is not your password."))
    else:
        access.drop_factor(user, int(request.POST.get("factor", "0") or 0))
        messages.success(request, _("Taken away."))
    return redirect("me")


def _proved(request: HttpRequest) -> bool:
    user: Any = request.user
    if access.count_try(f"password:{user.pk}") > TRIES:
        raise NotAllowed(_("Too many tries. Wait five minutes."))
    return not user.has_usable_password() or bool(user.check_password(request.POST.get("password", "")))


def _me(request: HttpRequest, who: Who, errors: dict[str, str], status: int = 200) -> HttpResponse:
    user: Any = request.user
    key = str(request.session.session_key or "")
    factors = access.factors_of(user.pk)
    given = {
        "errors": errors,
        "factors": [(factor, word(FACTOR, factor.kind)) for factor in factors],
        "protected": any(f.kind != "recovery_codes" for f in factors),
        "has_app": any(f.kind == "totp" for f in factors),
        "sessions": [(s, word(OUTCOME, s.how), device_of(s.agent)) for s in access.sessions_of(user.pk, mine=key)],
        "history": [(h, word(OUTCOME, h.outcome), h.outcome in FAILED) for h in access.logins_of(user.pk, 10)],
        "lacks": who.staff.lacks_factor,
        "has_password": user.has_usable_password(),
    }
    return page(request, who, "people/me", given, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
