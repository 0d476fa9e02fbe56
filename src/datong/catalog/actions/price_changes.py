"""Changing many prices: preview, submit to a second person, apply at its date, undo; costs and price policies.

A price takes effect by its date, so applying is writing dated rows: nothing has to wake up when the date comes, and
every channel quotes the new price from the same moment on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Approval, ApprovalState, Staff
from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.actions.prices import write_prices
from datong.catalog.events import CatalogPut, PriceChanged
from datong.catalog.queries import items_by_sku
from datong.catalog.queries.price_changes import change_lines, get_change, reckon_change
from datong.catalog.queries.tables import decide_by_table
from datong.catalog.rules import changes as reckon
from datong.catalog.rules import forms
from datong.catalog.types import (
    ChangeLine,
    ChangeState,
    Cost,
    Flag,
    Formula,
    Item,
    Price,
    PriceChange,
    Wanted,
)
from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

KIND = "price.change"
EVENTS_AT_ONCE = 1_000
DRAFT_DAYS = 7
ABOVE_EVERY_LIMIT = 10**12

INSERT = """
    INSERT INTO catalog_pricechange (brand_id, id, state, wanted, reason, currency, made_by, made_at, count, left_out,
                                     below_cost, big_jumps, worth_minor, begins, decided_by, undoes)
    VALUES (%(brand)s, %(id)s, 'draft', %(wanted)s::jsonb, %(reason)s, %(currency)s, %(by)s, %(now)s, %(count)s,
            %(left_out)s, %(below)s, %(jumps)s, %(worth)s, %(begins)s, '', %(undoes)s)
"""
INSERT_LINES = """
    INSERT INTO catalog_pricechangeline (brand_id, change_id, item_id, before_minor, after_minor, cost_minor,
                                         margin_before_bps, margin_after_bps, flags)
    SELECT %(brand)s, %(change)s, item, before, after, cost, margin_before, margin_after,
           coalesce(string_to_array(nullif(flags, ''), ' '), '{}')
      FROM unnest(%(items)s::uuid[], %(befores)s::bigint[], %(afters)s::bigint[], %(costs)s::bigint[],
                  %(margins_before)s::int[], %(margins_after)s::int[], %(flags)s::text[])
           AS line(item, before, after, cost, margin_before, margin_after, flags)
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
        execute(
            INSERT,
            {
                "brand": brand_id,
                "id": change_id,
                "wanted": msgspec.json.encode(replace(wanted, own={}, skus=wanted.skus[:100])).decode(),
                "reason": reason.strip()[:300],
                "currency": currency,
                "by": by[:120],
                "now": now,
                "count": len(kept),
                "left_out": len(lines) - len(kept),
                "below": sum(Flag.BELOW_COST in line.flags for line in kept),
                "jumps": sum(Flag.BIG_JUMP in line.flags for line in kept),
                "worth": reckon.worth_minor((line.before_minor, line.after_minor) for line in kept),
                "begins": wanted.begins,
                "undoes": undoes,
            },
        )
        if kept:
            execute(INSERT_LINES, _columns(brand_id, change_id, kept))
        return get_change(brand_id, change_id)


def _columns(brand_id: UUID, change_id: UUID, lines: Sequence[ChangeLine]) -> dict[str, Any]:
    return {
        "brand": brand_id,
        "change": change_id,
        "items": [line.item_id for line in lines],
        "befores": [line.before_minor for line in lines],
        "afters": [line.after_minor for line in lines],
        "costs": [line.cost_minor for line in lines],
        "margins_before": [line.margin_before_bps for line in lines],
        "margins_after": [line.margin_after_bps for line in lines],
        "flags": [" ".join(line.flags) for line in lines],
    }


TAKE = "SELECT state FROM catalog_pricechange WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"
SUBMITTED = """
    UPDATE catalog_pricechange SET state = 'waiting', approval_id = %(approval)s, reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('draft', 'waiting')
"""
REASON = "UPDATE catalog_pricechange SET reason = %(reason)s WHERE brand_id = %(brand)s AND id = %(id)s"


def submit_change(brand_id: UUID, change_id: UUID, *, by: Staff, reason: str = "") -> PriceChange:
    """Ask for the change: done at once when the asker's limit covers what it is worth, else another person decides.

    Twice is as once. Raises BadValue without a reason or without a line, NotAllowed, and what applying it raises.
    """
    with in_brand(brand_id):
        if not rows(TAKE, {"brand": brand_id, "id": change_id}):
            raise NotFound(f"no price change {change_id}")
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
MOVED = """
    SELECT i.sku FROM catalog_pricechangeline l
      JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
      LEFT JOIN LATERAL (
          SELECT p.amount_minor FROM catalog_price p
           WHERE p.brand_id = l.brand_id AND p.price_list = %(list)s AND p.item_id = l.item_id
             AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
           ORDER BY p.valid_from DESC LIMIT 1) now ON true
     WHERE l.brand_id = %(brand)s AND l.change_id = %(change)s
       AND now.amount_minor IS DISTINCT FROM l.before_minor
     ORDER BY i.sku LIMIT 1001
"""


