"""Pure decisions of insight: are orders, experience and supply chain unified, and who stands outside (S-17, S-148)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from datong.insight.types import ChannelFacts, Check, Outside, Readiness, Shared, StoreFacts, Unification

F = TypeVar("F", ChannelFacts, StoreFacts)


def readiness(channels: Sequence[ChannelFacts], stores: Sequence[StoreFacts]) -> Readiness:
    """Every check over the open channels and stores, and the table of what each channel shares."""
    orders, experience, supply = Unification.ORDERS, Unification.EXPERIENCE, Unification.SUPPLY
    checks = (
        _check("every_channel_arrives", orders, channels, lambda c: None if _arrives(c) else Outside(c.id, "no_door")),
        _check("every_order_is_here", orders, channels, lambda c: _counted(c.id, "missing", c.missing)),
        _check("everything_understood", orders, channels, lambda c: _counted(c.id, "not_understood", c.not_understood)),
        _check("one_number_one_order", orders, channels, lambda c: _counted(c.id, "conflicts", c.conflicts)),
        _check("one_price", experience, channels, _price),
        _check("one_customer", experience, channels, lambda c: None if _knows(c) else Outside(c.id, "nobody_known")),
        _check("described", experience, channels, lambda c: None if c.described else Outside(c.id, "not_described")),
        _check("every_store_has_stock", supply, stores, lambda s: None if s.has_stock else Outside(s.id, "no_stock")),
        _check("stock_serves_every_door", supply, stores, _lends),
        _check("every_door_sees_stock", supply, channels, _reach),
        _check("shelf_as_counted", supply, stores, lambda s: _counted(s.id, "short", s.short)),
    )
    return Readiness(checks, tuple((c.id, shared(c)) for c in channels))


def shared(c: ChannelFacts) -> dict[Shared, str]:
    """What a channel shares with the others: '' where it is connected, else why it is not."""
    return {
        Shared.ORDERS: "" if _arrives(c) else "no_door",
        Shared.MEMBERS: "" if _knows(c) else "nobody_known",
        Shared.PRICES: "" if not c.own_prices or c.reason else "no_reason",
        Shared.STOCK: "" if _arrives(c) else "no_door",
        Shared.PAYMENTS: "" if c.sampled == 0 or c.unpaid < c.sampled else "never_paid",
    }


def _check(code: str, of: Unification, sources: Sequence[F], look: Callable[[F], Outside | None]) -> Check:
    return Check(code, of, len(sources), tuple(found for found in map(look, sources) if found))


def _arrives(c: ChannelFacts) -> bool:
    return c.has_door or c.orders > 0


def _knows(c: ChannelFacts) -> bool:
    """A channel without orders has had nobody to know yet."""
    return c.sampled == 0 or c.identified > 0


def _counted(source: UUID, why: str, count: int) -> Outside | None:
    return Outside(source, why, count) if count else None


def _price(c: ChannelFacts) -> Outside | None:
    return Outside(c.id, "own_prices" if c.reason else "no_reason", chosen=c.reason) if c.own_prices else None


def _lends(s: StoreFacts) -> Outside | None:
    return None if s.lends_stock else Outside(s.id, "keeps_stock", chosen=True)


def _reach(c: ChannelFacts) -> Outside | None:
    return Outside(c.id, "some_stores", chosen=True) if c.some_stores else None
