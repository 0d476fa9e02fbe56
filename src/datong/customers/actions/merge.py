"""Two records are one person, and not any more. Nothing that belongs to a record is moved, so a merge can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import json, to_builtins

from datong.customers import rules
from datong.customers.events import CustomersMerged, CustomersUnmerged
from datong.customers.queries import MERGE_COLUMNS, merge_of
from datong.customers.types import Identity, Merge, Outcome
from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

MAX_RECORDS = 200
"""Records of one person: more are a shop's telephone, not a person."""
MAX_REASON = 500


def merge(a: UUID, b: UUID, *, brand: UUID, by: str, reason: str, evidence: Sequence[Identity] = ()) -> Merge:
    """Say that two records are one person; every proposal between that person's records is settled.

    The same again gives the merge that stands. Raises NotFound for an unknown record, BadValue for a record with
    itself, no reason, or more records than a person has, Conflict when other merges already join the two.
    Merges of a brand take their turn (they are rare); orders and payments never wait for them.
    """
    first, second = sorted((a, b))
    if first == second:
        raise BadValue("other", str(b), "another customer: these are one already")
    said = _said(reason)
    with in_brand(brand):
        people = _people([first, second], brand)
        standing = people.standing.get((first, second))
        if standing is not None:
            return standing
        if people.heads[first] == people.heads[second]:
            raise Conflict(f"{first} and {second} are one already, joined by other merges")
        if len(people.since) > MAX_RECORDS:
            raise BadValue("other", str(b), f"at most {MAX_RECORDS} records for one person")
        made = Merge(uuid7(), first, second, said, tuple(evidence), by[:120], clock.now())
        heads = rules.heads(people.since, [*people.standing, (first, second)])
        execute(MERGE, {"brand": brand, **_values(made)})
        _put_heads(people, heads, brand)
        _settle(list(people.since), brand, by, Outcome.MERGED, said)
        audit.record(
            brand=brand,
            actor=by,
            verb="customer.merge",
            subject=f"customer {heads[first]}",
            after={"records": [str(first), str(second)], "evidence": [str(e.kind) for e in evidence]},
            reason=said,
        )
        outbox.emit(CustomersMerged(made.id, first, second, heads[first]))
    return made


def unmerge(merge_id: UUID, *, brand: UUID, by: str, reason: str) -> Merge:
    """Undo a merge: orders, identities, notes and what else belonged to each record are with it again.

    Records that other merges still join stay one. The same again gives what was undone. Raises NotFound, BadValue.
    """
    said = _said(reason)
    with in_brand(brand):
        locks.take(merge_lock(brand))
        found = rows(ONE, {"brand": brand, "id": merge_id})
        if not found:
            raise NotFound(f"no merge {merge_id}")
        was = merge_of(found[0])
        if was.undone_at is not None:
            return was
        people = _people([was.a, was.b], brand)
        now = clock.now()
        execute(UNDO, {"brand": brand, "id": merge_id, "now": now, "by": by[:120], "reason": said})
        heads = rules.heads(people.since, people.standing.keys() - {(was.a, was.b)})
        _put_heads(people, heads, brand)
        audit.record(
            brand=brand,
            actor=by,
            verb="customer.unmerge",
            subject=f"customer {people.heads[was.a]}",
            before={"records": [str(was.a), str(was.b)]},
            after={"heads": [str(heads[was.a]), str(heads[was.b])]},
            reason=said,
        )
        outbox.emit(CustomersUnmerged(merge_id, was.a, was.b, heads[was.a], heads[was.b]))
        return merge_of(rows(ONE, {"brand": brand, "id": merge_id})[0])


def refuse_merge(a: UUID, b: UUID, *, brand: UUID, by: str, reason: str) -> bool:
    """Two customers are not one person: they are not proposed again. False when no proposal of the two waits."""
    first, second = sorted((a, b))
    with in_brand(brand):
        settled = _settle([first, second], brand, by, Outcome.REFUSED, said := _said(reason))
        if settled:
            subject = f"customer {first}"
            after = {"not the same as": str(second)}
            audit.record(brand=brand, actor=by, verb="customer.refuse_merge", subject=subject, after=after, reason=said)
        return bool(settled)


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > MAX_REASON or not said.isprintable():
        raise BadValue("reason", reason[:80], f"1 to {MAX_REASON} printable characters")
    return said


