"""What a part of the customer's page is made of. A module shows something of a person by one file here.

    # channels/console/person/points.py
    def read(seen: Seen) -> dict[str, Any] | None:
        return {"points": wallet.points_of(seen.who.brand.id, seen.records)}    # None: nothing to show

    BLOCK = Block("points", "console/person/points.html", read, aside=True)

and its name in `page.BLOCKS`, which is the order on the page. The template finds what was read under `block`, and
`seen`. Each block costs a constant number of statements, whatever the person bought and however many records they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from datong.access.types import Action
from datong.channels.console.board import Names
from datong.channels.console.who import Who
from datong.customers.types import CustomerPage
from datong.orders.api import BoardRow, Bought


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom the page is about and who looks. `bought`: the latest orders that the reader may see, `figures`:
    all of those by door, currency and state.

    `full`: the reader serves the person and sees names and contacts unmasked, and may act.
    """

    request: HttpRequest
    who: Who
    person: CustomerPage
    names: Names
    bought: Sequence[BoardRow]
    figures: Sequence[Bought]
    full: bool

    @property
    def records(self) -> tuple[UUID, ...]:
        """The records that make the person, the head first."""
        return tuple(record.id for record in self.person.records)


@dataclass(frozen=True, slots=True)
class Block:
    """`read` gives what the template needs, or None when the block has nothing to say; it runs with the page.

    `aside`: in the narrow column. `needs`: shown to those only who may do this.
    """

    key: str
    template: str
    read: Callable[[Seen], Mapping[str, Any] | None]
    aside: bool = False
    needs: Action | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block with what it read."""

    template: str
    given: Mapping[str, Any]
    aside: bool


def drawn(blocks: Sequence[Block], seen: Seen) -> list[Drawn]:
    """The blocks that have something to say to this reader, in their order."""
    found = []
    for block in blocks:
        if block.needs and not seen.who.sees(block.needs):
            continue
        given = block.read(seen)
        if given is not None:
            found.append(Drawn(block.template, given, block.aside))
    return found
