"""Write a batch of orders: rows, payments, postings, events. Set-based, a constant number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import json, to_builtins

from datong.kernel import clock, outbox, trace
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Rulebook, Transfer
from datong.orders import rules
from datong.orders.actions.draft import Draft
from datong.orders.events import OrderPlaced, OrderWaiting
from datong.orders.sourcing.supply import Supply
from datong.orders.sourcing.types import NAMED_STORE, Plan, Share
from datong.orders.types import OrderState
from datong.payments.api import record
from datong.payments.types import PaymentAsk, PaymentState

MAX_DIMENSION = 80
"""Characters of a dimension of the ledger; an order with more campaigns than fit is under the first of them."""


class LimitReachedError(Exception):
    """A store took its last order of the day in another transaction meanwhile: choose again."""


def book(drafts: Sequence[Draft], picture: Supply, actor: str) -> None:
    """Write the orders and everything that follows from them into the open transaction."""
    if not drafts:
        return
    brand = current_brand()
    now = clock.now()
    execute(ORDERS, {"brand": brand, **_order_columns(drafts)})
    execute(DETAILS, {"brand": brand, "now": now, **_detail_columns(drafts, actor)})
    record([_payment(draft) for draft in drafts], brand=brand)
    rules_now = rulebook(brand)
    post([transfer for draft in drafts for transfer in _transfers(draft, rules_now)], brand=brand, late=True)
    waiting = [draft for draft in drafts if draft.state is OrderState.BACKORDER]
    facts: list[outbox.Event] = [*map(_placed, drafts), *map(_waits, waiting)]
    outbox.emit(*facts, traces=[draft.intent.trace for draft in (*drafts, *waiting)])
    count_loads([draft.plan for draft in drafts if draft.plan and draft.needs_store], picture)


ORDERS = """
    INSERT INTO orders_order (brand_id, id, number, channel_id, external_id, customer_id, store_id, state, fulfilment,
        payment, paid, model, currency, total_minor, tax_minor, quote_id, quoted_minor, amounts, units, exceptions,
        placed_at, promised_at, contact_name, contact_phone, contact_email, contact_masked, address, lon, lat,
        distance_m, note, referred_store_id, inbox_id, trace, delivery_minor,
        entry_id, visit_id, associate)
    SELECT %(brand)s, * FROM unnest(
        %(id)s::uuid[], %(number)s::text[], %(channel_id)s::uuid[], %(external_id)s::text[], %(customer_id)s::uuid[],
        %(store_id)s::uuid[], %(state)s::text[], %(fulfilment)s::text[], %(payment)s::text[], %(paid)s::bool[],
        %(model)s::text[], %(currency)s::text[], %(total_minor)s::bigint[], %(tax_minor)s::bigint[],
        %(quote_id)s::uuid[], %(quoted_minor)s::bigint[], %(amounts)s::jsonb[], %(units)s::int[],
        %(exceptions)s::smallint[], %(placed_at)s::timestamptz[], %(promised_at)s::timestamptz[],
        %(contact_name)s::text[], %(contact_phone)s::text[], %(contact_email)s::text[], %(contact_masked)s::bool[],
        %(address)s::text[], %(lon)s::float8[], %(lat)s::float8[], %(distance_m)s::int[], %(note)s::text[],
        %(referred_store_id)s::uuid[], %(inbox_id)s::uuid[], %(trace)s::text[],
        %(delivery_minor)s::bigint[], %(entry_id)s::uuid[], %(visit_id)s::uuid[], %(associate)s::text[])
