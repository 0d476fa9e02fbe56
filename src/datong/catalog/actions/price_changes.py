"""Changing many prices: preview, submit to a second person, apply at its date.

A price takes effect by its date, so applying is writing dated rows: nothing has to wake up when the date comes, and
every channel quotes the new price from the same moment on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Approval, ApprovalState, Asker, Staff
from datong.catalog.actions.common import CHUNK, chunks, stamp
from datong.catalog.actions.prices import write_prices
from datong.catalog.events import CatalogPut, PriceChanged
from datong.catalog.queries.price_changes import change_lines, get_change, reckon_change
from datong.catalog.queries.tables import decide_by_table
from datong.catalog.rules import changes as reckon
from datong.catalog.rules import forms
from datong.catalog.types import (
    ChangeLine,
    ChangeState,
    Flag,
    Formula,
    Item,
    Price,
    PriceChange,
    Wanted,
)
from datong.kernel import audit, clock, outbox
from datong.kernel.bulk import array
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

KIND = "price.change"
EVENTS_AT_ONCE = 1_000
DRAFT_DAYS = 7
ABOVE_EVERY_LIMIT = 10**12

INSERT = """
    INSERT INTO catalog_pricechange (brand_id, id, state, wanted, reason, currency, made_by, made_at, count, left_out,
                                     below_cost, big_jumps, worth_minor, begins, decided_by, undoes, mark)
    VALUES (%(brand)s, %(id)s, 'draft', %(wanted)s::jsonb, %(reason)s, %(currency)s, %(by)s, %(now)s, %(count)s,
            %(left_out)s, %(below)s, %(jumps)s, %(worth)s, %(begins)s, '', %(undoes)s, %(mark)s)
