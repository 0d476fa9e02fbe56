"""By what they are known at each channel, and which records were made one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.customers import IDENTITY, identity_value
from datong.channels.console.person.blocks import Block, Seen
from datong.customers.types import CustomerPage, Merge


def read(seen: Seen) -> dict[str, Any]:
    return {
        "identities": [
            {
                "kind": words.word(IDENTITY, each.kind),
                "value": identity_value(each.kind, each.value, full=seen.full),
                "channel": seen.names.channels.get(each.channel_id),
                "seen": each,
            }
            for each in seen.person.identities
        ]
    }


BLOCK = Block("known", "console/person/known.html", read, aside=True)


def merges(seen: Seen) -> dict[str, Any] | None:
    if not seen.person.merges:
        return None
    return {
        "merges": [_merge(seen.person, merge) for merge in seen.person.merges],
        "may_merge": seen.full and seen.who.may(Action.CUSTOMERS_MERGE),
    }


MERGES = Block("merges", "console/person/merges.html", merges, aside=True)


def _merge(found: CustomerPage, merge: Merge) -> dict[str, Any]:
    names = {record.id: record.name or _("customer") for record in found.records}
    sides = [names.get(side, _("another customer")) for side in (merge.a, merge.b)]
    return {"it": merge, "sides": sides, "stands": merge.undone_at is None}