"""


def _order_columns(drafts: Sequence[Draft]) -> dict[str, list[Any]]:
    header = trace.current().header
    records = [_order_record(draft, header) for draft in drafts]
    return {name: [record[name] for record in records] for name in records[0]}


def _order_record(draft: Draft, header: str) -> dict[str, Any]:
    intent, booked, plan, quote = draft.intent, draft.booked, draft.plan, draft.quote
    assert booked is not None and quote is not None
    text = intent.destination.text if intent.destination else None
    known = plan.shares[0].store_id if plan and plan.shares else draft.store_id
    return {
        "id": draft.order_id,
        "number": draft.number,
        "channel_id": intent.channel_id,
        "external_id": intent.external_id,
        "customer_id": draft.customer_id,
        "store_id": known if known and known.int else None,
        "state": draft.state.value,
        "fulfilment": intent.fulfilment.value,
        "payment": intent.payment.value,
        "paid": draft.paid,
        "model": intent.model.value,
        "currency": intent.currency,
        "total_minor": booked.total_minor,
        "tax_minor": booked.tax_minor,
        "quote_id": quote.id,
        "quoted_minor": quote.total_minor,
        "amounts": json.encode(booked.amounts).decode() if intent.amounts else None,
        "units": sum(line.units for line in intent.lines),
        "exceptions": len(draft.findings),
        "placed_at": intent.placed_at,
        "promised_at": intent.promised_at,
        "contact_name": intent.contact.name[:120],
        "contact_phone": intent.contact.phone[:40],
        "contact_email": intent.contact.email[:254],
        "contact_masked": intent.contact.masked,
        "address": ", ".join(filter(None, (text.line, text.city, text.region, text.postcode)))[:300] if text else "",
        "lon": draft.point.lon if draft.point else None,
        "lat": draft.point.lat if draft.point else None,
        "distance_m": max((s.distance_m for s in plan.shares), default=None) if plan and draft.needs_store else None,
        "note": intent.note[:500],
        "referred_store_id": draft.referred_store_id,
        "inbox_id": intent.inbox_id,
        "trace": intent.trace or header,
        "delivery_minor": booked.amounts.delivery,
        "entry_id": intent.entry_id,
        "visit_id": intent.visit_id,
        "associate": intent.associate[:120],
    }


DETAILS = """
    WITH line AS (
        INSERT INTO orders_line (brand_id, order_id, line_no, item_id, sku, title, kind, units, unit_minor,
                                 discount_minor, tax_minor, total_minor, quoted_unit_minor, promotions,
                                 options, parts, tax_class, tax_ppm)
        SELECT %(brand)s, * FROM unnest(
            %(l_order)s::uuid[], %(l_no)s::smallint[], %(l_item)s::uuid[], %(l_sku)s::text[], %(l_title)s::text[],
            %(l_kind)s::text[], %(l_units)s::int[], %(l_unit)s::bigint[], %(l_discount)s::bigint[],
            %(l_tax)s::bigint[], %(l_total)s::bigint[], %(l_quoted)s::bigint[], %(l_promotions)s::jsonb[],
            %(l_options)s::jsonb[], %(l_parts)s::jsonb[], %(l_tax_class)s::text[], %(l_tax_ppm)s::int[])
    ), tax AS (
        INSERT INTO orders_tax (brand_id, order_id, n, part, tax_class, jurisdiction, rate_ppm, base_minor, tax_minor)
        SELECT %(brand)s, * FROM unnest(
            %(t_order)s::uuid[], %(t_n)s::smallint[], %(t_part)s::text[], %(t_class)s::text[], %(t_code)s::text[],
            %(t_ppm)s::int[], %(t_base)s::bigint[], %(t_tax)s::bigint[])
    ), allocation AS (
        INSERT INTO orders_allocation (brand_id, order_id, line_no, store_id, units)
        SELECT %(brand)s, * FROM unnest(
            %(a_order)s::uuid[], %(a_no)s::smallint[], %(a_store)s::uuid[], %(a_units)s::int[])
    ), decision AS (
        INSERT INTO orders_decision (brand_id, order_id, seq, rule, reason, chosen, refused, actor, at)
        SELECT %(brand)s, d.*, %(now)s FROM unnest(
            %(d_order)s::uuid[], %(d_seq)s::uuid[], %(d_rule)s::text[], %(d_reason)s::text[], %(d_chosen)s::jsonb[],
            %(d_refused)s::jsonb[], %(d_actor)s::text[]) d
    ), finding AS (
        INSERT INTO orders_finding (brand_id, id, order_id, kind, detail, at, closed_by, resolution)
        SELECT %(brand)s, f.*, %(now)s, '', ''
          FROM unnest(%(f_id)s::uuid[], %(f_order)s::uuid[], %(f_kind)s::text[], %(f_detail)s::jsonb[]) f
    )
    INSERT INTO orders_event (brand_id, order_id, seq, kind, state, actor, reason, detail, at)
    SELECT %(brand)s, e.order_id, e.seq, e.kind, e.state, e.actor, e.reason, e.detail, %(now)s
      FROM unnest(%(e_order)s::uuid[], %(e_seq)s::uuid[], %(e_kind)s::text[], %(e_state)s::text[],
                  %(e_actor)s::text[], %(e_reason)s::text[], %(e_detail)s::jsonb[])
           e(order_id, seq, kind, state, actor, reason, detail)