"""
INSERT_LINES = """
    INSERT INTO catalog_pricechangeline (brand_id, change_id, item_id, before_minor, after_minor, cost_minor,
                                         margin_before_bps, margin_after_bps, flags, number, price_list, begins, ends)
    SELECT %(brand)s, %(change)s, item, before, after, cost, margin_before, margin_after,
           coalesce(string_to_array(nullif(flags, ''), ' '), '{}'), number, list, begins, ends
      FROM unnest(%(items)s::uuid[], %(befores)s::bigint[], %(afters)s::bigint[], %(costs)s::bigint[],
                  %(margins_before)s::int[], %(margins_after)s::int[], %(flags)s::text[], %(numbers)s::int[],
                  %(lists)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
           AS line(item, before, after, cost, margin_before, margin_after, flags, number, list, begins, ends)
"""
FORGET_LINES = """
    DELETE FROM catalog_pricechangeline l USING catalog_pricechange c
     WHERE l.brand_id = %(brand)s AND c.brand_id = %(brand)s AND c.id = l.change_id AND c.state = 'draft'
       AND c.made_at < %(old)s
"""
FORGET = "DELETE FROM catalog_pricechange WHERE brand_id = %(brand)s AND state = 'draft' AND made_at < %(old)s"


def preview_change(
    brand_id: UUID, wanted: Wanted, *, by: str, reason: str = "", undoes: UUID | None = None
) -> PriceChange:
    """Reckon a change and keep it as a draft: nothing costs anything else yet. A few statements, whatever the number.

    Drafts that nobody submitted are forgotten after a week. Raises BadInput as `reckon_change` does.
    """
    currency, lines = reckon_change(brand_id, wanted)
    kept = [line for line in lines if not reckon.LEFT_OUT & set(line.flags)]
    change_id, now = uuid7(), clock.now()
    with in_brand(brand_id):
        for statement in (FORGET_LINES, FORGET):
            execute(statement, {"brand": brand_id, "old": now - timedelta(days=DRAFT_DAYS)})
        counts = {
            "count": len(kept),
            "left_out": len(lines) - len(kept),
            "below": sum(Flag.BELOW_COST in line.flags for line in kept),
            "jumps": sum(Flag.BIG_JUMP in line.flags for line in kept),
            "worth": reckon.worth_minor((line.before_minor, line.after_minor) for line in kept),
            "undoes": undoes,
        }
        keep_change(brand_id, change_id, wanted, currency=currency, by=by, reason=reason, at=now, **counts)
        keep_lines(brand_id, change_id, [_dated(line, n, wanted) for n, line in enumerate(kept, 1)])
        return get_change(brand_id, change_id)


def _dated(line: ChangeLine, number: int, wanted: Wanted) -> ChangeLine:
    return replace(line, number=number, price_list=wanted.price_list, begins=wanted.begins, ends=wanted.ends)


NOTHING = {"count": 0, "left_out": 0, "below": 0, "jumps": 0, "worth": 0, "undoes": None, "mark": None}


def keep_change(
    brand_id: UUID, change_id: UUID, wanted: Wanted, *, currency: str, by: str, reason: str, at: datetime, **counts: Any
) -> None:
    """A draft; `counts` are the columns of NOTHING."""
    given = {
        "brand": brand_id,
        "id": change_id,
        "wanted": msgspec.json.encode(replace(wanted, own={}, skus=wanted.skus[:100])).decode(),
        "reason": reason.strip()[:300],
        "currency": currency,
        "by": by[:120],
        "now": at,
        "begins": wanted.begins,
    }
    execute(INSERT, {**NOTHING, **given, **counts})


def keep_lines(brand_id: UUID, change_id: UUID, lines: Sequence[ChangeLine]) -> None:
    """The lines of a draft; one statement a 10,000."""
    for part in chunks(lines):
        execute(INSERT_LINES, _columns(brand_id, change_id, part))


def _columns(brand_id: UUID, change_id: UUID, lines: Sequence[ChangeLine]) -> dict[str, Any]:
    return {
        "brand": brand_id,
        "change": change_id,
        "items": array(str(line.item_id) for line in lines),
        "befores": [line.before_minor for line in lines],
        "afters": array(str(line.after_minor) for line in lines),
        "costs": [line.cost_minor for line in lines],
        "margins_before": [line.margin_before_bps for line in lines],
        "margins_after": [line.margin_after_bps for line in lines],
        "flags": array(" ".join(line.flags) for line in lines),
        "numbers": array(str(line.number) for line in lines),
        "lists": array(line.price_list for line in lines),
        "begins": [line.begins for line in lines],
        "ends": [line.ends for line in lines],
    }


TAKE = "SELECT state FROM catalog_pricechange WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"
SUBMITTED = """
    UPDATE catalog_pricechange SET state = 'waiting', approval_id = %(approval)s, reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('draft', 'waiting')
"""
REASON = "UPDATE catalog_pricechange SET reason = %(reason)s WHERE brand_id = %(brand)s AND id = %(id)s"


def lock_change(brand_id: UUID, change_id: UUID) -> str:
    """Its state, locked; the prices' stamp first, as every writer of prices does. NotFound when there is none."""
    stamp(brand_id, "prices")
    found = rows(TAKE, {"brand": brand_id, "id": change_id})
    if not found:
        raise NotFound(f"no price change {change_id}")
    return str(found[0][0])


def submit_change(brand_id: UUID, change_id: UUID, *, by: Asker, reason: str = "") -> PriceChange:
    """Ask for the change: done at once when the asker's limit covers what it is worth, else another person decides.

    Twice is as once. Raises BadValue without a reason or without a line, NotAllowed, and what applying it raises.
    """
    with in_brand(brand_id):
        lock_change(brand_id, change_id)
        change = get_change(brand_id, change_id)
        if change.state is not ChangeState.DRAFT:
            return change
        reason = (reason or change.reason).strip()[:300]
        if not reason:
            raise BadValue("reason", reason, "why the prices change")
        if not change.count:
            raise BadValue("selection", 0, "at least one price that changes")
        execute(REASON, {"brand": brand_id, "id": change_id, "reason": reason})
        asked = access.ask(
            KIND,
            brand=brand_id,
            by=by,
            subject=_subject(change),
            facts=_facts(change),
            amount_minor=_weight(brand_id, change),
            reason=reason,
            key=f"{KIND} {change_id}",
        )
        given = {"brand": brand_id, "id": change_id, "approval": asked.id, "reason": reason}
        if asked.state is not ApprovalState.APPROVED:
            execute(SUBMITTED, given)
        return get_change(brand_id, change_id)


def _weight(brand_id: UUID, change: PriceChange) -> int:
    """What the limit of the asker's role is held against: the worth, or more than any limit where the table says so."""
    given = {"prices": change.count, "below_cost": change.below_cost, "big_jumps": change.big_jumps}
    decided = decide_by_table(brand_id, forms.PRICE_APPROVAL, given)
    return ABOVE_EVERY_LIMIT if decided and decided["approval"] == "second" else change.worth_minor


def _subject(change: PriceChange) -> str:
    said = {"n": change.count, "list": change.wanted.price_list or _("the brand's list")}
    if change.wanted.several:
        return _("%(n)s prices in several lists") % said
    if change.wanted.formula is Formula.GIVEN and change.count == 1:
        return _("Price of %(sku)s in %(list)s") % {**said, "sku": change.wanted.skus[0]}
    return _("%(n)s prices in %(list)s") % said


def _facts(change: PriceChange) -> dict[str, Any]:
    wanted = change.wanted
    return {
        _("Prices that change"): change.count,
        _("Below cost"): change.below_cost,
        _("Changes of 30 percent or more"): change.big_jumps,
        _("From"): f"{wanted.begins:%Y-%m-%d %H:%M %Z}" if wanted.begins else _("at once"),
        _("Until"): f"{wanted.ends:%Y-%m-%d %H:%M %Z}" if wanted.ends else _("further notice"),
        "href": f"/prices/changes/{change.id}/",
    }


def apply_change(approval: Approval) -> None:
    """Carry an approved change out: its dated prices are written, all or none, in the decision's transaction.

    It begins at its date, or now when that has passed. Raises Conflict when a price has moved since the preview: what
    somebody approved is what they saw.
    """
    _carry_out(UUID(str(approval.facts["href"]).rstrip("/").rsplit("/", 1)[1]), approval)


DONE = """
    UPDATE catalog_pricechange SET state = 'done', approval_id = %(approval)s, decided_by = %(by)s,
           decided_at = %(now)s, begins = %(start)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
UNDONE = "UPDATE catalog_pricechange SET state = 'undone' WHERE brand_id = %(brand)s AND id = %(id)s"
BEGIN = """
    UPDATE catalog_pricechangeline
       SET begins = CASE WHEN begins < %(now)s AND %(dated)s AND begins <= %(asked)s THEN begins
                         ELSE greatest(begins, %(now)s) END
     WHERE brand_id = %(brand)s AND change_id = %(change)s
"""
OVER = """
    SELECT i.sku, l.ends FROM catalog_pricechangeline l
      JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
     WHERE l.brand_id = %(brand)s AND l.change_id = %(change)s AND l.ends <= l.begins ORDER BY i.sku LIMIT 1
"""
MOVED = """
    SELECT i.sku FROM catalog_pricechangeline l
      JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = l.brand_id AND p.price_list = l.price_list AND p.item_id = l.item_id
             AND p.valid_from <= l.begins AND (p.valid_to IS NULL OR p.valid_to > l.begins)
           ORDER BY p.valid_from DESC LIMIT 1) now ON true
     WHERE l.brand_id = %(brand)s AND l.change_id = %(change)s
       AND now.amount_minor IS DISTINCT FROM l.before_minor
     ORDER BY i.sku LIMIT 1001
