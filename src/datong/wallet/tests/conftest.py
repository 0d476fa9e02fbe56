"""A brand with a points programme and somebody who buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from datong.brand.api import register_channel
from datong.brand.types import Brand, Channel, ChannelKind
from datong.customers.api import identify
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.wallet import api
from datong.wallet.types import EarningRule, Programme, RuleKind, Sale, SaleLine


@dataclass
class Club:
    """The programme `club`: a point for each unit of money, 100 points pay one; the customers are made by `person`."""

    brand: UUID
    channel: UUID
    programme: Programme
    _n: int = 0

    def person(self) -> UUID:
        self._n += 1
        shown = Identity(IdentityKind.PHONE, f"+1612555{self._n:04}", True)
        (who,) = identify([Sighting(self.channel, (shown,), "Ann Lee")], brand=self.brand)
        assert who is not None
        return who.customer_id

    def sale(self, customer: UUID, minor: int, *, done: bool = True, order: UUID | None = None) -> Sale:
        return Sale(order or uuid7(), customer, clock.now(), (SaleLine(1, "TEA", minor),), "web", done=done)

    def earn(self, customer: UUID, minor: int, *, done: bool = True) -> UUID:
        wanted = self.sale(customer, minor, done=done)
        api.earn_sales([wanted], brand=self.brand)
        return wanted.order_id

    def put(self, **settings: Any) -> Programme:
        basis = {"burn_points": 100, "burn_minor": 100, "fair_points": 100, "fair_minor": 80}
        self.programme = api.put_programme(
            self.brand, api.new_programme("club", "Club", **basis | settings), by="owner"
        )
        return self.programme

    def has(self, customer: UUID) -> tuple[int, int, int]:
        """Active, waiting, owed."""
        (found,) = api.points_of(self.brand, customer)
        return found.active, found.pending, found.owed

    def sound(self) -> None:
        assert api.check_points(self.brand) == []


def open_club(brand: Brand) -> Club:
    channel = Channel(uuid7(), "web", "Web", ChannelKind.SITE, role="sell")
    register_channel(brand.id, channel)
    club = Club(brand.id, channel.id, api.new_programme("club", "Club"))
    club.put()
    api.put_earning_rules(brand.id, "club", [EarningRule("base", RuleKind.MONEY, points=1, per_minor=100)], by="owner")
    return club


@pytest.fixture
def club(brand: Brand) -> Club:
    return open_club(brand)


@pytest.fixture
def committed_club(committed_db: str, make_brand: Any) -> Club:
    return open_club(make_brand())