"""


def _detail_columns(drafts: Sequence[Draft], actor: str) -> dict[str, Any]:
    lines = [(d.order_id, line) for d in drafts if d.booked for line in d.booked.lines]
    shares = [
        (d.order_id, s.store_id, line_no, units)
        for d in drafts
        if d.plan and d.booked
        for s in d.plan.shares
        for line_no, units in allocated(s, {line.line_no: line.units for line in d.booked.lines})
    ]
    plans = [(d, d.plan) for d in drafts if d.plan]
    findings = [(d.order_id, kind, detail) for d in drafts for kind, detail in d.findings]
    return {
        "actor": actor,
        "l_order": [o for o, _ in lines],
        "l_no": [line.line_no for _, line in lines],
        "l_item": [line.item_id for _, line in lines],
        "l_sku": [line.sku[:64] for _, line in lines],
        "l_title": [line.title[:200] for _, line in lines],
        "l_kind": [line.kind.value for _, line in lines],
        "l_units": [line.units for _, line in lines],
        "l_unit": [line.unit_minor for _, line in lines],
        "l_discount": [line.discount_minor for _, line in lines],
        "l_tax": [line.tax_minor for _, line in lines],
        "l_total": [line.total_minor for _, line in lines],
        "l_quoted": [line.quoted_unit_minor for _, line in lines],
        "l_promotions": [json.encode(line.promotions).decode() for _, line in lines],
        "l_options": [json.encode(line.options).decode() for _, line in lines],
        "l_parts": [None if line.own_parts else json.encode(line.parts).decode() for _, line in lines],
        "l_tax_class": [line.taxed.tax_class for _, line in lines],
        "l_tax_ppm": [line.taxed.ppm for _, line in lines],
        **_tax_columns(drafts),
        "a_order": [o for o, _, _, _ in shares],
        "a_no": [line_no for _, _, line_no, _ in shares],
        "a_store": [store for _, store, _, _ in shares],
        "a_units": [units for _, _, _, units in shares],
        **decision_columns([(d.order_id, plan) for d, plan in plans]),
        "d_actor": [d.intent.received_by or actor for d, _ in plans],
        "f_id": [uuid7() for _ in findings],
        "f_order": [o for o, _, _ in findings],
        "f_kind": [kind.value for _, kind, _ in findings],
        "f_detail": [json.encode(detail).decode() for _, _, detail in findings],
        "e_order": [d.order_id for d in drafts],
        "e_seq": [uuid7() for _ in drafts],
        "e_kind": ["placed"] * len(drafts),
        "e_state": [d.state.value for d in drafts],
        # Orders of several callers are taken together: each says through whom it came.
        "e_actor": [(d.intent.received_by or actor)[:80] for d in drafts],
        "e_reason": [d.plan.reason if d.plan else "" for d in drafts],
        "e_detail": [json.encode(_layers(d)).decode() for d in drafts],
    }


def _tax_columns(drafts: Sequence[Draft]) -> dict[str, list[Any]]:
    taxes = [(d.order_id, n, share) for d in drafts if d.booked for n, share in enumerate(d.booked.taxes)]
    return {
        "t_order": [order for order, _, _ in taxes],
        "t_n": [n for _, n, _ in taxes],
        "t_part": [share.part.value for _, _, share in taxes],
        "t_class": [share.tax_class for _, _, share in taxes],
        "t_code": ["" if share.jurisdiction == rules.ADDED else share.jurisdiction for _, _, share in taxes],
        "t_ppm": [share.rate_ppm for _, _, share in taxes],
        "t_base": [share.base_minor for _, _, share in taxes],
        "t_tax": [share.tax_minor for _, _, share in taxes],
    }


def allocated(share: Share, units: Mapping[int, int]) -> list[tuple[int, int]]:
    """The lines of a store's share with their own units: the parts of a line are served together."""
    return [(line_no, units[line_no]) for line_no in dict.fromkeys(line.line_no for line in share.lines)]


def decision_columns(plans: Sequence[tuple[UUID, Plan]]) -> dict[str, list[Any]]:
    return {
        "d_order": [order for order, _ in plans],
        "d_seq": [uuid7() for _ in plans],
        "d_rule": [plan.rule for _, plan in plans],
        "d_reason": [plan.reason for _, plan in plans],
        "d_chosen": [json.encode(to_builtins(plan.chosen)).decode() for _, plan in plans],
        "d_refused": [json.encode(to_builtins(plan.refused)).decode() for _, plan in plans],
    }


