"""What is known of a person here, handed out and taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from datong.customers import api
from datong.customers.types import Feedback, FeedbackFilter
from datong.kernel import clock, keepers
from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces

SIGNS = """
    SELECT value FROM customers_identity WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    UNION SELECT number FROM customers_card WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
"""
WORDS = """
    SELECT name FROM customers_customer WHERE brand_id = %(brand)s AND id = ANY(%(records)s::uuid[])
    UNION SELECT value FROM customers_contact WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    UNION SELECT text FROM customers_pin WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    UNION SELECT f.value ->> 0 FROM customers_saying s, jsonb_each(s.said) f
           WHERE s.brand_id = %(brand)s AND s.customer_id = ANY(%(records)s::uuid[]) AND f.key <> 'language'
"""


def gather(traces: Traces) -> None:
    """What is theirs alone, and what they are called."""
    key = {"brand": traces.brand, "records": list(traces.records)}
    for (value,) in rows(SIGNS, key):
        traces.signs.add(value)
        _, colon, user = value.partition(":")  # 'channel:user' and 'appid:openid': the part of the person alone
        if colon:
            traces.signs.add(user)
    traces.words |= {name for (name,) in rows(WORDS, key)} - {""}
    traces.subjects |= {f"customer {record}" for record in traces.records}


def export(traces: Traces) -> Mapping[str, Any]:
    """Records, identities, what was agreed to, notes, steps, cards, requests and who looked, of all the records."""
    one, brand = traces.records[0], traces.brand
    page = api.customer_page(brand, one)
    key = {"brand": brand, "records": list(traces.records)}
    cards = rows(CARDS, key)
    return {
        "name": page.name,
        "language": page.language,
        "records": [asdict(record) for record in page.records],
        "identities": [asdict(sign) for sign in page.identities],
        "merges": [asdict(merge) for merge in page.merges],
        "golden record": {of.value: asdict(chosen) for of, chosen in page.golden.fields.items()},
        "said by doors": [dict(zip(("channel_id", "said"), saying, strict=True)) for saying in rows(SAYINGS, key)],
        "contacts": [asdict(each) for each in api.contacts_of(brand, one)],
        "consents": [asdict(each) for each in api.consent_history(brand, one, limit=500)],
        "notes": [asdict(each) for each in api.touches_of(brand, one, limit=500)],
        "details": asdict(api.details_of(brand, one)),
        "bonds": [asdict(each) for each in api.bonds_of(brand, one)],
        "managers": [asdict(each) for each in api.keepings_of(brand, one)],
        "feedback": [asdict(each) for each in _said(traces)],
        "steps": [asdict(each) for each in api.steps_of(brand, one)],
        "cards": [dict(zip(("number", "state", "issued_at"), card, strict=True)) for card in cards],
        "requests": [asdict(each) for each in api.data_requests_of(brand, one)],
        "looks": [asdict(each) for each in api.looks_at(brand, one, limit=500)],
    }


def _said(traces: Traces) -> Iterator[Feedback]:
    """All they said, page by page."""
    cursor, wanted = "", FeedbackFilter(records=traces.records)
    while True:
        found, cursor = api.list_feedback(traces.brand, wanted, cursor=cursor, limit=500)
        yield from found
        if not cursor:
            return


CARDS = """
    SELECT number, state, issued_at FROM customers_card
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id
"""
SAYINGS = """
    SELECT channel_id, said FROM customers_saying
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY customer_id, channel_id
"""
WIPE = {
    "sessions": """
        DELETE FROM customers_session WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "passkeys": """
        DELETE FROM customers_passkey WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "identities": """
        DELETE FROM customers_identity WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "contacts": """
        DELETE FROM customers_contact WHERE brand_id = %(brand)s
           AND (customer_id = ANY(%(records)s::uuid[]) OR value = ANY(%(signs)s::text[]))
    """,
    "records": """
        UPDATE customers_customer SET name = '' WHERE brand_id = %(brand)s AND id = ANY(%(records)s::uuid[])
    """,
    "cards": """
        UPDATE customers_card SET number = 'x' || substr(replace(id::text, '-', ''), 2), state = 'replaced', reason = ''
         WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "phones of cards": """
        UPDATE customers_cardkey SET label = '', secret = '', ended_at = coalesce(ended_at, %(now)s)
         WHERE brand_id = %(brand)s AND card_id IN (SELECT id FROM customers_card
                WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]))
    """,
    "proposals": """
        UPDATE customers_mergeproposal
           SET value = '', reason = '', settled_at = coalesce(settled_at, %(now)s),
               settled_by = CASE WHEN settled_at IS NULL THEN 'erasure' ELSE settled_by END,
               outcome = CASE WHEN settled_at IS NULL THEN 'refused' ELSE outcome END
         WHERE brand_id = %(brand)s AND (a = ANY(%(records)s::uuid[]) OR b = ANY(%(records)s::uuid[]))
    """,
    "merges": """
        UPDATE customers_merge SET reason = '', evidence = '[]', undone_reason = ''
         WHERE brand_id = %(brand)s AND (a = ANY(%(records)s::uuid[]) OR b = ANY(%(records)s::uuid[]))
    """,
    "details": """
        DELETE FROM customers_details WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "said by doors": """
        DELETE FROM customers_saying WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "kept by hand": """
        DELETE FROM customers_pin WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "bonds": """
        UPDATE customers_bond SET role = '', ended_at = coalesce(ended_at, %(now)s)
         WHERE brand_id = %(brand)s
           AND (customer_id = ANY(%(records)s::uuid[]) OR other_id = ANY(%(records)s::uuid[]))
    """,
    "managers": """
        UPDATE customers_keeping SET until = coalesce(until, %(now)s)
         WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "feedback": """
        UPDATE customers_feedback SET text = '', order_number = ''
         WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
    "notes": """
        UPDATE customers_touch
           SET text = '', done_at = CASE WHEN due IS NULL THEN done_at ELSE coalesce(done_at, %(now)s) END
         WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
    """,
}
"""What goes: every word about the person. Consents stay as proof, with no word of theirs in them."""
STEPS = Text("customers_step", ("about",), of="customer_id", locked=True)


def erase(traces: Traces) -> Mapping[str, int]:
    key = {"brand": traces.brand, "records": list(traces.records), "now": clock.now(), "signs": sorted(traces.signs)}
    counts = {what: execute(sql, key) for what, sql in WIPE.items()}
    counts["steps"] = keepers.redact(traces, STEPS, pattern=".+")
    return counts


KEEPER = Keeper(
    "customers",
    gather=gather,
    export=export,
    erase=erase,
    texts=(
        Text("customers_consent", ("source", "text_version", "proof"), of="customer_id", locked=True),
        Text("customers_datarequest", ("reason", "note"), of="customer_id"),
        Text("customers_mergeproposal", ("value",)),
        Text("customers_merge", ("evidence",)),
        Text("customers_touch", ("text",)),
        Text("customers_feedback", ("text",)),
        Text("customers_idea", ("title", "text")),
    ),
)
