"""What they said: pain points, wishes, praise (S-114)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.customers import STAGE
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.voices.listing import rows_of
from datong.channels.console.voices.words import KIND
from datong.customers import api as customers
from datong.customers.types import FeedbackFilter, FeedbackKind, Stage
from datong.kernel.ids import uuid7

SHOWN = 20


def read(seen: Seen) -> dict[str, Any]:
    brand = seen.who.brand.id
    found, _more = customers.list_feedback(brand, FeedbackFilter(records=seen.records), limit=SHOWN)
    return {
        "rows": rows_of(seen.who, found, seen.names, {}),
        "kinds": [(kind.value, words.word(KIND, kind)) for kind in FeedbackKind],
        "stages": [("", "–"), *((stage.value, words.word(STAGE, stage)) for stage in Stage)],
        "channels": [(c.code, c.name) for c in seen.names.channels.values()],
        "orders": [("", _("of none")), *((row.number, row.number) for row in seen.bought)],
        "key": str(uuid7()),
        "links": seen.who.sees(Action.VOICES_VIEW),
    }


BLOCK = Block("voices", "console/person/voices.html", read)
