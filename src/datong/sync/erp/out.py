"""What an ERP is told: every order once, and each channel's day once its sums agree. By files, or record by record."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.api import list_channels, list_stores
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.orders import api as orders
from datong.orders.types import OrderState
from datong.sync.erp.folder import write_whole
from datong.sync.erp.mapping import ErpMapping, OutWords
from datong.sync.erp.odoo import Odoo
from datong.sync.erp.types import Erp, Sent, What
from datong.sync.reconcile.queries import reports
from datong.sync.reconcile.types import Verdict

BACK = timedelta(days=7)
BATCH = 200

ADD = """
    INSERT INTO sync_erpout (brand_id, erp_id, what, key, batch, reference, at, error)
    SELECT %(brand)s, %(erp)s, %(what)s, k, '', '', %(now)s, '' FROM unnest(%(keys)s::text[]) k ON CONFLICT DO NOTHING
"""
# A batch that has a name already was under way when somebody died: it goes first, under its old name.
CLAIM = """
    UPDATE sync_erpout o SET batch = CASE WHEN o.batch = '' THEN %(batch)s ELSE o.batch END
      FROM (SELECT key FROM sync_erpout
             WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND what = %(what)s AND sent_at IS NULL
               AND batch = coalesce((SELECT min(batch) FROM sync_erpout
                                      WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND what = %(what)s
                                        AND sent_at IS NULL AND batch <> ''), '')
             ORDER BY key LIMIT %(limit)s FOR UPDATE) w
     WHERE o.brand_id = %(brand)s AND o.erp_id = %(erp)s AND o.what = %(what)s AND o.key = w.key
    RETURNING o.key, o.batch
"""
DONE = """
    UPDATE sync_erpout SET sent_at = %(now)s, reference = %(reference)s, error = ''
     WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND what = %(what)s AND key = ANY (%(keys)s::text[])
"""
REFUSED = """
    UPDATE sync_erpout SET error = %(error)s, batch = ''
     WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND what = %(what)s AND key = %(key)s
"""
NOTE = """
    INSERT INTO sync_erpfile (brand_id, erp_id, sha, name, feed, out, state, rows, changed, problems, at)
    VALUES (%(brand)s, %(erp)s, %(sha)s, %(name)s, %(what)s, true, 'taken', %(rows)s, %(rows)s, '[]', %(now)s)
    ON CONFLICT DO NOTHING
