"""What customers say is kept, and linked to ideas by a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from datong.customers.queries.feedback import get_idea
from datong.customers.types.feedback import Feedback, Idea
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound

MAX_FEEDBACK = 500
MAX_WORDS = 2000
MAX_LINKED = 50
AHEAD = timedelta(minutes=10)
RECORD = """
    WITH told AS (
        SELECT t.*
          FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(texts)s::text[], %(channels)s::uuid[],
                      %(ats)s::timestamptz[], %(customers)s::uuid[], %(orders)s::text[], %(products)s::text[],
                      %(stages)s::text[], %(languages)s::text[], %(bys)s::text[])
               t(id, kind, text, channel_id, at, customer_id, order_number, product, stage, language, by)
    ), added AS (
        INSERT INTO customers_feedback (brand_id, id, kind, text, channel_id, at, customer_id, order_number, product,
                                        stage, language, by)
        SELECT %(brand)s, t.* FROM told t ORDER BY t.id
        ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
    )
    SELECT (SELECT count(*)::int FROM added),
           (SELECT t.customer_id FROM told t LEFT JOIN customers_customer c
                ON c.brand_id = %(brand)s AND c.id = t.customer_id
             WHERE t.customer_id IS NOT NULL AND c.id IS NULL LIMIT 1)
"""


def record_feedback(told: Sequence[Feedback], *, brand: UUID) -> int:
    """Keep what customers said; how much of it is new. One statement, whatever its number.

    What is there already stays as it was first told. Raises BadValue naming the field, NotFound when one of the
    customers is not known: nothing is kept then.
    """
    if not 1 <= len(told) <= MAX_FEEDBACK:
        raise BadValue("feedback", len(told), f"1 to {MAX_FEEDBACK} feedbacks")
    latest, plain = clock.now() + AHEAD, [" ".join(one.text.split()) for one in told]
    for n, (one, text) in enumerate(zip(told, plain, strict=True)):
        if not text or len(text) > MAX_WORDS or "\x00" in text:
            raise BadValue(f"/feedback/{n}/text", one.text[:80], f"1 to {MAX_WORDS} characters")
        if one.at > latest:
            raise BadValue(f"/feedback/{n}/at", one.at.isoformat(), "a time that is not ahead of now")
        for field, value, most in (
            ("order", one.order, 60),
            ("product", one.product, 60),
            ("language", one.language, 35),
        ):
            if len(value) > most or not (value.isprintable() or not value):
                raise BadValue(f"/feedback/{n}/{field}", value[:80], f"at most {most} printable characters")
    with in_brand(brand, may_fail=True):
        ((added, stranger),) = rows(
            RECORD,
            {
                "brand": brand,
                "ids": [one.id for one in told],
                "kinds": [one.kind.value for one in told],
                "texts": plain,
                "channels": [one.channel_id for one in told],
                "ats": [one.at for one in told],
                "customers": [one.customer_id for one in told],
                "orders": [one.order.strip() for one in told],
                "products": [one.product.strip() for one in told],
                "stages": [one.stage.value if one.stage else "" for one in told],
                "languages": [one.language for one in told],
                "bys": [one.by[:120] for one in told],
            },
        )
        if stranger:
            raise NotFound(f"no customer {stranger}")
    return int(added)


PUT = """
    INSERT INTO customers_idea (brand_id, id, title, text, state, owner, at, by)
    VALUES (%(brand)s, %(id)s, %(title)s, %(text)s, %(state)s, %(owner)s, %(now)s, %(by)s)
    ON CONFLICT (brand_id, id) DO UPDATE
       SET title = excluded.title, text = excluded.text, state = excluded.state, owner = excluded.owner
"""
LOCK_IDEA = "SELECT id FROM customers_idea WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"


def put_idea(idea: Idea, *, brand: UUID, by: str) -> Idea:
    """Write an idea, new or known by its id; the same again changes nothing. Raises BadValue naming the field."""
    title, text = " ".join(idea.title.split()), idea.text.strip()
    if not 1 <= len(title) <= 120 or not title.isprintable():
        raise BadValue("title", idea.title[:80], "1 to 120 printable characters")
    if len(text) > MAX_WORDS or "\x00" in text:
        raise BadValue("text", text[:80], f"at most {MAX_WORDS} characters")
    if len(idea.owner) > 120 or not (idea.owner.isprintable() or not idea.owner):
        raise BadValue("owner", idea.owner[:80], "a username")
    with in_brand(brand):
        rows(LOCK_IDEA, {"brand": brand, "id": idea.id})
        try:
            before: Idea | None = get_idea(brand, idea.id)
        except NotFound:
            before = None
        made = replace(
            idea, title=title, text=text, at=before.at if before else clock.now(), by=before.by if before else by
        )
        if made == before:
            return made
        said = {"title": title, "text": text, "state": idea.state.value, "owner": idea.owner}
        execute(PUT, {"brand": brand, "id": idea.id, **said, "now": made.at, "by": by[:120]})
        was = {name: getattr(before, name) for name in said} if before else None
        audit.record(
            brand=brand, actor=by, verb="customers.put_idea", subject=f"idea {idea.id}", before=was, after=said
        )
    return made


LINKED = """
    SELECT id, idea_id FROM customers_feedback
     WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
"""
LINK = """
    UPDATE customers_feedback SET idea_id = %(idea)s WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
"""


def link_feedback(ids: Collection[UUID], idea_id: UUID | None, *, brand: UUID, by: str) -> int:
    """Say that these feedbacks want this idea, or (None) none; how many changed. Said again it changes nothing.

    Raises BadValue when none or too many are chosen, NotFound when one of them or the idea is not there.
    """
    wanted = set(ids)
    if not 1 <= len(wanted) <= MAX_LINKED:
        raise BadValue("id", len(wanted), f"1 to {MAX_LINKED} feedbacks")
    with in_brand(brand):
        if idea_id:
            get_idea(brand, idea_id)
        stood = dict(rows(LINKED, {"brand": brand, "ids": sorted(wanted)}))
        if missing := wanted - set(stood):
            raise NotFound(f"no feedback {min(missing)}")
        changed = [one for one, old in stood.items() if old != idea_id]
        if changed:
            execute(LINK, {"brand": brand, "ids": changed, "idea": idea_id})
            audit.record(
                brand=brand,
                actor=by,
                verb="customers.link_feedback",
                subject=f"idea {idea_id or stood[changed[0]]}",
                before={str(one): str(stood[one] or "") for one in changed},
                after={str(one): str(idea_id or "") for one in changed},
            )
    return len(changed)