def _layers(draft: Draft) -> dict[str, Any]:
    """What each layer found out about the order (S-59, SC-17), for its page."""
    verdict, quote = draft.verdict, draft.quote
    return {
        "channel": draft.channel.code if draft.channel else "",
        "received_by": draft.intent.received_by,
        "inbox_id": draft.intent.inbox_id,
        "customer_id": draft.customer_id,
        "quote_id": quote.id if quote else None,
        "risk": {"decision": verdict.decision, "rules": verdict.rules, "shadow": verdict.shadow} if verdict else None,
        "rule": draft.plan.rule if draft.plan else "",
        "delivery": to_builtins(draft.fee) if draft.fee else None,
        **({"tax_exempt": sorted(draft.exempt)} if draft.exempt else {}),
    }


def _payment(draft: Draft) -> PaymentAsk:
    assert draft.booked is not None
    return PaymentAsk(
        order_id=draft.order_id,
        method=draft.intent.payment,
        amount_minor=draft.booked.total_minor,
        currency=draft.intent.currency,
        state=PaymentState.PAID if draft.paid else PaymentState.PENDING,
        provider_ref=draft.intent.provider_ref,
    )


def _transfers(draft: Draft, book: Rulebook) -> list[Transfer]:
    assert draft.booked is not None and draft.channel is not None
    intent, booked = draft.intent, draft.booked
    dimensions = {"channel": str(intent.channel_id)}
    store = draft.plan.shares[0].store_id if draft.plan and draft.plan.shares else None
    if store is not None:
        dimensions["store"] = str(store)
    day = book.business_date(intent.placed_at, store)
    if campaigns := sorted({code for line in booked.lines for code in line.promotions}):
        dimensions["campaign"] = "+".join(campaigns)[:MAX_DIMENSION]
    return [
        Transfer(
            id=uuid7(),
            debit=Account(p.debit, intent.currency),
            credit=Account(p.credit, intent.currency),
            amount_minor=p.amount_minor,
            kind=p.kind,
            subject_id=draft.order_id,
            business_date=day,
            dimensions=dimensions if p.jurisdiction is None else {**dimensions, **tax_dimension(p)},
        )
        for p in rules.postings(
            booked,
            intent.payment,
            paid=draft.paid,
            channel=draft.channel.code,
            completed=intent.completed,
            book=book,
            day=day,
        )
    ]


def tax_dimension(posting: rules.Posting) -> dict[str, str]:
    """What a posting of tax says beside its account: whose it is."""
    return {} if posting.jurisdiction is None else {"jurisdiction": posting.jurisdiction or rules.NOBODY}


def _waits(draft: Draft) -> OrderWaiting:
    return OrderWaiting(draft.order_id, draft.plan.reason if draft.plan else "")


def _placed(draft: Draft) -> OrderPlaced:
    assert draft.booked is not None
    return OrderPlaced(
        order_id=draft.order_id,
        channel_id=draft.intent.channel_id,
        customer_id=draft.customer_id,
        state=draft.state.value,
        fulfilment=draft.intent.fulfilment.value,
        store_ids=tuple(share.store_id for share in draft.plan.shares) if draft.plan else (),
        total_minor=draft.booked.total_minor,
        currency=draft.intent.currency,
        units=sum(line.units for line in draft.intent.lines),
        exceptions=len(draft.findings),
        placed_at=draft.intent.placed_at,
        promised_at=draft.intent.promised_at,
    )


LOADS = """
    INSERT INTO orders_storeday (brand_id, store_id, day, orders)
    SELECT %(brand)s, store_id, %(day)s, n FROM unnest(%(stores)s::uuid[], %(ns)s::int[]) s(store_id, n)
    ON CONFLICT (brand_id, store_id, day) DO UPDATE SET orders = orders_storeday.orders + excluded.orders
    RETURNING store_id, orders
"""


def count_loads(plans: Sequence[Plan], picture: Supply) -> None:
    """Count the orders each store has taken today; the last locks of the transaction, in the order of the stores.

    Raises LimitReachedError when we have sent a store more than its limit by now: the whole batch is decided again.
    Orders whose store was named by somebody else count, but cannot be sent anywhere else.
    """
    counts: Counter[UUID] = Counter(share.store_id for plan in plans for share in plan.shares)
    named = Counter(share.store_id for plan in plans if plan.rule == NAMED_STORE for share in plan.shares)
    if not counts:
        return
    stores = sorted(counts)
    key = {"brand": current_brand(), "day": picture.day, "stores": stores, "ns": [counts[s] for s in stores]}
    for store, orders in rows(LOADS, key):
        at = picture.index.position[store]
        if counts[store] > named[store] and orders - named[store] > picture.index.limit[at]:
            raise LimitReachedError(f"store {store} has {orders} orders, more than its limit")
