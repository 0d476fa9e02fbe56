"""What goes wrong between a channel and the hub on any day: late, twice, broken, forged, changed under its number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from datong.site.demo.dice import dice
from datong.site.demo.types import DemoChannel, Door, PlannedOrder, Sending, Trouble

TWICE_PER_MILLE, LATE_PER_MILLE, MALFORMED_PER_MILLE = 40, 20, 10
LATE_TILL_PER_MILLE = 150
CONFLICTS, FORGED = 12, 6

ANY = (Trouble.UNKNOWN_SKU, Trouble.BAD_QUANTITY, Trouble.MISSING_FIELD)
KINDS: Mapping[Door, tuple[Trouble, ...]] = {
    Door.SHOPIFY: (*ANY, Trouble.BAD_JSON, Trouble.WRONG_CURRENCY),
    Door.WOOCOMMERCE: (*ANY, Trouble.BAD_JSON, Trouble.WRONG_CURRENCY),
    Door.WECHAT_SHOP: (Trouble.UNKNOWN_SKU, Trouble.BAD_QUANTITY),
    Door.MARKETPLACE: ANY,
    Door.TILL: (*ANY, Trouble.BAD_JSON),
    Door.DESK: ANY,
    Door.JSON_API: (*ANY, Trouble.BAD_JSON, Trouble.WRONG_CURRENCY),
    Door.FILE: ANY,
}
"""How the messages of a door can be broken: a platform's own software does not cut its JSON off, a file has none."""


def disturb(
    orders: Sequence[PlannedOrder], channels: Sequence[DemoChannel], spared: Collection[str]
) -> tuple[Sending, ...]:
    """The day's messages in the order in which they are sent. Orders numbered in `spared` go out once and whole."""
    doors = {channel.code: channel.door for channel in channels}
    sendings: list[Sending] = []
    whole: list[PlannedOrder] = []
    for order in orders:
        if order.number in spared:
            sendings.append(Sending(order.placed_at, order))
            continue
        messages = _messages(order, doors[order.channel])
        sendings += messages
        if [message.trouble for message in messages] == [Trouble.NONE]:
            whole.append(order)
    signed = [order for order in whole if doors[order.channel] not in (Door.FILE, Door.WECHAT_SHOP)]
    throws = dice("conflicts")
    for order in throws.sample(signed, min(CONFLICTS, len(signed) // 20)):
        sendings.append(Sending(order.placed_at + timedelta(minutes=25), one_more(order), Trouble.CONFLICT))
    for order in throws.sample(signed, min(FORGED, len(signed) // 20)):
        sendings.append(Sending(order.placed_at + timedelta(minutes=5), order, Trouble.BAD_SIGNATURE))
    return tuple(sorted(sendings, key=lambda s: (s.at, s.order.number, s.trouble)))


def _messages(order: PlannedOrder, door: Door) -> list[Sending]:
    """One message, or two when it is sent twice; a broken one is sent once, when it was placed."""
    throws = dice("trouble", order.number)
    if throws.randrange(1000) < MALFORMED_PER_MILLE:
        return [Sending(order.placed_at, order, throws.choice(KINDS[door]))]
    late = throws.randrange(1000) < (LATE_TILL_PER_MILLE if door is Door.TILL else LATE_PER_MILLE)
    at = order.placed_at + timedelta(minutes=throws.randint(60, 300)) if late else order.placed_at
    messages = [Sending(at, order, late=late)]
    if throws.randrange(1000) < TWICE_PER_MILLE:
        messages.append(Sending(at + timedelta(seconds=throws.randint(0, 600)), order, Trouble.TWICE))
    return messages


def one_more(order: PlannedOrder) -> PlannedOrder:
    """The same order number with another body: one unit more of the first line."""
    first = replace(order.lines[0], units=order.lines[0].units + 1)
    more = order.amounts
    amounts = replace(more, goods=more.goods + first.unit_minor, paid=more.paid + first.unit_minor)
    return replace(order, lines=(first, *order.lines[1:]), amounts=amounts)