"""


def send(brand_id: UUID, erp: Erp, mapping: ErpMapping, odoo: Odoo | None = None) -> list[Sent]:
    """Everything the mapping says the ERP is to be told and was not; nothing while the connection is not live."""
    if not erp.live:
        return []
    done = []
    for words in mapping.out:
        what = What(words.what)
        _add(brand_id, erp, what)
        done.append(_by_file(brand_id, erp, words) if words.file else _by_record(brand_id, erp, words, odoo))
    return done


def _add(brand_id: UUID, erp: Erp, what: What) -> None:
    """What is to be told joins the list; once, whoever asks how often."""
    since = max(erp.created_at, clock.now() - BACK)
    with in_brand(brand_id):
        if what is What.ORDERS:
            keys = [
                booked.number
                for channel in list_channels(brand_id)
                for booked in orders.booked_between(brand_id, channel.id, since, clock.now() + timedelta(days=1))
                if booked.state is not OrderState.CANCELLED
            ]
        else:
            keys = list(_days(brand_id, erp))
        if keys:
            execute(ADD, {**_about(brand_id, erp, what), "keys": keys, "now": clock.now()})


def _days(brand_id: UUID, erp: Erp) -> dict[str, dict[str, Any]]:
    """Days whose sums agree, or whose differences a person has explained."""
    codes = {channel.id: channel.code for channel in list_channels(brand_id)}
    found = {}
    for report in reports(brand_id, limit=200):
        if report.verdict in (Verdict.AGREES, Verdict.EXPLAINED) and report.ends_at >= erp.created_at:
            key = f"{report.day} {codes[report.channel_id]}"
            found[key] = {
                "day": report.day.isoformat(),
                "channel": codes[report.channel_id],
                "orders": report.our_count,
                "total": str(Money(report.our_minor, report.currency).decimal),
                "currency": report.currency,
                "reference": key,
            }
    return found


# by file -------------------------------------------------------------------------------------------------------------


def _by_file(brand_id: UUID, erp: Erp, words: OutWords) -> Sent:
    """Claimed under a name, written whole, then marked: a crash in between writes the same file again."""
    what = What(words.what)
    with in_brand(brand_id):
        params = {"batch": uuid7().hex[:20], "limit": BATCH}
        claimed = rows(CLAIM, {**_about(brand_id, erp, what), **params})
    if not claimed:
        return Sent(what)
    keys, batch = sorted(key for key, _ in claimed), claimed[0][1]
    name = Template(words.file).safe_substitute(batch=batch)
    facts = [row for key in keys for row in _facts(brand_id, erp, what, key, words)]
    content = _csv(facts, words)
    write_whole(Path(str(erp.settings["folder"])) / "out" / name, content)
    with in_brand(brand_id):
        about = {**_about(brand_id, erp, what), "now": clock.now()}
        execute(DONE, {**about, "keys": keys, "reference": name[:80]})
        execute(NOTE, {**about, "sha": sha256(content).digest(), "name": name[:200], "rows": len(facts)})
    return Sent(what, len(keys), name)


def _csv(facts: Sequence[Mapping[str, Any]], words: OutWords) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=words.delimiter)
    writer.writerow([theirs for theirs, _ in words.columns])
    for row in facts:
        writer.writerow([_cell(row, ours) for _, ours in words.columns])
    return out.getvalue().encode(words.encoding, "replace")


def _cell(row: Mapping[str, Any], ours: str) -> Any:
    """A constant after '=', else a fact of ours; an unknown name is told, not written as nothing."""
    if ours.startswith("="):
        return ours[1:]
    if ours not in row:
        problem = Problem("/out/columns", "unknown_name", f"one of {', '.join(sorted(row))}", ours)
        raise BadInput(f"nothing of ours is called {ours}", problem)
    return row[ours]


def _facts(brand_id: UUID, erp: Erp, what: What, key: str, words: OutWords) -> list[dict[str, Any]]:
    """The facts of one order (a row a line, or one), or of one day."""
    if what is What.SETTLEMENT:
        day = _days(brand_id, erp).get(key)
        return [day] if day else []
    view = orders.order_page(brand_id, key)
    channels = {channel.id: channel.code for channel in list_channels(brand_id)}
    stores = {store.id: store.code for store in list_stores(brand_id)}
    head = {
        "number": view.number,
        "external_id": view.external_id,
        "channel": channels.get(view.channel_id, ""),
        "store": stores.get(view.store_id, "") if view.store_id else "",
        "placed_at": _written(view.placed_at, words),
        "state": view.state,
        "currency": view.currency,
        "total": str(Money(view.total_minor, view.currency).decimal),
        "tax": str(Money(view.tax_minor, view.currency).decimal),
        "contact": view.contact_name,
        "phone": "" if view.contact_masked else view.contact_phone,
        "address": view.address,
        "reference": view.number,
    }
    if words.per == "order" and not words.lines:
        return [head]
    return [
        {
            **head,
            "line_no": line.line_no,
            "sku": line.sku,
            "title": line.title,
            "units": line.units,
            "unit": str(Money(line.unit_minor, view.currency).decimal),
            "unit_net": _unit_net(line.total_minor, line.units, view.currency),
            "discount": str(Money(line.discount_minor, view.currency).decimal),
            "line_total": str(Money(line.total_minor, view.currency).decimal),
        }
        for line in view.lines
    ]


def _unit_net(total_minor: int, units: int, currency: str) -> str:
    """What one unit was sold for after its discount; six places, so that units x price is the line to the coin."""
    return f"{Money(total_minor, currency).decimal / units:.6f}"


def _written(moment: datetime, words: OutWords) -> str:
    return moment.astimezone(ZoneInfo(words.zone or "UTC")).strftime(words.time)


# record by record ----------------------------------------------------------------------------------------------------


def _by_record(brand_id: UUID, erp: Erp, words: OutWords, odoo: Odoo | None) -> Sent:
    """Each looked up by our number before it is created: an answer that was lost makes no second record."""
    what = What(words.what)
    if odoo is None:
        raise BadInput("this mapping creates records", Problem("/protocol", "no_client", "a connection over HTTP"))
    with in_brand(brand_id):
        params = {"batch": uuid7().hex[:20], "limit": BATCH}
        keys = sorted(key for key, _ in rows(CLAIM, {**_about(brand_id, erp, what), **params}))
    count, problem = 0, ""
    for key in keys:
        try:
            facts = _facts(brand_id, erp, what, key, words)
            reference = _create(odoo, erp, words, facts) if facts else 0
        except BadInput as error:
            problem = str(error)
            with in_brand(brand_id):
                execute(REFUSED, {**_about(brand_id, erp, what), "key": key, "error": problem[:300]})
            continue
        with in_brand(brand_id):
            done = {"keys": [key], "reference": str(reference), "now": clock.now()}
            execute(DONE, {**_about(brand_id, erp, what), **done})
        count += 1
    return Sent(what, count, words.model, problem)


def _create(odoo: Odoo, erp: Erp, words: OutWords, facts: Sequence[Mapping[str, Any]]) -> int:
    values = {theirs: _value(odoo, erp, ours, facts[0]) for theirs, ours in words.values.items()}
    if words.key:
        there = odoo.call(
            words.model, "search_read", {"domain": [[words.key, "=", values[words.key]]], "fields": ["id"], "limit": 1}
        )
        if there:
            return int(there[0]["id"])
    if words.lines:
        lines = [{theirs: _value(odoo, erp, ours, row) for theirs, ours in words.line.items()} for row in facts]
        values[words.lines] = [[0, 0, line] for line in lines]
    return odoo.create(words.model, values)


def _value(odoo: Odoo, erp: Erp, ours: str, row: Mapping[str, Any]) -> Any:
    """A fact; 'setting:NAME' a setting of the connection; 'id:MODEL:FIELD:FACT' the record whose field is the fact."""
    kind, _, rest = ours.partition(":")
    if kind == "setting":
        if rest not in erp.settings:
            raise BadInput(
                f"the setting {rest} is missing", Problem(f"/settings/{rest}", "missing", "the id in the ERP")
            )
        found = erp.settings[rest]
        return int(found) if str(found).isdecimal() else found
    if kind == "id":
        model, field, fact = rest.split(":")
        there = odoo.call(model, "search_read", {"domain": [[field, "=", row[fact]]], "fields": ["id"], "limit": 2})
        if len(there) != 1:
            fix = f"exactly one {model} with {field} {row[fact]}; there are {len(there)}"
            raise BadInput(f"{model} {row[fact]} cannot be told apart", Problem("/sku", "not_one", fix, row[fact]))
        return int(there[0]["id"])
    found = _cell(row, ours)
    return float(found) if ours in ("unit_net", "total") else found  # Odoo's own type of an amount


def _about(brand_id: UUID, erp: Erp, what: What) -> dict[str, Any]:
    return {"brand": brand_id, "erp": erp.id, "what": what.value}
