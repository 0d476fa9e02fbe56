"""Members that are one person under several numbers, and those that may be. Decided by rules.people, never merged."""

from __future__ import annotations

from datong.customers.api import is_masked
from datong.kernel.db import rows
from datong.shadow.detect.common import Window
from datong.shadow.rules import Person, Same, contact_key, group_people, severity_of
from datong.shadow.types import MAX_FINDINGS, Finding, Kind

SHARING = """
    WITH twice AS (
        SELECT 'p' AS kind, phone AS value FROM shadow_member
         WHERE brand_id = %(brand)s AND project_id = %(project)s AND phone <> '' GROUP BY 2 HAVING count(*) > 1
        UNION ALL
        SELECT 'e', email FROM shadow_member
         WHERE brand_id = %(brand)s AND project_id = %(project)s AND email <> '' GROUP BY 2 HAVING count(*) > 1
    )
    SELECT s.code, m.native_id, m.name, m.phone, m.email, m.phone_verified, m.email_verified, m.link
      FROM shadow_member m JOIN shadow_system s ON s.brand_id = m.brand_id AND s.id = m.system_id
     WHERE m.brand_id = %(brand)s AND m.project_id = %(project)s
       AND (m.phone IN (SELECT value FROM twice WHERE kind = 'p')
            OR m.email IN (SELECT value FROM twice WHERE kind = 'e'))
     ORDER BY s.code, m.native_id
"""
SPENT = """
    WITH bought AS (
        SELECT phone_key, email_key, goods_minor FROM shadow_t_order
         WHERE sells AND NOT cancelled AND placed_at >= %(since)s AND placed_at < %(until)s
    ),
    named AS (
        SELECT phone_key AS key, goods_minor FROM bought
        UNION ALL SELECT email_key, goods_minor FROM bought WHERE email_key <> phone_key
    )
    SELECT key, sum(goods_minor) FROM named WHERE key = ANY(%(keys)s::text[]) GROUP BY 1
"""


def find_people(window: Window) -> list[Finding]:
    """Duplicates as the members stand now; their money is what these contacts bought on the window's day."""
    people = [
        Person(f"{code}/{native}", code, "" if is_masked(name) else name, *rest)
        for code, native, name, *rest in rows(SHARING, window.params)
    ]
    groups = group_people(people)[:MAX_FINDINGS]
    salt = window.project.id.bytes
    keys = {value: contact_key(salt, value) for group in groups for p in group.people for value in (p.phone, p.email)}
    wanted = sorted({key for key in keys.values() if key})
    spent = dict(rows(SPENT, {**window.params, "keys": wanted})) if wanted else {}
    return [_same(window, group, keys, spent) for group in groups]


def _same(window: Window, group: Same, keys: dict[str, str], spent: dict[str, int]) -> Finding:
    kind = Kind.DUPLICATE if group.certain else Kind.MAYBE_SAME
    contacts = {keys[value] for p in group.people for value in (p.phone, p.email) if value}
    return Finding(
        mark=f"{kind.value}:{':'.join(sorted(p.id for p in group.people))}"[:300],
        kind=kind,
        severity=severity_of(kind),
        day=window.day,
        at=window.since,
        amount_minor=max((int(spent.get(key, 0)) for key in contacts), default=0),
        currency=window.project.currency,
        title=next((p.name for p in group.people if p.name), ""),
        systems=tuple(sorted({p.system for p in group.people})),
        facts={"records": len(group.people), "systems": len({p.system for p in group.people})},
        evidence=tuple(
            {
                "system": p.system,
                "member": p.id.partition("/")[2],
                "name": p.name,
                "phone": p.phone,
                "email": p.email,
                "phone_verified": p.phone_verified,
                "email_verified": p.email_verified,
                "by": sorted(set(group.by) & {p.phone, p.email}),
            }
            for p in group.people
        ),  # fmt: skip
        rows=len(group.people),
    )
