"""What they agreed to."""

from __future__ import annotations

from typing import Any

from datong.channels.console import consents
from datong.channels.console.person.blocks import Block, Seen


def read(seen: Seen) -> dict[str, Any]:
    return consents.card(seen.who.brand.id, seen.person.id)


BLOCK = Block("consents", "console/person/agreed.html", read, aside=True)