def merge_lock(brand: UUID) -> str:
    return f"customers.merge:{brand}"


@dataclass(frozen=True, slots=True)
class _People:
    """The records of some people: since when each is known, its head, and the merges that join them."""

    since: dict[UUID, datetime]
    heads: dict[UUID, UUID]
    standing: dict[tuple[UUID, UUID], Merge]


RECORDS = """
    SELECT c.id, c.created_at, coalesce(c.head_id, c.id) FROM customers_customer c
     WHERE c.brand_id = %(brand)s AND (c.id = ANY(%(heads)s::uuid[]) OR c.head_id = ANY(%(heads)s::uuid[]))
"""
HEADS = """
    SELECT id, coalesce(head_id, id) FROM customers_customer WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
"""
STANDING = f"""
    SELECT {MERGE_COLUMNS} FROM customers_merge
     WHERE brand_id = %(brand)s AND a = ANY(%(ids)s::uuid[]) AND undone_at IS NULL ORDER BY id
"""  # noqa: S608  constants only
ONE = f"SELECT {MERGE_COLUMNS} FROM customers_merge WHERE brand_id = %(brand)s AND id = %(id)s"  # noqa: S608


def _people(ids: Sequence[UUID], brand: UUID) -> _People:
    """The people that these records are, locked against other merges of the brand."""
    locks.take(merge_lock(brand))
    heads = dict(rows(HEADS, {"brand": brand, "ids": list(ids)}))
    for one in ids:
        if one not in heads:
            raise NotFound(f"no customer {one}")
    found = rows(RECORDS, {"brand": brand, "heads": list(set(heads.values()))})
    since = {record: at for record, at, _ in found}
    merges = map(merge_of, rows(STANDING, {"brand": brand, "ids": list(since)}))
    return _People(since, {record: head for record, _, head in found}, {(m.a, m.b): m for m in merges})


MERGE = """
    INSERT INTO customers_merge (brand_id, id, a, b, reason, evidence, by, at, undone_by, undone_reason)
    VALUES (%(brand)s, %(id)s, %(a)s, %(b)s, %(reason)s, %(evidence)s::jsonb, %(by)s, %(at)s, '', '')
"""
UNDO = """
    UPDATE customers_merge SET undone_at = %(now)s, undone_by = %(by)s, undone_reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def _values(made: Merge) -> dict[str, object]:
    evidence = json.encode(to_builtins(made.evidence)).decode()
    return {name: getattr(made, name) for name in ("id", "a", "b", "reason", "by", "at")} | {"evidence": evidence}


PUT_HEADS = """
    UPDATE customers_customer c SET head_id = nullif(h.head, c.id)
      FROM unnest(%(ids)s::uuid[], %(heads)s::uuid[]) h(id, head) WHERE c.brand_id = %(brand)s AND c.id = h.id
"""


def _put_heads(people: _People, heads: dict[UUID, UUID], brand: UUID) -> None:
    changed = sorted(record for record, head in heads.items() if head != people.heads[record])
    execute(PUT_HEADS, {"brand": brand, "ids": changed, "heads": [heads[record] for record in changed]})


SETTLE = """
    UPDATE customers_mergeproposal SET settled_at = %(now)s, settled_by = %(by)s, outcome = %(outcome)s,
           reason = %(reason)s
     WHERE brand_id = %(brand)s AND a = ANY(%(ids)s::uuid[]) AND b = ANY(%(ids)s::uuid[]) AND settled_at IS NULL
"""


def _settle(ids: Sequence[UUID], brand: UUID, by: str, outcome: Outcome, reason: str) -> int:
    """Proposals between any two of these records wait no longer; how many did."""
    key = {"brand": brand, "ids": list(ids), "now": clock.now(), "by": by[:120]}
    return execute(SETTLE, {**key, "outcome": outcome.value, "reason": reason})
