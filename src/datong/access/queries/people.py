"""Reads of people and machines: staff, log-ins, channel owners, API clients."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.hashers import is_password_usable

from datong.access.models import Assignment, ChannelOwner, User
from datong.access.models import Client as ClientRow
from datong.access.types import Client, Owner, Role, Scope, ScopeKind, Staff
from datong.brand import api as brands
from datong.brand.types import Veil
from datong.kernel.db import in_brand, rows


class HasId(Protocol):
    @property
    def id(self) -> UUID: ...


STAFF = """
    SELECT u.username, a.role, a.scope, a.scope_ids, u.name, u.locale,
           EXISTS (SELECT 1 FROM access_factorrule r WHERE r.brand_id = a.brand_id AND r.role = a.role)
           AND NOT EXISTS (SELECT 1 FROM mfa_authenticator m WHERE m.user_id = u.id AND m.type <> 'recovery_codes')
      FROM access_assignment a JOIN access_user u ON u.id = a.user_id
     WHERE a.brand_id = %(brand)s AND a.user_id = %(user)s AND u.is_active
"""


def staff_of(user: UUID | HasId, brand_id: UUID) -> Staff | None:
    """What somebody is for a brand; None when it is nothing, or the log-in is switched off.

    Two statements; a third for somebody of regions.
    """
    user_id = user if isinstance(user, UUID) else user.id
    with in_brand(brand_id):
        found = rows(STAFF, {"brand": brand_id, "user": user_id})
        return _staff(brand_id, user_id, *found[0]) if found else None


LIST_STAFF = """
    SELECT u.id, u.username, a.role, a.scope, a.scope_ids, u.name, u.locale, false
      FROM access_assignment a JOIN access_user u ON u.id = a.user_id
     WHERE a.brand_id = %(brand)s AND u.is_active
     ORDER BY u.username
"""


def list_staff(brand_id: UUID) -> list[Staff]:
    """Everybody at work for the brand, by username."""
    with in_brand(brand_id):
        return [_staff(brand_id, *row) for row in rows(LIST_STAFF, {"brand": brand_id})]


LACKING = """
    SELECT a.user_id FROM access_assignment a
      JOIN access_factorrule r ON r.brand_id = a.brand_id AND r.role = a.role
     WHERE a.brand_id = %(brand)s AND NOT EXISTS (
           SELECT 1 FROM mfa_authenticator m WHERE m.user_id = a.user_id AND m.type <> 'recovery_codes')
"""


def lacking_factor(brand_id: UUID) -> frozenset[UUID]:
    """The users of whom the brand demands a second factor and who have none."""
    with in_brand(brand_id):
        return frozenset(user for (user,) in rows(LACKING, {"brand": brand_id}))


def user_id_of(username: str) -> UUID | None:
    """The id of a log-in name in any case, switched off or not."""
    name = username.strip().lower()
    return User.objects.filter(username=name).values_list("id", flat=True).first() if name.isprintable() else None


def usernames_of(users: Collection[UUID]) -> dict[UUID, str]:
    """The log-in names of these users; one statement."""
    return dict(User.objects.filter(id__in=list(users)).values_list("id", "username"))


def has_password(user_id: UUID) -> bool:
    """Whether somebody can log in by a password."""
    found = User.objects.filter(id=user_id).values_list("password", flat=True).first()
    return found is not None and is_password_usable(found)


def brands_of(user: UUID | HasId) -> tuple[UUID, ...]:
    """The brands somebody may choose after log-in; the role in each is asked from `staff_of`."""
    user_id = user if isinstance(user, UUID) else user.id
    found = User.objects.filter(id=user_id, is_active=True).values_list("brand_ids", flat=True).first()
    return tuple(found or ())


def owner_records(brand_id: UUID) -> dict[UUID, Owner]:
    """The present owner of each channel that has one."""
    with in_brand(brand_id):
        return {
            row.channel_id: Owner(row.channel_id, row.name, row.since, row.user_id)
            for row in ChannelOwner.objects.filter(brand_id=brand_id, until=None)
        }


def owners(brand_id: UUID) -> dict[UUID, str]:
    """Channel -> the name of its responsible owner, as `brand.api.gaps` wants it."""
    return {channel_id: owner.name for channel_id, owner in owner_records(brand_id).items()}


def owner_history(brand_id: UUID, channel_id: UUID) -> list[tuple[Owner, str]]:
    """All owners a channel has had, newest first, each with who appointed them."""
    with in_brand(brand_id):
        return [
            (Owner(row.channel_id, row.name, row.since, row.user_id), row.by)
            for row in ChannelOwner.objects.filter(brand_id=brand_id, channel_id=channel_id).order_by("-id")
        ]


def list_clients(brand_id: UUID) -> list[Client]:
    """The brand's API clients, revoked ones too, oldest first. The table is global, so the filter is written out."""
    return [client(row) for row in ClientRow.objects.filter(brand_id=brand_id).order_by("id")]


def client(row: ClientRow) -> Client:
    return Client(
        id=row.id,
        brand_id=row.brand_id,
        channel_id=row.channel_id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        created_by=row.created_by,
    )


def assignments(brand_id: UUID, user_id: UUID) -> Any:
    return Assignment.objects.filter(brand_id=brand_id, user_id=user_id)


def _staff(
    brand_id: UUID,
    user_id: UUID,
    username: str,
    role: str,
    scope: str,
    over: list[UUID],
    name: str,
    locale: str,
    lacks_factor: bool,
) -> Staff:
    reach, ids, stores, hidden = ScopeKind(scope), frozenset(over), frozenset[UUID](), Veil()
    if reach is ScopeKind.STORE:
        stores = ids
    elif reach is ScopeKind.REGION:
        stores = brands.stores_in_regions(brand_id, ids)
    elif reach is ScopeKind.COMPANY:
        stores = brands.stores_of_companies(brand_id, ids)
    if reach in (ScopeKind.BRAND, ScopeKind.REGION):  # people of a store or company see all of their own
        hidden = brands.veil(brand_id)
    return Staff(
        user_id=user_id,
        brand_id=brand_id,
        username=username,
        role=Role(role),
        store_ids=stores,
        name=name,
        locale=locale,
        scope=reach,
        scope_ids=ids,
        lacks_factor=lacks_factor,
        hidden_store_ids=hidden.hidden,
        masked_store_ids=hidden.masked,
    )
