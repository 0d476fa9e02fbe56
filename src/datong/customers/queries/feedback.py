"""Reads of what customers said, and of the ideas it was linked to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.customers.types.feedback import Feedback, FeedbackFilter, FeedbackKind, Idea, IdeaState, WantedIdea
from datong.customers.types.steps import Stage
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor

MAX_PAGE = 500
MAX_IDEAS = 500
VOICES = """
    SELECT id, kind, text, channel_id, at, customer_id, order_number, product, stage, language, by, idea_id
      FROM customers_feedback
     WHERE brand_id = %(brand)s
       AND (%(after)s::uuid IS NULL OR (at, id) < (SELECT l.at, l.id FROM customers_feedback l
                                                    WHERE l.brand_id = %(brand)s AND l.id = %(after)s::uuid))
       AND (%(text)s = '' OR text ILIKE %(like)s)
       AND (%(kind)s = '' OR kind = %(kind)s)
       AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s::uuid)
       AND (%(stage)s = '' OR stage = %(stage)s)
       AND (%(product)s = '' OR product = %(product)s)
       AND (NOT %(unlinked)s OR idea_id IS NULL)
       AND (%(idea)s::uuid IS NULL OR idea_id = %(idea)s::uuid)
       AND (%(records)s::uuid[] IS NULL OR customer_id = ANY(%(records)s::uuid[]))
     ORDER BY at DESC, id DESC LIMIT %(limit)s
"""


def list_feedback(
    brand_id: UUID, wanted: FeedbackFilter, *, cursor: str = "", limit: int = 50
) -> tuple[list[Feedback], str]:
    """What was said, the latest first, and the cursor of the following page, '' at the end. One statement."""
    limit = max(1, min(limit, MAX_PAGE))
    text = wanted.text.strip()[:100]
    like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    key = {
        "brand": brand_id,
        "after": read_cursor(cursor),
        "text": text,
        "like": f"%{like}%",
        "kind": wanted.kind.value if wanted.kind else "",
        "channel": wanted.channel_id,
        "stage": wanted.stage.value if wanted.stage else "",
        "product": wanted.product.strip(),
        "unlinked": wanted.unlinked,
        "idea": wanted.idea_id,
        "records": None if wanted.records is None else list(wanted.records),
        "limit": limit + 1,
    }
    with in_brand(brand_id):
        found = [_feedback(row) for row in rows(VOICES, key)]
    more = len(found) > limit
    return found[:limit], write_cursor(found[limit - 1].id) if more else ""


def _feedback(row: Any) -> Feedback:
    id_, kind, text, channel, at, customer, order, product, stage, language, by, idea = row
    link = Stage(stage) if stage else None
    return Feedback(
        id_, FeedbackKind(kind), text, channel, at, customer, order, product, link, language, by, idea_id=idea
    )


IDEA = "SELECT id, title, text, state, owner, at, by FROM customers_idea WHERE brand_id = %(brand)s AND id = %(id)s"


def get_idea(brand_id: UUID, idea_id: UUID) -> Idea:
    """One idea; NotFound when the brand has none such."""
    with in_brand(brand_id):
        found = rows(IDEA, {"brand": brand_id, "id": idea_id})
    if not found:
        raise NotFound(f"no idea {idea_id}")
    return _idea(found[0])


def _idea(row: Any) -> Idea:
    return Idea(row[0], row[1], row[2], IdeaState(row[3]), *row[4:7])


WANTED = """
    SELECT i.id, i.title, i.text, i.state, i.owner, i.at, i.by, count(f.id)::int,
           count(DISTINCT coalesce(c.head_id, c.id))::int, count(f.id) FILTER (WHERE f.customer_id IS NULL)::int
      FROM customers_idea i
      LEFT JOIN customers_feedback f ON f.brand_id = i.brand_id AND f.idea_id = i.id
      LEFT JOIN customers_customer c ON c.brand_id = f.brand_id AND c.id = f.customer_id
     WHERE i.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR i.id = %(id)s::uuid)
     GROUP BY i.brand_id, i.id ORDER BY 9 DESC, 8 DESC, i.id DESC LIMIT %(limit)s
"""


def wanted_ideas(brand_id: UUID, *, idea_id: UUID | None = None) -> list[WantedIdea]:
    """Ideas (or the one), what most people want first; a person counts once, however often and as whom they said it.

    At most MAX_IDEAS; one statement.
    """
    with in_brand(brand_id):
        found = rows(WANTED, {"brand": brand_id, "id": idea_id, "limit": MAX_IDEAS})
    return [WantedIdea(_idea(row), *row[7:]) for row in found]