"""


def _carry_out(change_id: UUID, approval: Approval) -> None:
    brand_id = current_brand()
    state = lock_change(brand_id, change_id)
    if state in (ChangeState.DONE, ChangeState.UNDONE):
        return
    if state == ChangeState.REFUSED:
        raise Conflict("this change was given up; make a new one")
    change, now = get_change(brand_id, change_id), clock.now()
    start = max(change.wanted.begins or now, now)
    _begin(change, now)
    told = 0
    for lines in pages(brand_id, change_id):
        prices = [Price(o.sku, o.after_minor, o.begins or start, o.ends, o.price_list) for o in lines]
        items = {line.sku: Item(line.item_id, line.sku, line.title) for line in lines}
        write_prices(brand_id, prices, items, change.made_by, change.reason)
        _tell(change, lines, start)
        told += len(lines)
    if not _tells(change):
        outbox.emit(CatalogPut(brand_id, "prices", told, change.made_by))
    done = {"brand": brand_id, "id": change_id, "approval": approval.id, "by": approval.decided_by, "now": now}
    execute(DONE, {**done, "start": start})
    if change.undoes:
        execute(UNDONE, {"brand": brand_id, "id": change.undoes})
    audit.record(
        brand=brand_id,
        actor=approval.decided_by or change.made_by,
        verb=KIND,
        subject=f"price change {change_id}",
        before=_said(change, lines, before=True),
        after={
            "list": change.wanted.price_list,
            "prices": told,
            "from": start,
            "asked_by": change.made_by,
            **_said(change, lines),
        },
        reason=change.reason,
    )


def _said(change: PriceChange, lines: Sequence[ChangeLine], *, before: bool = False) -> dict[str, Any]:
    """What the audit trail says of a change of one price."""
    if change.count != 1:
        return {}
    (line,) = lines
    return {"sku": line.sku, "amount_minor": line.before_minor if before else line.after_minor}


def _begin(change: PriceChange, now: datetime) -> None:
    """Say when each line begins: at its date, or now when that has passed while it waited. What a file dated back
    stays so. Conflict when a line has ended meanwhile, or stands on another price than the preview said."""
    given = {"brand": current_brand(), "change": change.id, "now": now, "asked": change.made_at}
    execute(BEGIN, {**given, "dated": change.wanted.formula is Formula.GIVEN})
    if over := rows(OVER, given):
        sku, ends = over[0]
        raise Conflict(f"the change of {sku} ended at {ends.isoformat()}, before it was approved; make a new one")
    if moved := rows(MOVED, given):
        named = ", ".join(sku for (sku,) in moved[:5])
        raise Conflict(f"{len(moved)} prices are other than in the preview ({named}); make a new preview")


def pages(brand_id: UUID, change_id: UUID) -> Iterator[list[ChangeLine]]:
    """All lines of a change, 10,000 at a time."""
    after = 0
    while lines := change_lines(brand_id, change_id, after=after, limit=CHUNK):
        yield lines
        after = lines[-1].number


def _tells(change: PriceChange) -> bool:
    """Whether each price is told by itself; of a long file only that there were many, as when it is loaded."""
    return change.wanted.formula is not Formula.GIVEN or change.count <= EVENTS_AT_ONCE


def _tell(change: PriceChange, lines: Sequence[ChangeLine], start: datetime) -> None:
    if not _tells(change):
        return
    for part in (lines[n : n + EVENTS_AT_ONCE] for n in range(0, len(lines), EVENTS_AT_ONCE)):
        outbox.emit(
            *(
                PriceChanged(
                    line.item_id, line.sku, line.price_list, change.currency, line.after_minor,
                    line.before_minor, line.begins or start, change.made_by, change.reason,
                )
                for line in part
            )
        )  # fmt: skip


REFUSED = """
    UPDATE catalog_pricechange SET state = 'refused', decided_by = %(by)s, decided_at = %(at)s
     WHERE brand_id = %(brand)s AND approval_id = %(approval)s AND state IN ('waiting', 'refused')
"""


def refuse_change(approval: Approval) -> None:
    """Its request was refused or taken back."""
    told = {"by": approval.decided_by, "at": approval.decided_at}
    execute(REFUSED, {"brand": current_brand(), "approval": approval.id, **told})


def decide_change(brand_id: UUID, change_id: UUID, *, by: Staff, approve: bool, note: str = "") -> PriceChange:
    """Decide the request of a change that waits; see access.decide."""
    change = get_change(brand_id, change_id)
    if change.approval_id is None:
        raise Conflict("this change does not wait for anybody")
    access.decide(change.approval_id, brand=brand_id, by=by, approve=approve, note=note)
    return get_change(brand_id, change_id)
