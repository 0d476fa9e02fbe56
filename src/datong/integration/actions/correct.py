"""A person lays a hand on an entry: corrects it, or lets it run again. What was is kept."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from datong.integration.actions.drain import settle
from datong.integration.actions.keep import Row, as_json, keep
from datong.integration.actions.notices import fetch_waiting
from datong.integration.queries import inbox_entry
from datong.integration.rules import KEPT_HISTORY
from datong.integration.types import MAX_BODY_BYTES, OPEN_STATES, InboxEntry, InboxState, TooLarge
from datong.kernel import audit, clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, NotFound, Problem


def correct(brand_id: UUID, inbox_id: UUID, body: str, who: str) -> InboxEntry:
    """Put a corrected payload in the place of one that could not be taken, and take it; the entry it became.

    The old entry stays as it came, superseded. Raises NotFound, Conflict (nothing to mend: it is placed or pending),
    TooLarge. `body` is the text of InboxEntry.body, mended; for a notice, its fetched details.
    """
    raw = body.encode()
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge(f"{len(raw)} bytes; at most {MAX_BODY_BYTES} are taken")
    if not raw.strip():
        raise BadInput("an empty correction", Problem("/body", "missing", "the payload, mended"))
    with in_brand(brand_id):
        old = _lock(inbox_id, OPEN_STATES | {InboxState.IGNORED})
        # A correction comes from a person, so what the sender alone could vouch for still counts as the sender's.
        row = Row(
            channel_id=old["channel_id"],
            connector=old["connector"],
            door=old["door"],
            run_id=old["run_id"],
            vouches=old["vouches"],
            body=old["body"] if old["fetched"] is not None else raw,
            fetched=raw if old["fetched"] is not None else None,
            awaits=old["awaits"],
            headers=old["headers"],
            corrected_from=inbox_id,
            corrected_by=who[:80],
        )
        keep([row])
        _mark(old, InboxState.SUPERSEDED, who, "corrected", {"by": str(row.id)})
        audit.record(brand=brand_id, actor=who, verb="inbox.correct", subject=f"inbox {inbox_id}")
    if row.awaits:
        fetch_waiting(brand_id, 100)
    settle(brand_id, [row.id])
    return inbox_entry(brand_id, row.id)


def replay(brand_id: UUID, inbox_id: UUID, who: str) -> InboxEntry:
    """Let an entry run again, after a mapping, a price or a fault was mended. Raises NotFound, Conflict."""
    with in_brand(brand_id):
        old = _lock(inbox_id, OPEN_STATES | {InboxState.IGNORED, InboxState.PENDING})
        again = old["awaits"] or (old["state"] == InboxState.IGNORED and old["fetched"] is not None)
        _mark(old, InboxState.PENDING, who, "replayed", {})
        audit.record(brand=brand_id, actor=who, verb="inbox.replay", subject=f"inbox {inbox_id}")
        if again:
            execute(ASK_AGAIN, {"brand": brand_id, "id": inbox_id})
    if again:
        fetch_waiting(brand_id, 100)
    settle(brand_id, [inbox_id])
    return inbox_entry(brand_id, inbox_id)


LOCK = """
    SELECT state, channel_id, connector, door, run_id, vouches, body, fetched, headers, problems, awaits
      FROM integration_inbox WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE
"""
_NAMES = (
    "state", "channel_id", "connector", "door", "run_id", "vouches", "body", "fetched", "headers", "problems", "awaits",
)  # fmt: skip
ASK_AGAIN = "UPDATE integration_inbox SET awaits = true WHERE brand_id = %(brand)s AND id = %(id)s"


def _lock(inbox_id: UUID, allowed: frozenset[InboxState]) -> dict[str, Any]:
    found = rows(LOCK, {"brand": current_brand(), "id": inbox_id})
    if not found:
        raise NotFound(f"no inbox entry {inbox_id}")
    old: dict[str, Any] = dict(zip(_NAMES, found[0], strict=True))
    if InboxState(old["state"]) not in allowed:
        fix = f"an entry that is {', '.join(sorted(allowed))}"
        raise Conflict(f"this entry is {old['state']}", Problem("/state", "nothing_to_mend", fix, old["state"]))
    old["id"], old["body"] = inbox_id, bytes(old["body"])
    old["headers"], old["problems"] = _json(old["headers"]), _json(old["problems"])
    return old


MARK = """
    UPDATE integration_inbox
       SET state = %(state)s::text, retry_at = NULL,
           attempts = CASE WHEN %(state)s::text = 'pending' THEN 0 ELSE attempts END,
           decided_at = CASE WHEN %(state)s::text <> 'pending' THEN %(now)s::timestamptz END,
           history = (SELECT coalesce(jsonb_agg(h ORDER BY n), '[]') FROM
                        jsonb_array_elements(history || %(entry)s::jsonb) WITH ORDINALITY AS x(h, n)
                       WHERE n > jsonb_array_length(history) + 1 - %(kept)s::int)
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def _mark(old: dict[str, Any], state: InboxState, who: str, what: str, more: dict[str, Any]) -> None:
    """The new state, and in the history what was before and whose hand it was."""
    entry = {
        "at": clock.now().isoformat(),
        "who": who,
        "what": what,
        "state": old["state"],
        "problems": old["problems"][:10],
        **more,
    }
    params = {"brand": current_brand(), "id": old["id"], "state": state.value, "now": clock.now(), "kept": KEPT_HISTORY}
    execute(MARK, {**params, "entry": as_json([entry])})


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
