"""The second factor (双重验证): authenticator apps, passkeys, recovery codes, kept by django-allauth.

What allauth stores is its `mfa_authenticator`; the secrets in it are sealed with the installation's key. Log-in asks
for the second factor when a user has one; a brand may demand one of some roles.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter

from datong.access.actions.people import note
from datong.access.actions.sessions import first_time
from datong.access.models import FactorRule, User
from datong.access.types import Role
from datong.kernel import audit, secrets
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's questions answered our way: secrets are sealed, an app's label is the log-in name."""

    def encrypt(self, text: str) -> str:
        return secrets.seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text.encode())

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def build_totp_svg(self, url: str) -> str:
        """On white whatever the theme, or no camera would read it in the dark one."""
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        out = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(out)
        return out.getvalue().decode()

    def get_totp_issuer(self) -> str:
        return "Datong"

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor; `kind`: totp, webauthn or recovery_codes. `left`: recovery codes not used yet.

    `alone`: a passkey that logs in without a password.
    """

    id: int
    kind: str
    name: str
    made_at: datetime
    used_at: datetime | None
    left: int = 0
    alone: bool = False


def factors_of(user_id: UUID) -> list[Factor]:
    """Somebody's second factors, oldest first."""
    from allauth.mfa.models import Authenticator

    found = []
    for row in Authenticator.objects.filter(user_id=user_id).order_by("id"):
        kind = str(row.type)
        name = str(row.data.get("name", "")) if kind == "webauthn" else ""
        left = len(row.wrap().get_unused_codes()) if kind == "recovery_codes" else 0
        alone = kind == "webauthn" and bool(row.wrap().is_passwordless)
        found.append(Factor(row.pk, kind, name, row.created_at, row.last_used_at, left, alone))
    return found


def has_factor(user_id: UUID) -> bool:
    """Whether log-in asks for a second factor. Recovery codes alone are none."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=user_id, type__in=["totp", "webauthn"]).exists()


def new_totp(user: User) -> tuple[str, str, str]:
    """(secret, otpauth address, QR code as SVG) to set an app up; nothing is kept yet."""
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    adapter, secret = Adapter(), generate_totp_secret()
    url = adapter.build_totp_url(user, secret)
    return secret, url, adapter.build_totp_svg(url)


def totp_picture(user: User, secret: str) -> str:
    """The QR code of a secret that is being set up, as SVG."""
    adapter = Adapter()
    return str(adapter.build_totp_svg(adapter.build_totp_url(user, secret)))


def add_totp(user: User, secret: str, code: str) -> list[str]:
    """Take an app as second factor once a code proves it; the recovery codes, shown this once.

    Raises BadValue for a wrong code, Conflict when there is an app already.
    """
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code

    if Authenticator.objects.filter(user_id=user.pk, type="totp").exists():
        raise Conflict("there is an authenticator app already; take it away first")
    if not validate_totp_code(secret, code.strip()):
        raise BadValue("code", "", "the six digits the app shows now")
    TOTP.activate(user, secret)
    _note(user, "factor.add", {"kind": "authenticator app"})
    return recovery_codes(user)


def recovery_codes(user: User, *, anew: bool = False) -> list[str]:
    """The codes that are good once each, made if there are none or `anew`."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    if anew:
        Authenticator.objects.filter(user_id=user.pk, type="recovery_codes").delete()
        _note(user, "factor.renew_codes", {})
    return list(RecoveryCodes.activate(user).get_unused_codes())


def check_code(user_id: UUID, code: str) -> str:
    """'code' for the code an app shows, 'recovery' for one of the recovery codes, '' for neither. Good once each.

    That a code was used is kept in the database, so that no other process takes it again.
    """
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import validate_totp_code

    code = "".join(code.split())[:20]
    for row in Authenticator.objects.filter(user_id=user_id, type__in=["totp", "recovery_codes"]):
        if row.type == "totp":
            if validate_totp_code(Adapter().decrypt(row.data["secret"]), code):
                if not first_time(f"totp:{user_id}:{code}"):
                    return ""
                row.record_usage()
                return "code"
        elif row.wrap().validate_code(code):
            row.refresh_from_db()
            row.record_usage()
            return "recovery"
    return ""


def drop_factor(user: User, factor_id: int) -> None:
    """Take a second factor away; with the last one the recovery codes go. Twice is as once."""
    from allauth.mfa.models import Authenticator

    gone, _ = Authenticator.objects.filter(user_id=user.pk, pk=factor_id).delete()
    if not has_factor(user.pk):
        Authenticator.objects.filter(user_id=user.pk).delete()
    if gone:
        _note(user, "factor.drop", {"factor": factor_id})


def reset_factors(brand_id: UUID, user_id: UUID, *, by: str) -> None:
    """Take all second factors of somebody who lost them away; they set new ones up at the next log-in."""
    from allauth.mfa.models import Authenticator

    with in_brand(brand_id):
        user = User.objects.get(pk=user_id)
        Authenticator.objects.filter(user_id=user_id).delete()
        audit.record(brand=brand_id, actor=by, verb="factor.reset", subject=f"user {user.username}")


def factor_roles(brand_id: UUID) -> frozenset[Role]:
    """The roles of which the brand demands a second factor."""
    with in_brand(brand_id):
        return frozenset(Role(r) for r in FactorRule.objects.filter(brand_id=brand_id).values_list("role", flat=True))


def demand_factors(brand_id: UUID, roles: Collection[Role], *, by: str) -> None:
    """Say which roles must have a second factor; who has none sets one up at the next click."""
    with in_brand(brand_id):
        before = factor_roles(brand_id)
        FactorRule.objects.filter(brand_id=brand_id).delete()
        FactorRule.objects.bulk_create([FactorRule(brand_id=brand_id, role=Role(role).value) for role in set(roles)])
        audit.record(
            brand=brand_id,
            actor=by,
            verb="policy.second_factor",
            subject="second factor",
            before={"roles": sorted(before)},
            after={"roles": sorted(roles)},
        )


def _note(user: User, verb: str, facts: dict[str, Any]) -> None:
    note(user, verb, user.username, after=facts)
