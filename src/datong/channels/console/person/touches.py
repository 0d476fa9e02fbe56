"""What was done, offered or is to be done for them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from datong.channels.console import words
from datong.channels.console.customers import TOUCH, managers
from datong.channels.console.person.blocks import Block, Seen
from datong.customers import api as customers
from datong.customers.types import Touch, TouchKind


def read(seen: Seen) -> dict[str, Any]:
    return {
        "touches": [_touch(touch) for touch in customers.touches_of(seen.who.brand.id, seen.person.id, limit=30)],
        "kinds": [(kind.value, words.word(TOUCH, kind)) for kind in TouchKind],
        "managers": managers(seen.who) if seen.full else [],
        "me": seen.who.staff.username,
        "today": timezone.localdate().isoformat(),
    }


BLOCK = Block("touches", "console/person/touches.html", read)


def _touch(touch: Touch) -> dict[str, Any]:
    return {"touch": touch, "kind": words.word(TOUCH, touch.kind), "open": touch.due and not touch.done_at}
