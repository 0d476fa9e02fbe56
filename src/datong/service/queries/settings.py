"""The brand's reasons and teams."""

from __future__ import annotations

from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.service.rules import all_reasons
from datong.service.types import Phase, Reason, Team

REASONS = "SELECT code, phase, minutes, name, active FROM service_reason WHERE brand_id = %s ORDER BY code"


def reasons(brand_id: UUID) -> dict[str, Reason]:
    """Every reason by its code, the built-in ones first; also those nobody chooses any more."""
    with in_brand(brand_id):
        own = [Reason(code, Phase(phase), *rest) for code, phase, *rest in rows(REASONS, [brand_id])]
    return all_reasons(own)


TEAMS = "SELECT code, name, types::text, agents::text FROM service_team WHERE brand_id = %s ORDER BY code"


def teams(brand_id: UUID) -> list[Team]:
    with in_brand(brand_id):
        found = rows(TEAMS, [brand_id])
    return [
        Team(code, name, tuple(msgspec.json.decode(types)), tuple(msgspec.json.decode(agents)))
        for code, name, types, agents in found
    ]
