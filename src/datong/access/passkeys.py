"""Passkeys (通行密钥): made, asked for as a second step, and good for a log-in of their own.

WebAuthn by allauth and fido2. A passkey that checked the person (finger, face, PIN) is something they have and
something they are or know: both factors, so it needs no password beside it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from datong.access.actions.people import note
from datong.access.factors import recovery_codes
from datong.access.models import User
from datong.kernel.errors import BadValue

MOST_PASSKEYS = 10
NO_ANSWER = (ValidationError, ValueError, TypeError, KeyError, AttributeError)
"""What allauth and fido2 raise for an answer that is none."""


def begin_passkey(request: HttpRequest, user: User, *, alone: bool = True) -> dict[str, Any]:
    """What the browser needs to make a passkey (WebAuthn creation options); the challenge is kept in the session.

    `alone`: one that finds its user by itself and asks for finger, face or PIN, so that it logs in without a password.
    Otherwise a security key for the second step.
    """
    from allauth.core.context import request_context
    from allauth.mfa.webauthn.internal import auth

    with request_context(request):
        options: dict[str, Any] = auth.begin_registration(user, alone)
        return options


def add_passkey(request: HttpRequest, user: User, name: str, credential: Any) -> list[str]:
    """Take a passkey the browser made; the recovery codes. BadValue when its answer does not fit the question."""
    from allauth.core.context import request_context
    from allauth.mfa.models import Authenticator
    from allauth.mfa.webauthn.internal import auth

    if Authenticator.objects.filter(user_id=user.pk, type="webauthn").count() >= MOST_PASSKEYS:
        raise BadValue("name", MOST_PASSKEYS, f"at most {MOST_PASSKEYS} passkeys")
    with request_context(request):
        try:
            auth.parse_registration_response(credential)
            auth.complete_registration(credential)
        except NO_ANSWER:
            raise BadValue("credential", "", "a passkey of this browser; try again") from None
        auth.WebAuthn.add(user, name.strip()[:80] or "Passkey", credential)
    note(user, "factor.add", user.username, after={"kind": "passkey", "name": name.strip()[:80]})
    return recovery_codes(user)


def ask_passkey(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to prove a passkey of this user (WebAuthn request options)."""
    from allauth.core.context import request_context
    from allauth.mfa.webauthn.internal import auth

    with request_context(request):
        options: dict[str, Any] = auth.begin_authentication(user)
        return options


def check_passkey(request: HttpRequest, user: User, answer: Any) -> bool:
    """Whether the browser proved a passkey of this user, for the challenge of this log-in."""
    from allauth.core.context import request_context
    from allauth.mfa.webauthn.internal import auth

    with request_context(request):
        try:
            auth.parse_authentication_response(answer)
            auth.complete_authentication(user, answer).record_usage()
        except NO_ANSWER:
            return False
    return True


def ask_anyone(request: HttpRequest) -> dict[str, Any]:
    """What the browser needs to prove a passkey of whoever is there, who must be checked by it."""
    from allauth.core.context import request_context
    from allauth.mfa.webauthn.internal import auth

    with request_context(request):
        options: dict[str, Any] = auth.begin_authentication()
        return options


def passkey_user(request: HttpRequest, answer: Any) -> User | None:
    """Whose passkey the browser proved, for the challenge of `ask_anyone`, which is good once; None when nobody's.

    A passkey that did not check the person is refused, and so is an answer to the challenge of a second step.
    """
    from allauth.core.context import request_context
    from allauth.mfa.webauthn.internal import auth

    with request_context(request):
        try:
            if (auth.get_state() or {}).get("user_verification") != "required":
                return None
            auth.parse_authentication_response(answer)
            user = auth.extract_user_from_response(answer)
            if not user.is_active:
                return None
            auth.complete_authentication(user, answer).record_usage()
        except NO_ANSWER:
            return None
        finally:
            auth.clear_state()
    found: User = user
    return found
