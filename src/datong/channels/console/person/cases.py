"""Conversations: what they turned to us with, and how it stands."""

from __future__ import annotations

from typing import Any

from datong.access.types import Action
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.service.queue import own_stores, rows_of
from datong.service import api as service
from datong.service.types import CaseFilter

SHOWN = 10


def read(seen: Seen) -> dict[str, Any] | None:
    who = seen.who
    wanted = CaseFilter(live=False, customers=seen.records, stores=own_stores(who))
    found = service.list_cases(who.brand.id, wanted, limit=SHOWN).cases
    if not found:
        return None
    return {"rows": rows_of(who, found, seen.names, service.reasons(who.brand.id))}


BLOCK = Block("cases", "console/person/cases.html", read, needs=Action.SERVICE_VIEW)
