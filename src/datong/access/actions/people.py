"""Writes of log-ins: opened, switched, their passwords, preferences and log-in links."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction

from datong.access import rules
from datong.access.models import User
from datong.kernel import audit
from datong.kernel.db import in_brand, inside
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


def set_password(user_id: UUID, password: str, *, by: str) -> None:
    """Change a password; the hash ends all sessions of the old one. In the trail of every brand it opens."""
    rules.check_password(password)
    hashed = make_password(password)
    with transaction.atomic():
        user = _changed(user_id, password=hashed, one_click=None)
        note(user, "login.password", by)


def switch_user(user_id: UUID, *, active: bool, by: str) -> None:
    """Let somebody in or keep them out of every brand, at once; in the trail of each, when it changes anything."""
    with transaction.atomic():
        before = User.objects.select_for_update().filter(id=user_id).values_list("is_active", flat=True).first()
        user = _changed(user_id, is_active=active, one_click=None)
        if before != active:
            note(user, "login.switch", by, {"active": before}, {"active": active})


def _changed(user_id: UUID, **fields: Any) -> User:
    if not User.objects.filter(id=user_id).update(**fields):
        raise NotFound(f"no user {user_id}")
    return User.objects.get(id=user_id)


def note(
    user: User, verb: str, by: str, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """In the trail of every brand the log-in reaches; inside the transaction of one brand, in that one's."""
    here = inside()
    for brand_id in user.brand_ids if here is None else [here]:
        audit.record(brand=brand_id, actor=by, verb=verb, subject=f"user {user.username}", before=before, after=after)


def set_preferences(user_id: UUID, *, locale: str | None = None, theme: str | None = None) -> None:
    """Language (BCP 47) and theme: auto, light or dark."""
    if theme is not None and theme not in ("auto", "light", "dark"):
        raise BadValue("theme", theme, "auto, light or dark")
    changes = {key: value for key, value in (("locale", locale), ("theme", theme)) if value is not None}
    if changes and not User.objects.filter(id=user_id).update(**changes):
        raise NotFound(f"no user {user_id}")


def login_token(user_id: UUID, brand_id: UUID, *, by: str = "system") -> str:
    """A signed token for a one-click log-in: good once, for ten minutes, and only until the next one is made."""
    nonce = uuid4()
    with in_brand(brand_id):
        if not User.objects.filter(id=user_id, is_active=True).update(one_click=nonce):
            raise NotFound(f"no user {user_id}")
        note(User.objects.get(id=user_id), "staff.link", by)
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
