"""What came in about a person, as it came: the raw payloads of their orders and whatever else names their contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from datong.kernel.db import execute, rows
from datong.kernel.keepers import Keeper, Text, Traces

# A delivery may never have become an order of ours: then only its body tells whose it is.
THEIRS = """
    SELECT i.id FROM integration_inbox i
     WHERE i.brand_id = %(brand)s
       AND (i.id IN (SELECT o.inbox_id FROM orders_order o
                      WHERE o.brand_id = %(brand)s AND o.id = ANY(%(things)s::uuid[]) AND o.inbox_id IS NOT NULL)
         OR (i.channel_id, i.external_id) IN (SELECT o.channel_id, o.external_id FROM orders_order o
                      WHERE o.brand_id = %(brand)s AND o.id = ANY(%(things)s::uuid[]))
         OR EXISTS (SELECT 1 FROM unnest(%(forms)s::text[]) f(form)
                     WHERE strpos(lower(encode(i.body, 'escape')), f.form) > 0
                        OR strpos(lower(encode(i.fetched, 'escape')), f.form) > 0))
"""
CHAIN = """
    WITH RECURSIVE chain AS (
        SELECT id, corrected_from FROM integration_inbox WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
        UNION
        SELECT i.id, i.corrected_from FROM chain c JOIN integration_inbox i
            ON i.brand_id = %(brand)s AND (i.id = c.corrected_from OR i.corrected_from = c.id)
    )
    SELECT id FROM chain
"""


def gather(traces: Traces) -> None:
    forms = [form.lower() for sign in sorted(traces.signs) for form in {sign, quote(sign, safe="")}]
    found = rows(THEIRS, {"brand": traces.brand, "things": sorted(traces.things), "forms": forms})
    ids = [one for (one,) in found]
    traces.things |= {one for (one,) in rows(CHAIN, {"brand": traces.brand, "ids": ids})}


HELD = """
    SELECT id, channel_id, connector, received_at, state, external_id,
           encode(body, 'base64'), encode(coalesce(fetched, ''), 'base64')
      FROM integration_inbox
     WHERE brand_id = %(brand)s AND id = ANY(%(things)s::uuid[]) ORDER BY id
"""
NAMES = ("id", "channel_id", "connector", "received_at", "state", "number_there", "body_base64", "fetched_base64")


def export(traces: Traces) -> Mapping[str, Any]:
    found = rows(HELD, {"brand": traces.brand, "things": sorted(traces.things)})
    return {"deliveries": [dict(zip(NAMES, row, strict=True)) for row in found]} if found else {}


# What is still to be read becomes an order like any other, after this: it is left.
WIPE = """
    UPDATE integration_inbox SET body = '', fetched = NULL, headers = '{}', problems = '[]'
     WHERE brand_id = %(brand)s AND id = ANY(%(things)s::uuid[]) AND state <> 'pending'
"""


def erase(traces: Traces) -> Mapping[str, int]:
    """Payloads go; when it came, by which door and what became of it stay, and so does the hash that knows a repeat."""
    return {"deliveries": execute(WIPE, {"brand": traces.brand, "things": sorted(traces.things)})}


KEEPER = Keeper(
    "integration",
    gather=gather,
    export=export,
    erase=erase,
    texts=(Text("integration_inbox", ("outcome", "history"), of="id"), Text("integration_inbox", ("problems",))),
)
