"""Reads of buying together: the deals, groups with who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor
from datong.wallet.types.groups import Group, GroupDeal, GroupState, GroupUnknown, Member

DEALS = """
    SELECT id, offer, title, people, hours, price_minor, active, ends_at FROM wallet_groupdeal
     WHERE brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR id = %(id)s) ORDER BY active DESC, id DESC LIMIT 200
"""


def group_deals(brand_id: UUID) -> list[GroupDeal]:
    """What is bought together, in force first, the newest first; at most 200."""
    with in_brand(brand_id):
        return [GroupDeal(*row) for row in rows(DEALS, {"brand": brand_id, "id": None})]


def group_deal(brand_id: UUID, deal_id: UUID) -> GroupDeal:
    with in_brand(brand_id):
        found = rows(DEALS, {"brand": brand_id, "id": deal_id})
    if not found:
        raise NotFound(f"nothing is bought together as {deal_id}")
    return GroupDeal(*found[0])


MEMBER = "m.id, m.group_id, m.customer_id, m.method, m.ref, m.at, m.voucher_id, m.back_at"
GROUP = "g.id, g.deal_id, d.title, d.offer, g.people, g.price_minor, g.currency, g.state, g.started_at, g.ends_at, g.ended_at, g.joined"  # noqa: E501
LIST = f"""
    SELECT {GROUP} FROM wallet_group g JOIN wallet_groupdeal d ON d.brand_id = g.brand_id AND d.id = g.deal_id
     WHERE g.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR g.id = %(id)s)
       AND (%(state)s::text = '' OR g.state = %(state)s) AND (%(before)s::uuid IS NULL OR g.id < %(before)s::uuid)
     ORDER BY g.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only
MEMBERS = f"""
    SELECT {MEMBER} FROM wallet_groupmember m
     WHERE m.brand_id = %s AND m.group_id = ANY(%s::uuid[]) ORDER BY m.id
"""  # noqa: S608


def groups(
    brand_id: UUID, *, state: GroupState | None = None, cursor: str = "", limit: int = 50, id: UUID | None = None
) -> tuple[list[Group], str]:
    """Groups with their members, the newest first, and the cursor of the next page."""
    size = max(1, min(limit, 200))
    key = {"brand": brand_id, "id": id, "state": state.value if state else "", "before": read_cursor(cursor)}
    with in_brand(brand_id):
        found = rows(LIST, {**key, "limit": size + 1})
        members = [Member(*row) for row in rows(MEMBERS, [brand_id, [row[0] for row in found[:size]]])]
    made = [_group(row, [member for member in members if member.group_id == row[0]]) for row in found[:size]]
    return made, write_cursor(made[-1].id) if len(found) > size else ""


def _group(row: Sequence[Any], members: Sequence[Member]) -> Group:
    told: tuple[Any, ...] = (*row[:7], GroupState(row[7]), *row[8:], tuple(members))
    return Group(*told)


def get_group(brand_id: UUID, group_id: UUID) -> Group:
    found, _ = groups(brand_id, id=group_id)
    if not found:
        raise GroupUnknown(f"no group {group_id}")
    return found[0]
