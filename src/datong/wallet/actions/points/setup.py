"""Setting up points: programmes and their earning rules, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel import audit
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.wallet import rules
from datong.wallet.queries.points import earning_rules, programme
from datong.wallet.types import EarningRule, Programme

NEW = """
    INSERT INTO wallet_programme (brand_id, id, code, name, settings, active)
    VALUES (%(brand)s, %(id)s, %(code)s, %(name)s, %(settings)s::jsonb, %(active)s)
    ON CONFLICT (brand_id, code) DO NOTHING RETURNING id
"""
PUT = """
    INSERT INTO wallet_programme (brand_id, id, code, name, settings, active)
    VALUES (%(brand)s, %(id)s, %(code)s, %(name)s, %(settings)s::jsonb, %(active)s)
    ON CONFLICT (brand_id, code) DO UPDATE
       SET name = excluded.name, settings = excluded.settings || jsonb_build_object('id', wallet_programme.id),
           active = excluded.active
    RETURNING id
"""
BEFORE = "SELECT settings FROM wallet_programme WHERE brand_id = %(brand)s AND code = %(code)s FOR UPDATE"


def put_programme(brand: UUID, wanted: Programme, *, by: str, fresh: bool = False) -> Programme:
    """Make a points programme, or change the one of this code. Points that were earned keep the value they have.

    `fresh`: it is to be a new one. Raises BadInput naming every field that cannot be, and a code that is taken.
    """
    wanted = replace(wanted, code=wanted.code.strip(), name=wanted.name.strip())
    rules.check_programme(wanted)
    with in_brand(brand):
        key = {"brand": brand, "code": wanted.code}
        before = rows(BEFORE, key)
        settings = msgspec.json.encode(wanted).decode()
        columns = {"id": wanted.id, "name": wanted.name, "settings": settings, "active": wanted.active}
        put = rows(NEW if fresh else PUT, {**key, **columns})
        if not put:
            raise BadValue("code", wanted.code, "another short name: there is a programme of this one", code="taken")
        ((id_,),) = put
        made = replace(wanted, id=id_)
        audit.record(
            brand=brand,
            actor=by,
            verb="points.put_programme",
            subject=f"points {made.code}",
            before=_said(before[0][0]) if before else None,
            after=msgspec.to_builtins(made),
        )
        return made


def new_programme(code: str, name: str, **settings: Any) -> Programme:
    """A programme to be put; the settings are the fields of types.Programme."""
    return Programme(uuid7(), code, name, **settings)


DROP = "DELETE FROM wallet_earningrule WHERE brand_id = %(brand)s AND programme_id = %(programme)s"
WRITE = """
    INSERT INTO wallet_earningrule (brand_id, programme_id, code, settings)
    SELECT %(brand)s, %(programme)s, * FROM unnest(%(codes)s::text[], %(settings)s::jsonb[])
"""


def put_earning_rules(brand: UUID, programme_code: str, wanted: Sequence[EarningRule], *, by: str) -> list[EarningRule]:
    """Replace the earning rules of a programme; what was earned stays. Raises BadInput naming rule and field."""
    problems = []
    for n, rule in enumerate(wanted):
        try:
            rules.check_rule(rule)
        except BadInput as error:
            problems += [Problem(f"rules/{n}/{p.field}", p.code, p.fix, p.value) for p in error.problems]
    codes = [rule.code for rule in wanted]
    if len(set(codes)) != len(codes):
        problems.append(Problem("rules", "twice", "each code once", sorted(codes)[:20]))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems[:100])
    if len(wanted) > rules.MAX_RULES:
        raise BadValue("rules", len(wanted), f"at most {rules.MAX_RULES} rules")
    with in_brand(brand):
        found = programme(brand, programme_code)
        rows(BEFORE, {"brand": brand, "code": found.code})
        before = earning_rules(brand, found.id)
        key = {"brand": brand, "programme": found.id}
        execute(DROP, key)
        execute(WRITE, {**key, "codes": codes, "settings": [msgspec.json.encode(r).decode() for r in wanted]})
        audit.record(
            brand=brand,
            actor=by,
            verb="points.put_rules",
            subject=f"points {found.code}",
            before={"rules": msgspec.to_builtins(before)},
            after={"rules": msgspec.to_builtins(list(wanted))},
        )
        return earning_rules(brand, found.id)


def _said(settings: Any) -> dict[str, Any]:
    return msgspec.json.decode(settings) if isinstance(settings, str) else dict(settings)
