"""Reads of pulling."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.sync.inward.types import PullState

STATES = """
    SELECT channel_id, platform, reach, heard_at, due_at, full_done_at, failures, error, error_at, listed, gained
      FROM sync_pull WHERE brand_id = %(brand)s ORDER BY channel_id
"""


def pull_states(brand_id: UUID) -> dict[UUID, PullState]:
    """How each channel's list is read, by channel."""
    with in_brand(brand_id):
        return {row[0]: PullState(*row) for row in rows(STATES, {"brand": brand_id})}
