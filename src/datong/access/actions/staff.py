"""Writes of who works for a brand: roles, how far they reach, who answers for a channel."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError

from datong.access import rules
from datong.access.events import ChannelOwned, StaffAssigned
from datong.access.models import Assignment, ChannelOwner, User
from datong.access.queries.people import assignments
from datong.access.types import Role, ScopeKind
from datong.brand import api as brands
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem

JOIN_BRAND = """
    UPDATE access_user SET brand_ids = brand_ids || %(brand)s::uuid
     WHERE id = %(user)s AND NOT brand_ids @> ARRAY[%(brand)s::uuid]
"""
LEAVE_BRAND = """
    UPDATE access_user SET brand_ids = array_remove(brand_ids, %(brand)s::uuid) WHERE id = %(user)s
"""


def assign(
    brand_id: UUID,
    user_id: UUID,
    role: Role,
    *,
    by: str,
    store_ids: Collection[UUID] = (),
    scope: ScopeKind | None = None,
    scope_ids: Collection[UUID] = (),
    reason: str = "",
) -> None:
    """Give somebody a role in a brand and how far it reaches, in place of what they had.

    `store_ids` alone are a scope of stores. Raises BadValue when the scope does not fit the role, NotFound for an
    unknown user, Conflict when the brand would be left without an owner.
    """
    role = Role(role)
    reach, over = rules.check_assignment(role, store_ids, scope, scope_ids)
    with in_brand(brand_id):
        username = User.objects.filter(id=user_id).values_list("username", flat=True).first()
        if username is None:
            raise NotFound(f"no user {user_id}")
        before = _present(brand_id, user_id)
        if before and before.role == Role.OWNER and role is not Role.OWNER:
            _keep_an_owner(brand_id, user_id)
        row = Assignment(brand_id=brand_id, user_id=user_id, role=role.value, scope=reach.value, by=by)
        row.scope_ids, row.since = list(over), clock.now()
        Assignment.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["brand_id", "user_id"],
            update_fields=["role", "scope", "scope_ids", "since", "by"],
        )
        execute(JOIN_BRAND, {"brand": brand_id, "user": user_id})
        stores = over if reach is ScopeKind.STORE else ()
        outbox.emit(StaffAssigned(user_id, role.value, stores, by, reach.value))
        audit.record(
            brand=brand_id,
            actor=by,
            verb="staff.assign",
            subject=f"user {username}",
            before=_facts(before),
            after=_facts(row),
            reason=reason,
        )


def unassign(brand_id: UUID, user_id: UUID, *, by: str, reason: str = "") -> None:
    """Take somebody's role in a brand away; it holds from the next request on.

    Raises NotFound when there is none, Conflict when the brand would be left without an owner.
    """
    with in_brand(brand_id):
        before = _present(brand_id, user_id)
        if before is None:
            raise NotFound(f"user {user_id} has no role here")
        if before.role == Role.OWNER:
            _keep_an_owner(brand_id, user_id)
        assignments(brand_id, user_id).delete()
        username = User.objects.filter(id=user_id).values_list("username", flat=True).first() or str(user_id)
        audit.record(
            brand=brand_id,
            actor=by,
            verb="staff.unassign",
            subject=f"user {username}",
            before=_facts(before),
            reason=reason,
        )
        execute(LEAVE_BRAND, {"brand": brand_id, "user": user_id})
        outbox.emit(StaffAssigned(user_id, "", (), by))


OWNERS = """
    SELECT user_id FROM access_assignment WHERE brand_id = %(brand)s AND role = 'owner' ORDER BY id FOR UPDATE
"""


def _keep_an_owner(brand_id: UUID, leaving: UUID) -> None:
    """Stop here when nobody else owns the brand; two owners who leave at the same moment wait for each other."""
    if all(user == leaving for (user,) in rows(OWNERS, {"brand": brand_id})):
        problem = Problem("role", "last_owner", "make somebody else an owner first")
        raise Conflict("this is the only owner of the brand", problem)


def _present(brand_id: UUID, user_id: UUID) -> Assignment | None:
    found: Assignment | None = assignments(brand_id, user_id).select_for_update().first()
    return found


def _facts(row: Assignment | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {"role": str(row.role), "scope": str(row.scope), "scope_ids": [str(i) for i in row.scope_ids]}


def own_channel(brand_id: UUID, channel_id: UUID, name: str, *, by: str, user_id: UUID | None = None) -> None:
    """Make somebody responsible for a channel (S-11); the one before keeps their row, with its end.

    Raises Conflict when two name an owner at the same moment: the second must look at what the first did.
    """
    if not name.strip():
        raise BadValue("name", name, "the name of who answers for the channel")
    now = clock.now()
    owner = ChannelOwner(
        brand_id=brand_id, channel_id=channel_id, user_id=user_id, name=name.strip()[:120], since=now, by=by
    )
    with in_brand(brand_id):
        present = ChannelOwner.objects.filter(brand_id=brand_id, channel_id=channel_id, until=None)
        before = present.values_list("name", flat=True).first()
        present.update(until=now)
        try:
            with savepoint():
                owner.save(force_insert=True)
        except IntegrityError:
            raise Conflict("somebody else named an owner at this moment; look again") from None
        outbox.emit(ChannelOwned(channel_id, name.strip(), by))
        code = next((c.code for c in brands.list_channels(brand_id) if c.id == channel_id), channel_id)
        audit.record(
            brand=brand_id,
            actor=by,
            verb="channel.own",
            subject=f"channel {code}",
            before={"owner": before} if before else None,
            after={"owner": owner.name},
        )
