"""Nouns of access (权限): staff (员工), roles (角色), stores (门店), channel owners (渠道负责人), API clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What somebody is for a brand."""

    HQ = "hq"  # 总部: everything
    STORE = "store"  # 门店: the orders, stock and tasks of the own stores
    AGENT = "agent"  # 客服: orders and customers of all stores, no settings
    AUDITOR = "auditor"  # 审计: sees everything, changes nothing


class Action(StrEnum):
    """What somebody may want to do: 'noun.verb'. Everything that asks `may` asks with one of these."""

    ORDERS_VIEW = "orders.view"
    ORDERS_PLACE = "orders.place"
    ORDERS_ACT = "orders.act"
    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_MERGE = "customers.merge"
    STOCK_VIEW = "stock.view"
    STOCK_COUNT = "stock.count"
    STORES_VIEW = "stores.view"
    STORES_EDIT = "stores.edit"
    CHANNELS_VIEW = "channels.view"
    CHANNELS_EDIT = "channels.edit"
    INBOX_VIEW = "inbox.view"
    INBOX_CORRECT = "inbox.correct"
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    SOURCING_VIEW = "sourcing.view"
    SOURCING_EDIT = "sourcing.edit"
    MONEY_VIEW = "money.view"
    RISK_VIEW = "risk.view"
    RISK_EDIT = "risk.edit"
    STAFF_VIEW = "staff.view"
    STAFF_EDIT = "staff.edit"


class Scope(StrEnum):
    """What an API client may be allowed to do."""

    ORDERS_WRITE = "orders:write"
    ORDERS_READ = "orders:read"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    CUSTOMERS_READ = "customers:read"
    SOURCING_READ = "sourcing:read"
    SOURCING_WRITE = "sourcing:write"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at work for one brand. `store_ids` is the scope of role STORE; empty for the others: all stores."""

    user_id: UUID
    brand_id: UUID
    username: str
    role: Role
    store_ids: frozenset[UUID] = frozenset()
    name: str = ""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a channel (S-11); `user_id` is None when the owner has no log-in."""

    channel_id: UUID
    name: str
    since: datetime
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A machine that calls our API: its key opens one brand, one channel, and what the scopes say."""

    id: UUID
    brand_id: UUID
    channel_id: UUID
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just made. `key` is shown this once: only its hash is kept."""

    client: Client
    key: str
