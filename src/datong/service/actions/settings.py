"""The brand's own reasons and teams."""

from __future__ import annotations

import re
from uuid import UUID

import msgspec

from datong.kernel import audit
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue
from datong.service import queries
from datong.service.rules import check_text
from datong.service.types import Reason, Team

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_MINUTES = 90 * 24 * 60
MOST = 200

PUT_REASON = """
    INSERT INTO service_reason (brand_id, code, phase, minutes, name, active)
    VALUES (%(brand)s, %(code)s, %(phase)s, %(minutes)s, %(name)s, %(active)s)
    ON CONFLICT (brand_id, code) DO UPDATE
       SET phase = excluded.phase, minutes = excluded.minutes, name = excluded.name, active = excluded.active
"""


def put_reason(reason: Reason, *, brand: UUID, by: str) -> Reason:
    """Add a reason or change it; cases that have it keep it, and when they are due. The same again changes nothing."""
    _check_code(reason.code)
    if not 1 <= reason.minutes <= MOST_MINUTES:
        raise BadValue("/minutes", reason.minutes, f"1 to {MOST_MINUTES} minutes")
    with in_brand(brand):
        known = queries.reasons(brand)
        before = known.get(reason.code)
        if before is None or reason.name:
            check_text("/name", reason.name, 80)
        if before is None and len(known) >= MOST:
            raise BadValue("/code", reason.code, f"at most {MOST} reasons")
        about = {"code": reason.code, "phase": reason.phase.value, "minutes": reason.minutes}
        execute(PUT_REASON, {"brand": brand, **about, "name": reason.name.strip(), "active": reason.active})
        audit.record(
            brand=brand,
            actor=by,
            verb="case_reason.change",
            subject=f"case reason {reason.code}",
            before=_facts(before) if before else None,
            after=_facts(reason),
        )
        return reason


def _facts(reason: Reason) -> dict[str, object]:
    return {"phase": reason.phase, "minutes": reason.minutes, "name": reason.name, "active": reason.active}


PUT_TEAM = """
    INSERT INTO service_team (brand_id, code, name, types, agents)
    VALUES (%(brand)s, %(code)s, %(name)s, %(types)s, %(agents)s)
    ON CONFLICT (brand_id, code) DO UPDATE
       SET name = excluded.name, types = excluded.types, agents = excluded.agents
"""


def put_team(team: Team, *, brand: UUID, by: str) -> Team:
    """Make a team or change who is in it and whom it looks after; cases keep the team they have."""
    _check_code(team.code)
    check_text("/name", team.name, 80)
    for field, values in (("/types", team.types), ("/agents", team.agents)):
        if len(values) > MOST or any(not value.strip() or len(value) > 120 for value in values):
            raise BadValue(field, list(values)[:5], f"at most {MOST}, none of them empty")
    with in_brand(brand):
        known = {each.code: each for each in queries.teams(brand)}
        before = known.get(team.code)
        if before is None and len(known) >= MOST:
            raise BadValue("/code", team.code, f"at most {MOST} teams")
        lists = {name: msgspec.json.encode(getattr(team, name)).decode() for name in ("types", "agents")}
        execute(PUT_TEAM, {"brand": brand, "code": team.code, "name": team.name.strip(), **lists})
        audit.record(
            brand=brand,
            actor=by,
            verb="service_team.change",
            subject=f"service team {team.code}",
            before={"name": before.name, "types": before.types, "agents": before.agents} if before else None,
            after={"name": team.name, "types": team.types, "agents": team.agents},
        )
        return team


def _check_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise BadValue("/code", code[:60], "small letters, digits, - and _, at most 40")
