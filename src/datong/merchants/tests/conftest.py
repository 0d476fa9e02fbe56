"""A brand with a store of its own and two partners: Inn, where points are earned, and Mall, where they are spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model

from datong.access.api import assign, create_user, decide, staff_of
from datong.access.types import Approval, Role, Staff
from datong.brand.api import (
    always_open,
    put_company,
    put_stores,
    register_channel,
    set_company_stores,
)
from datong.brand.types import Brand, Channel, ChannelKind, Store
from datong.customers.api import identify
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, check
from datong.ledger.types import company_clearing
from datong.merchants import api
from datong.merchants.queries import today
from datong.merchants.types import Commission, Run, Terms, Use
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, RuleKind
from datong.wallet.types.stored import Opening, PurseKind


@dataclass
class Alliance:
    """100 points cost Inn 0.90 and bring Mall 0.80; Inn pays 8 % of tea, at least 1.00, and 0.50 an order."""

    brand: UUID
    currency: str
    channel: UUID
    own: UUID
    inn: UUID
    mall: UUID
    inn_store: UUID
    mall_store: UUID
    maker: Staff
    checker: Staff
    _n: int = 0

    @property
    def today(self) -> date:
        return today(self.brand)

    def key(self) -> str:
        self._n += 1
        return f"key {self._n}"

    def person(self) -> UUID:
        self._n += 1
        shown = Identity(IdentityKind.PHONE, f"+1612555{self._n:04}", True)
        (who,) = identify([Sighting(self.channel, (shown,), "Ann Lee")], brand=self.brand)
        assert who is not None
        return who.customer_id

    def earn(self, customer: UUID, store: UUID | None, event: str = "stay") -> UUID:
        act = wallet.earn_event(customer, event, key=self.key(), brand=self.brand, by="inn", store_id=store)
        api.enter_points([act.id], brand=self.brand)
        return act.id

    def burn(self, customer: UUID, points: int, store: UUID | None, key: str = "") -> str:
        key = key or self.key()
        act = wallet.burn_points(customer, points, key=key, brand=self.brand, by="mall", store_id=store)
        api.enter_points([act.id], brand=self.brand)
        return key

    def give_back(self, burn: str, points: int | None = None) -> None:
        act = wallet.give_back_points(burn, key=self.key(), brand=self.brand, by="mall", points=points)
        api.enter_points([act.id], brand=self.brand)

    def purse(self, customer: UUID) -> UUID:
        opening = Opening(PurseKind.PREPAID, self.currency, customer)
        return wallet.open_purse(opening, brand=self.brand, by="test").id

    def owes(self, company: UUID | None, to: UUID | None = None) -> int:
        account = company_clearing(company, to, self.currency)
        return sum(b.credits_minor - b.debits_minor for b in balances(self.brand, [account.code]))

    def decided(self, approval: Approval, *, approve: bool = True) -> Approval:
        return decide(approval.id, brand=self.brand, by=self.checker, approve=approve)

    def settle(self) -> Run:
        made, asked = api.propose_run(self.today, self.currency, brand=self.brand, by=self.maker)
        self.decided(asked)
        return api.run(self.brand, made.id)

    def sound(self) -> None:
        assert api.merchant_differences(self.brand) == []
        assert [d for d in check(self.brand) if d.what == "clearing_open"] == []
        assert wallet.check_points(self.brand) == []


def open_alliance(made: Brand) -> Alliance:
    brand, currency = made.id, made.currency
    channel = Channel(uuid7(), "web", "Web", ChannelKind.SITE, role="sell")
    register_channel(brand, channel)
    stores = [Store(uuid7(), code, code.title(), Point(120.14, 30.25), "Hangzhou", always_open(), "Asia/Shanghai")
              for code in ("own", "inn", "mall")]  # fmt: skip
    put_stores(brand, stores)
    inn, mall = (put_company(brand, name, by="test") for name in ("Inn Ltd", "Mall Ltd"))
    set_company_stores(brand, inn.id, [stores[1].id], by="test")
    set_company_stores(brand, mall.id, [stores[2].id], by="test")
    wallet.put_programme(brand, wallet.new_programme("club", "Club"), by="test")
    wallet.put_earning_rules(
        brand, "club", [EarningRule("stay", RuleKind.EVENT, points=1000, event="stay"),
                        EarningRule("base", RuleKind.MONEY, points=1, per_minor=100)], by="test"
    )  # fmt: skip
    maker, checker = (_staff(brand, name) for name in ("maker", "checker"))
    found = Alliance(brand, currency, channel.id, stores[0].id, inn.id, mall.id, stores[1].id, stores[2].id, maker,
                     checker)  # fmt: skip
    since = found.today - timedelta(days=10)
    api.put_contract(inn.id, since, terms_of_inn(currency), brand=brand, by="test")
    api.put_contract(mall.id, since, Terms(currency, burn_minor=80, accepts=frozenset({Use.BURN, Use.CARD})),
                     brand=brand, by="test")  # fmt: skip
    return found


def terms_of_inn(currency: str, **changed: Any) -> Terms:
    plain: dict[str, Any] = {"earn_minor": 90, "burn_minor": 70, "bank": "ICBC 6222 0001"}
    plain |= {"commission": (Commission("tea", 800, 100), Commission("", 500)), "fixed_minor": 50}
    return Terms(currency, **plain | changed)


def _staff(brand: UUID, name: str) -> Staff:
    user = create_user(f"{name}@{brand.hex[:6]}", name=name)
    assign(brand, user, Role.FINANCE, by="test")
    found = staff_of(get_user_model().objects.get(pk=user), brand)
    assert found is not None
    return found


@pytest.fixture
def alliance(brand: Brand) -> Alliance:
    return open_alliance(brand)


@pytest.fixture
def committed_alliance(committed_db: str, make_brand: Any) -> Alliance:
    return open_alliance(make_brand())