def _carry_out(change_id: UUID, approval: Approval) -> None:
    brand_id = current_brand()
    stamp(brand_id, "prices")
    ((state,),) = rows(TAKE, {"brand": brand_id, "id": change_id})
    if state in (ChangeState.DONE, ChangeState.UNDONE):
        return
    change, now = get_change(brand_id, change_id), clock.now()
    wanted = change.wanted
    start = max(wanted.begins or now, now)
    if wanted.ends is not None and wanted.ends <= start:
        raise Conflict(f"the change ended at {wanted.ends.isoformat()}, before it was approved; make a new one")
    moved = rows(MOVED, {"brand": brand_id, "change": change_id, "list": wanted.price_list, "at": start})
    if moved:
        named = ", ".join(sku for (sku,) in moved[:5])
        raise Conflict(f"{len(moved)} prices are other than in the preview ({named}); make a new preview")
    lines = change_lines(brand_id, change_id, limit=reckon.MAX_LINES)
    prices = [Price(line.sku, line.after_minor, start, wanted.ends, wanted.price_list) for line in lines]
    items = {line.sku: Item(line.item_id, line.sku, line.title) for line in lines}
    write_prices(brand_id, prices, items, change.made_by, change.reason)
    _tell(change, lines, start)
    done = {"brand": brand_id, "id": change_id, "approval": approval.id, "by": approval.decided_by, "now": now}
    execute(DONE, {**done, "start": start})
    if change.undoes:
        execute(UNDONE, {"brand": brand_id, "id": change.undoes})
    audit.record(
        brand=brand_id,
        actor=approval.decided_by or change.made_by,
        verb=KIND,
        subject=f"price change {change_id}",
        after={"list": wanted.price_list, "prices": len(lines), "from": start, "asked_by": change.made_by},
        reason=change.reason,
    )


def _tell(change: PriceChange, lines: Sequence[ChangeLine], start: Any) -> None:
    for n in range(0, len(lines), EVENTS_AT_ONCE):
        outbox.emit(
            *(
                PriceChanged(
                    line.item_id, line.sku, change.wanted.price_list, change.currency, line.after_minor,
                    line.before_minor, start, change.made_by, change.reason,
                )
                for line in lines[n : n + EVENTS_AT_ONCE]
            )
        )  # fmt: skip


def undo_change(brand_id: UUID, change_id: UUID, *, by: Staff, reason: str) -> PriceChange:
    """Ask for what held before: a change of its own with new dated rows, approved like any other. Nothing is deleted.

    Prices that were new, or have changed again since, are left as they are. Raises Conflict for a change that is not
    done or whose prices have all moved on.
    """
    change = get_change(brand_id, change_id)
    if change.state is not ChangeState.DONE or change.begins is None:
        raise Conflict("only a change that was carried out can be undone")
    now = clock.now()
    if change.wanted.ends is not None and change.wanted.ends <= now:
        raise Conflict("the change has ended by itself: the prices before it hold again")
    with in_brand(brand_id):
        lines = change_lines(brand_id, change_id, limit=reckon.MAX_LINES)
        before = {line.sku: line.before_minor for line in lines if line.before_minor is not None}
        after = {line.sku: line.after_minor for line in lines}
        wanted = Wanted(
            change.wanted.price_list,
            Formula.SET,
            own=before,
            begins=change.begins if change.begins > now else None,
            ends=change.wanted.ends,
        )
        if not before:
            raise Conflict("these products had no price before; change or end their prices one by one")
        _currency, found = reckon_change(brand_id, wanted)
        still = {line.sku: before[line.sku] for line in found if line.before_minor == after[line.sku]}
        if not still:
            raise Conflict("every price of this change has changed again since")
        undoing = preview_change(brand_id, replace(wanted, own=still), by=by.username, reason=reason, undoes=change_id)
        return submit_change(brand_id, undoing.id, by=by, reason=reason)


def decide_change(brand_id: UUID, change_id: UUID, *, by: Staff, approve: bool, note: str = "") -> PriceChange:
    """Decide the request of a change that waits; see access.decide."""
    change = get_change(brand_id, change_id)
    if change.approval_id is None:
        raise Conflict("this change does not wait for anybody")
    access.decide(change.approval_id, brand=brand_id, by=by, approve=approve, note=note)
    return get_change(brand_id, change_id)


PUT_COSTS = """
    INSERT INTO catalog_cost (brand_id, item_id, valid_from, cost_minor, set_at, set_by, reason)
    SELECT %(brand)s, item, valid_from, cost, %(now)s, %(by)s, %(reason)s
      FROM unnest(%(items)s::uuid[], %(froms)s::timestamptz[], %(costs)s::bigint[]) AS new(item, valid_from, cost)
     ORDER BY item
    ON CONFLICT (brand_id, item_id, valid_from) DO UPDATE
       SET cost_minor = excluded.cost_minor, set_at = excluded.set_at, set_by = excluded.set_by,
           reason = excluded.reason
"""


def put_costs(brand_id: UUID, costs: Sequence[Cost], *, by: str = "import", reason: str = "") -> int:
    """Say what units cost the brand from a moment on; a cost of the same moment is corrected. Raises BadInput."""
    rules.check_costs(costs)
    with in_brand(brand_id):
        items = items_by_sku(brand_id, {cost.sku for cost in costs})
        unknown = [cost.sku for cost in costs if cost.sku not in items]
        if unknown:
            raise BadValue("costs/sku", unknown[0], "a SKU of the catalogue")
        by_key: Mapping[tuple[UUID, Any], Cost] = {(items[c.sku].id, c.valid_from): c for c in costs}
        execute(
            PUT_COSTS,
            {
                "brand": brand_id,
                "items": [item for item, _at in by_key],
                "froms": [at for _item, at in by_key],
                "costs": [cost.cost_minor for cost in by_key.values()],
                "now": clock.now(),
                "by": by[:120],
                "reason": reason[:300],
            },
        )
        outbox.emit(CatalogPut(brand_id, "costs", len(costs), by))
    return len(costs)
