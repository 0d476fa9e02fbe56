"""Writes of log-ins: opened, switched, their passwords, preferences and log-in links."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction

from datong.access import rules
from datong.access.models import User
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound

LOGIN_LINK_S = 600
LOGIN_SALT = "datong.access.login"


def create_user(
    username: str, *, password: str | None = None, name: str = "", email: str = "", locale: str = "en"
) -> UUID:
    """Open a log-in that reaches no brand yet; without a password it opens by a log-in link only. Its id.

    Raises BadValue for an unusable name or a short password, Conflict when the name is taken.
    """
    username = rules.clean_username(username)
    if password is not None:
        rules.check_password(password)
    user = User(username=username, name=name.strip()[:120], email=email.strip(), locale=locale)
    user.password = make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"the username {username} is taken") from None
    return user.id


def set_password(user_id: UUID, password: str) -> None:
    """Change a password; the hash ends all sessions of the old one."""
    rules.check_password(password)
    if not User.objects.filter(id=user_id).update(password=make_password(password), one_click=None):
        raise NotFound(f"no user {user_id}")


def switch_user(user_id: UUID, *, active: bool) -> None:
    """Let somebody in or keep them out of every brand, at once."""
    if not User.objects.filter(id=user_id).update(is_active=active, one_click=None):
        raise NotFound(f"no user {user_id}")


def set_preferences(user_id: UUID, *, locale: str | None = None, theme: str | None = None) -> None:
    """Language (BCP 47) and theme: auto, light or dark."""
    if theme is not None and theme not in ("auto", "light", "dark"):
        raise BadValue("theme", theme, "auto, light or dark")
    changes = {key: value for key, value in (("locale", locale), ("theme", theme)) if value is not None}
    if changes and not User.objects.filter(id=user_id).update(**changes):
        raise NotFound(f"no user {user_id}")


def login_token(user_id: UUID, brand_id: UUID) -> str:
    """A signed token for a one-click log-in: good once, for ten minutes, and only until the next one is made."""
    nonce = uuid4()
    if not User.objects.filter(id=user_id, is_active=True).update(one_click=nonce):
        raise NotFound(f"no user {user_id}")
    return signing.dumps([str(user_id), str(brand_id), str(nonce)], salt=LOGIN_SALT)


def redeem_login_token(token: str) -> tuple[UUID, UUID]:
    """(user, brand) of a token that has not been used; using it is one statement, so two clicks cannot both win.

    Raises NotAllowed when it is forged, too old, used, replaced, or the log-in is switched off.
    """
    try:
        user_id, brand_id, nonce = map(UUID, signing.loads(token, salt=LOGIN_SALT, max_age=LOGIN_LINK_S))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotAllowed("this log-in link is not valid any more; ask for a new one") from None
    if not User.objects.filter(id=user_id, one_click=nonce, is_active=True).update(one_click=None):
        raise NotAllowed("this log-in link has been used; ask for a new one")
    return user_id, brand_id
