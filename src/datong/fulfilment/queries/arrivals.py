"""Reads of who is in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows

OF_TASKS = """
    SELECT task_id, at FROM fulfilment_arrival WHERE brand_id = %(brand)s AND task_id = ANY(%(tasks)s::uuid[])
"""


def arrivals_of(brand_id: UUID, task_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when the customers of these tasks are in the store."""
    if not task_ids:
        return {}
    with in_brand(brand_id):
        return dict(rows(OF_TASKS, {"brand": brand_id, "tasks": list(task_ids)}))
