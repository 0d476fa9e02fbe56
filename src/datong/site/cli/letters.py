"""`datong db dead-letters`: what the worker had to set aside, and its way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import typer

from datong.brand.types import Brand
from datong.kernel import letters
from datong.kernel.errors import NotFound
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, brand_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err

SHOWN = 1000
NAMES = ("at", "brand", "consumer", "event", "event_id", "reason")


def dead_letters(
    again: Annotated[bool, typer.Option("--again", help="Hand each to its consumer once more.")] = False,
    drop: Annotated[UUID | None, typer.Option(metavar="EVENT", help="Give this event up; needs --reason.")] = None,
    reason: Annotated[str, typer.Option(help="Why it need not be applied; kept in the audit trail.")] = "",
    brand: Annotated[str, typer.Option(help="Slug of the one brand to look at; all by default.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the events that a consumer could not apply, with the reason; hand each over again, or give one up."""
    if again and drop:
        raise typer.BadParameter("either --again or --drop")
    with ready(upgrade=is_embedded()):
        if drop:
            _drop(drop, reason, brand)
            return
        found = list(_again(brand) if again else _waiting(brand))
    waiting = [row for row in found if row["reason"]]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif waiting:
        listing(NAMES, [[row[name] for name in NAMES] for row in waiting[:SHOWN]])
    if again:
        err.print(f"{len(found) - len(waiting)} applied, {len(waiting)} failed again", highlight=False)
        raise typer.Exit(1 if waiting else 0)
    if not found:
        err.print("No event was set aside")
    elif len(found) > SHOWN:
        err.print(f"These are the oldest {SHOWN:,}; there are more", highlight=False)


def _waiting(brand: str) -> Iterator[dict[str, str]]:
    room = SHOWN + 1
    for one in _brands(brand):
        page = letters.waiting(one.id, limit=room)
        room -= len(page)
        yield from (_row(one.slug, letter, letter.reason) for letter in page)


def _again(brand: str) -> Iterator[dict[str, str]]:
    from datong.site.wiring import CONSUMERS

    for one in _brands(brand):
        for tried in letters.hand_over_again(one.id, CONSUMERS):
            yield _row(one.slug, tried.letter, tried.reason)


def _drop(event_id: UUID, reason: str, brand: str) -> None:
    dropped = [letter for one in _brands(brand) for letter in letters.drop(one.id, event_id, by=who(), reason=reason)]
    if not dropped:
        raise NotFound(f"no waiting letter of event {event_id}: datong db dead-letters lists them")
    err.print(f"given up: {', '.join(f'{letter.name} for {letter.consumer}' for letter in dropped)}", highlight=False)


def _brands(slug: str) -> list[Brand]:
    from datong.brand.api import list_brands  # Django is set up by now

    return [brand_of(slug)] if slug else list_brands()


def _row(slug: str, letter: letters.Letter, reason: str) -> dict[str, str]:
    """`reason` is empty when the letter is settled."""
    at = letter.at.isoformat(timespec="seconds")
    return dict(zip(NAMES, (at, slug, letter.consumer, letter.name, str(letter.event_id), reason), strict=True))
