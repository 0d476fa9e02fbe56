"""Connections to ERPs: made, shown, switched live."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Conflict, Problem
from datong.kernel.ids import uuid7
from datong.kernel.secrets import seal, unseal
from datong.sync.erp.mapping import erp_mapping
from datong.sync.erp.types import Erp, FileRow, FileState, UnknownErp

FOLDERS = ("in", "processed", "failed", "out")
COLUMNS = "id, code, mapping, settings::text, live, created_at, heard_at, failures, error, sealed"
LIST = f"SELECT {COLUMNS} FROM sync_erp WHERE brand_id = %(brand)s ORDER BY code"  # noqa: S608 a constant of ours
PUT = """
    INSERT INTO sync_erp (brand_id, id, code, mapping, settings, sealed, live, created_at, failures, error, read_from)
    VALUES (%(brand)s, %(id)s, %(code)s, %(mapping)s, %(settings)s::jsonb, %(sealed)s, false, %(now)s, 0, '', '{}')
    ON CONFLICT (brand_id, code) DO UPDATE
       SET mapping = excluded.mapping, settings = excluded.settings, sealed = excluded.sealed, live = false,
           failures = 0, error = '', due_at = NULL
"""
LIVE = "UPDATE sync_erp SET live = %(live)s, due_at = NULL WHERE brand_id = %(brand)s AND id = %(id)s"
FILES = """
    SELECT name, feed, state, rows, changed, problems::text, at, out FROM sync_erpfile
     WHERE brand_id = %(brand)s AND erp_id = %(erp)s ORDER BY at DESC, sha LIMIT %(limit)s
"""


def put_erp(
    brand_id: UUID, code: str, mapping: str, *, settings: Mapping[str, Any], secrets: Mapping[str, str], by: str
) -> Erp:
    """Connect an ERP, or set its connection up anew; it is not live before it was checked. Raises BadInput by field.

    `settings`: `folder` for an exchange by files (made if it is not there), `base_url` and `database` for Odoo,
    `mapping_toml` for a mapping of the brand's own, `partner_id`, `journal_id`.
    """
    words = erp_mapping(mapping, str(settings.get("mapping_toml", "")))
    problems = []
    if not code or not all(c.isalnum() or c in "-_" for c in code) or len(code) > 40:
        problems.append(Problem("/code", "bad_code", "a short code of letters, digits and dashes", code[:60]))
    if words.protocol == "files" and not settings.get("folder"):
        problems.append(Problem("/settings/folder", "missing", "the folder files are exchanged in"))
    if words.protocol != "files":
        if not str(settings.get("base_url", "")).startswith(("https://", "http://127.0.0.1", "http://localhost")):
            problems.append(Problem("/settings/base_url", "not_https", "an address such as https://odoo.example"))
        if not secrets.get("api_key"):
            problems.append(Problem("/secrets/api_key", "missing", "an API key of a user who may read products"))
    if problems:
        raise BadInput("the ERP cannot be connected", *problems)
    if words.protocol == "files":
        _make_folders(Path(str(settings["folder"])))
    with in_brand(brand_id):
        params = {"brand": brand_id, "id": uuid7(), "code": code, "mapping": words.name, "now": clock.now()}
        execute(PUT, {**params, "settings": json.dumps(dict(settings)), "sealed": seal(json.dumps(dict(secrets)))})
        after = {"mapping": words.name, **{k: v for k, v in settings.items() if k != "mapping_toml"}}
        audit.record(brand=brand_id, actor=by, verb="erp.connect", subject=f"erp {code}", after=after)
        return get_erp(brand_id, code)


def _make_folders(root: Path) -> None:
    try:
        for name in FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue("settings/folder", str(root), f"a folder we may write to ({type(error).__name__})") from None


def list_erps(brand_id: UUID) -> list[Erp]:
    """The connections by code, their secrets opened: for readers, never for a screen."""
    with in_brand(brand_id):
        return [_erp(row) for row in rows(LIST, {"brand": brand_id})]


def get_erp(brand_id: UUID, code: str) -> Erp:
    """Raises UnknownErp."""
    for erp in list_erps(brand_id):
        if erp.code == code:
            return erp
    raise UnknownErp(f"no ERP {code}")


def set_live(brand_id: UUID, code: str, *, live: bool, blocking: Sequence[Problem], by: str) -> Erp:
    """Let what the ERP tells change things, or no more. Raises Conflict while a check finds blocking mismatches."""
    erp = get_erp(brand_id, code)
    if live and blocking:
        raise Conflict(f"{len(blocking)} mismatches keep this connection from going live", *blocking)
    with in_brand(brand_id):
        execute(LIVE, {"brand": brand_id, "id": erp.id, "live": live})
        audit.record(
            brand=brand_id,
            actor=by,
            verb="erp.live",
            subject=f"erp {code}",
            before={"live": erp.live},
            after={"live": live},
        )
        return get_erp(brand_id, code)


def list_files(brand_id: UUID, erp_id: UUID, *, limit: int = 50) -> list[FileRow]:
    """The files of a connection, newest first, at most 200."""
    with in_brand(brand_id):
        found = rows(FILES, {"brand": brand_id, "erp": erp_id, "limit": max(1, min(limit, 200))})
    return [
        FileRow(name, feed, FileState(state), count, changed, _problems(problems), at, out)
        for name, feed, state, count, changed, problems, at, out in found
    ]


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(Problem(p["field"], p["code"], p["fix"], p.get("value")) for p in json.loads(text))


def _erp(row: Sequence[Any]) -> Erp:
    id_, code, mapping, settings, live, created, heard, failures, error, sealed = row
    secrets = json.loads(unseal(bytes(sealed)))
    return Erp(id_, code, mapping, json.loads(settings), live, created, heard, failures, error, secrets)
