"""A round with an ERP: read what is waiting, tell what was not told. Whatever goes wrong stands in its row."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, DatongError, Problem, Unavailable
from datong.sync.erp.folder import note_file, read_folder, try_lines
from datong.sync.erp.mapping import ErpMapping, FeedWords, erp_mapping
from datong.sync.erp.odoo import Odoo
from datong.sync.erp.out import send
from datong.sync.erp.read import read_records
from datong.sync.erp.store import get_erp
from datong.sync.erp.types import Erp, Feed, FileState, Sent, Taken
from datong.sync.inward.rules import wait_s

log = logging.getLogger(__name__)

EVERY_S = 60
LEASE_S = 600
OVERLAP = timedelta(minutes=10)

DUE = """
    SELECT code FROM sync_erp
     WHERE brand_id = %(brand)s AND (due_at IS NULL OR due_at <= %(now)s)
       AND (leased_until IS NULL OR leased_until <= %(now)s) AND live ORDER BY code LIMIT 4
"""
LEASE = """
    UPDATE sync_erp SET leased_until = %(until)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    RETURNING read_from::text, failures
"""
DONE = """
    UPDATE sync_erp SET leased_until = NULL, due_at = %(due)s, heard_at = %(now)s, failures = 0, error = %(error)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
FAIL = """
    UPDATE sync_erp SET leased_until = NULL, due_at = %(due)s, failures = failures + 1, error = %(error)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
MOVE = """
    UPDATE sync_erp SET read_from = read_from || %(read)s::jsonb WHERE brand_id = %(brand)s AND id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did; `problem` is why it stopped early."""

    taken: tuple[Taken, ...] = ()
    sent: tuple[Sent, ...] = ()
    problem: str = ""


def run_due(brand_id: UUID) -> list[Round]:
    """A round with every live ERP that is due."""
    with in_brand(brand_id):
        due = [code for (code,) in rows(DUE, {"brand": brand_id, "now": clock.now()})]
    return [run_erp(brand_id, code) for code in due]


def run_erp(brand_id: UUID, code: str) -> Round:
    """A round now; a dry one while the connection is not live. Raises UnknownErp."""
    erp = get_erp(brand_id, code)
    mapping = erp_mapping(erp.mapping, str(erp.settings.get("mapping_toml", "")))
    now = clock.now()
    about = {"brand": brand_id, "id": erp.id, "now": now}
    with in_brand(brand_id):
        leased = rows(LEASE, {**about, "until": now + timedelta(seconds=LEASE_S)})
    if not leased:
        return Round(problem="another worker is at it")
    read_from, failures = json.loads(leased[0][0]), leased[0][1]
    taken: list[Taken] = []
    sent: list[Sent] = []
    try:
        if mapping.protocol == "files":
            taken = read_folder(brand_id, erp, mapping, get_brand(brand_id).currency)
            sent = send(brand_id, erp, mapping)
        else:
            client = Odoo(erp, mapping.protocol)
            try:
                taken = _read_odoo(brand_id, erp, mapping, client, read_from)
                sent = send(brand_id, erp, mapping, client)
            finally:
                client.close()
    except (DatongError, OSError) as error:
        return _failed(about, error, failures, taken, sent)
    except Exception as error:
        log.exception("a round with an ERP failed", extra={"erp": code})
        return _failed(about, error, failures, taken, sent)
    said = next((s.problem for s in sent if s.problem), "")
    with in_brand(brand_id):
        execute(DONE, {**about, "due": clock.now() + timedelta(seconds=EVERY_S), "now": clock.now(), "error": said})
    return Round(tuple(taken), tuple(sent), said)


def _failed(
    about: dict[str, Any], error: Exception, failures: int, taken: Sequence[Taken], sent: Sequence[Sent]
) -> Round:
    asked = error.retry_after_s if isinstance(error, Unavailable) else 0
    due = clock.now() + timedelta(seconds=wait_s(failures + 1, asked))
    fixes = "; ".join(p.fix for p in getattr(error, "problems", ()))[:300]
    said = f"{error} ({fixes})" if fixes else str(error)
    with in_brand(about["brand"]):
        execute(FAIL, {**about, "due": due, "error": said[:500].replace("\x00", "")})
    return Round(tuple(taken), tuple(sent), said)


def _read_odoo(brand_id: UUID, erp: Erp, mapping: ErpMapping, client: Odoo, read_from: dict[str, str]) -> list[Taken]:
    """Feed after feed. What was changed since the last time, with an overlap: records that say the same again are
    passed over. Stock is read as a whole, since sales here change what is compared."""
    currency = get_brand(brand_id).currency
    done = []
    for words in mapping.feeds:
        domain = list(words.domain)
        key = f"{words.feed} {words.model}"
        if words.changed_by and key in read_from and erp.live:
            domain.append([words.changed_by, ">=", read_from[key]])
        records = list(client.records(words.model, domain, words.fields))
        done.append(_take(brand_id, erp, words, records, mapping, currency))
    return done


def _take(
    brand_id: UUID, erp: Erp, words: FeedWords, records: list[dict[str, Any]], mapping: ErpMapping, currency: str
) -> Taken:
    """Records and how far they were read, in one transaction."""
    lines, problems, count = read_records(_summed(records, words), words, mapping, currency)
    feed = Feed(words.feed)
    with in_brand(brand_id):
        changed, more = try_lines(brand_id, erp, feed, lines)
        found = (*problems, *more)
        state = FileState.PARTLY if found else FileState.TAKEN
        taken = Taken(words.model, feed, count, changed, max(0, len(lines) - changed - len(more)), found, state)
        if erp.live:
            newest = max((str(r.get(words.changed_by) or "") for r in records), default="") if words.changed_by else ""
            if newest:
                since = (_moment(newest) - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")
                moved = json.dumps({f"{words.feed} {words.model}": since})
                execute(MOVE, {"brand": brand_id, "id": erp.id, "read": moved})
            if changed or found:
                mark = sha256(f"{words.feed} {clock.now().isoformat()}".encode()).digest()
                note_file(brand_id, erp, mark, taken)
    return taken


def _summed(records: list[dict[str, Any]], words: FeedWords) -> list[dict[str, Any]]:
    """Odoo keeps a quant a lot, package and owner: of one product at one place they are added up."""
    if words.model != "stock.quant":
        return records
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        place = record["location_id"][1] if isinstance(record.get("location_id"), list) else ""
        product = record["product_id"][1] if isinstance(record.get("product_id"), list) else ""
        key = (product.partition("]")[0], place.partition("/")[0])
        before = found.get(key)
        quantity = record.get("quantity") or 0
        found[key] = {**record, "quantity": quantity + (before["quantity"] if before else 0)}
    return list(found.values())


def _moment(text: str) -> Any:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise BadInput("Odoo wrote a time that cannot be read", Problem("", "bad_time", "a time", text)) from None
