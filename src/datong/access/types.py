"""Nouns of access (权限): staff (员工), roles (角色), stores (门店), channel owners (渠道负责人), API clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Role(StrEnum):
    """What somebody is for a brand."""

    OWNER = "owner"  # 品牌负责人: everything, with the limits and rules of the others
    HQ = "hq"  # 总部: head office, everything but the owner's own
    REGION = "region_manager"  # 区域经理: the stores of regions
    MERCHANDISER = "merchandiser"  # 商品: products, prices, promotions
    MANAGER = "store_manager"  # 店长: the own stores, with counts, refunds and price requests
    CASHIER = "cashier"  # 收银: the orders and stock of the own stores
    STORE = "store"  # 门店: the orders, stock and tasks of the own stores
    AGENT = "agent"  # 客服: orders and customers of all stores, no settings
    FINANCE = "finance"  # 财务: reads all, approves, exports
    AUDITOR = "auditor"  # 审计: sees everything, changes nothing
    COURIER = "courier"  # 配送员: the own deliveries on the phone, nothing else
    INTEGRATOR = "integrator"  # 集成: channels' doors, keys, mappings, deliveries


class ScopeKind(StrEnum):
    """How far a role reaches."""

    BRAND = "brand"
    REGION = "region"
    COMPANY = "company"
    STORE = "store"


class Action(StrEnum):
    """What somebody may want to do: 'noun.verb'. Everything that asks `may` asks with one of these."""

    ME = "me.view"
    ORDERS_VIEW = "orders.view"
    ORDERS_PLACE = "orders.place"
    ORDERS_ACT = "orders.act"
    ORDERS_RELEASE = "orders.release"
    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_MERGE = "customers.merge"
    CUSTOMERS_DATA = "customers.data"
    CUSTOMERS_MOVE = "customers.move"
    VOICES_VIEW = "voices.view"
    VOICES_EDIT = "voices.edit"
    CARDS_ISSUE = "cards.issue"
    REWARDS_VIEW = "rewards.view"
    REWARDS_EDIT = "rewards.edit"
    REWARDS_GIVE = "rewards.give"
    VOUCHERS_REDEEM = "vouchers.redeem"
    WALLET_VIEW = "wallet.view"
    WALLET_TOP_UP = "wallet.top_up"
    WALLET_MANAGE = "wallet.manage"
    STOCK_VIEW = "stock.view"
    STOCK_COUNT = "stock.count"
    STOCK_SELL_OUT = "stock.sell_out"
    STOCK_MOVE = "stock.move"
    STOCK_REASONS = "stock.reasons"
    SUPPLIERS_VIEW = "suppliers.view"
    SUPPLIERS_EDIT = "suppliers.edit"
    PURCHASING_VIEW = "purchasing.view"
    PURCHASING_EDIT = "purchasing.edit"
    PURCHASING_RECEIVE = "purchasing.receive"
    STORES_VIEW = "stores.view"
    STORES_EDIT = "stores.edit"
    CHANNELS_VIEW = "channels.view"
    CHANNELS_EDIT = "channels.edit"
    IMPORTS_VIEW = "imports.view"
    ENTRIES_VIEW = "entries.view"
    ENTRIES_EDIT = "entries.edit"
    CREDIT_VIEW = "credit.view"
    CREDIT_EDIT = "credit.edit"
    INBOX_VIEW = "inbox.view"
    INBOX_CORRECT = "inbox.correct"
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    SOURCING_VIEW = "sourcing.view"
    SOURCING_EDIT = "sourcing.edit"
    MONEY_VIEW = "money.view"
    MONEY_EDIT = "money.edit"
    DAY_VIEW = "day.view"
    DAY_CLOSE = "day.close"
    PARTNERS_VIEW = "partners.view"
    PARTNERS_CONTEST = "partners.contest"
    PARTNERS_EDIT = "partners.edit"
    RISK_VIEW = "risk.view"
    RISK_EDIT = "risk.edit"
    STAFF_VIEW = "staff.view"
    STAFF_EDIT = "staff.edit"
    REGIONS_VIEW = "regions.view"
    REGIONS_EDIT = "regions.edit"
    KEYS_EDIT = "keys.edit"
    APPROVALS_VIEW = "approvals.view"
    APPROVALS_DECIDE = "approvals.decide"
    AUDIT_VIEW = "audit.view"
    POLICY_VIEW = "policy.view"
    POLICY_EDIT = "policy.edit"
    TILLS_USE = "tills.use"
    TILLS_MANAGE = "tills.manage"
    DELIVERY_VIEW = "delivery.view"
    DELIVERY_ASSIGN = "delivery.assign"
    DELIVERY_EDIT = "delivery.edit"
    COURIER_USE = "courier.use"
    SHADOW_VIEW = "shadow.view"
    SHADOW_EDIT = "shadow.edit"
    SERVICE_VIEW = "service.view"
    SERVICE_ACT = "service.act"
    SERVICE_EDIT = "service.edit"
    SERVICE_DESK = "service.desk"


class Scope(StrEnum):
    """What an API client may be allowed to do."""

    STORES_READ = "stores:read"
    CHANNELS_READ = "channels:read"
    ORDERS_WRITE = "orders:write"
    ORDERS_READ = "orders:read"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    PURCHASING_READ = "purchasing:read"
    PURCHASING_WRITE = "purchasing:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOMERS_DATA = "customers:data"
    CARDS_SCAN = "cards:scan"
    REWARDS_READ = "rewards:read"
    REWARDS_WRITE = "rewards:write"
    VOUCHERS_REDEEM = "vouchers:redeem"
    WALLET_READ = "wallet:read"
    WALLET_WRITE = "wallet:write"
    WALLET_PAY = "wallet:pay"
    LEDGER_READ = "ledger:read"
    BOOKS_WRITE = "books:write"
    PARTNERS_READ = "partners:read"
    PARTNERS_WRITE = "partners:write"
    SOURCING_READ = "sourcing:read"
    SOURCING_WRITE = "sourcing:write"
    TILLS_USE = "tills:use"
    SHADOW_READ = "shadow:read"
    ENTRIES_READ = "entries:read"
    ENTRIES_WRITE = "entries:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    SERVICE_READ = "service:read"
    SERVICE_WRITE = "service:write"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at work for one brand.

    `scope` says how far the role reaches and `scope_ids` over what (regions, companies or stores); `store_ids` are the
    stores that comes to, empty where the scope is the brand: all of them. `hidden_store_ids` and `masked_store_ids`
    are stores of companies whose contract keeps their orders, or their customers' contacts, from the brand.
    `lacks_factor`: the brand demands a second factor of this role and there is none.
    """

    user_id: UUID
    brand_id: UUID
    username: str
    role: Role
    store_ids: frozenset[UUID] = frozenset()
    name: str = ""
    locale: str = "en"
    scope: ScopeKind = ScopeKind.BRAND
    scope_ids: frozenset[UUID] = frozenset()
    hidden_store_ids: frozenset[UUID] = frozenset()
    masked_store_ids: frozenset[UUID] = frozenset()
    lacks_factor: bool = False


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
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A program that asks for something by itself: an API client, an ERP, a channel that leads a field, a command.

    Whether it may ask at all its door has checked (a scope, a declared master); the limit of programs holds for all.
    """

    user_id: UUID
    brand_id: UUID
    username: str


Asker = Staff | Machine
PROGRAM = "program"
"""In the limits, beside the roles: what programs do alone."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just made. `key` is shown this once: only its hash is kept."""

    client: Client
    key: str


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approval:
    """Something one person asks for and another decides (制单与复核).

    `facts`: label -> value as a person should read it, flat; "href" is where the thing is. `amount_minor` is what it is
    worth, in the brand's currency or in the kind's unit. `asked_by` is a username; `held_by` answers for the request
    now (the asker, or who took over when they left). `decided_by` is '' until somebody has.
    """

    id: UUID
    kind: str
    subject: str
    facts: Mapping[str, Any]
    amount_minor: int
    store_id: UUID | None
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    asked_by_id: UUID | None = None
    held_by: str = ""
    held_by_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """Newest first; `next` is the cursor of the following page, '' at the end."""

    approvals: tuple[Approval, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A kind of request, registered by the module that carries it out.

    `name`: "noun.verb" ("price.change"). `title`: the words for people, translated late. `action`: what the asker must
    be allowed to do. `apply`: carries it out, in the transaction of the decision, once; an error it raises undoes the
    decision. `unit`: what `amount_minor` counts: "money" (minor units), "units" or "points". `drop`: told in the same
    transaction that it was refused or taken back. `programs`: whether programs ask for it, too. `two`: whatever the
    limits, a second person decides.
    """

    name: str
    title: Any
    action: Action
    apply: Callable[[Approval], None] = field(compare=False)
    unit: str = "money"
    drop: Callable[[Approval], None] | None = field(default=None, compare=False)
    programs: bool = False
    two: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """Where a request came from: the network address and the browser, as told."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session; `mine`: the one that asks."""

    id: UUID
    at: datetime
    seen_at: datetime
    address: str
    agent: str
    how: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """A try to log in and what came of it."""

    at: datetime
    outcome: str
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role held ready for whoever opens its link, until `expires_at`; `state`: open, accepted, expired, revoked."""

    id: UUID
    brand_id: UUID
    email: str
    name: str
    role: Role
    scope: ScopeKind
    scope_ids: tuple[UUID, ...]
    by: str
    at: datetime
    expires_at: datetime
    state: str
    accepted_by: str = ""
    locale: str = "en"
    user_id: UUID | None = None
    username: str = ""
    mail: InvitationMail | None = None


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """How the mail of an invitation stands: `state` is waiting, sent or failed (`error` says why)."""

    state: str
    at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class MailDue:
    """A mail that was claimed for sending: the link is `base` + `token`."""

    invitation: Invitation
    base: str
    token: str


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation just made. `token` goes into the link and is shown this once."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody who leaves leaves behind: live keys they made, open requests, channels they answer for."""

    keys: tuple[Client, ...]
    requests: tuple[Approval, ...]
    channels: tuple[UUID, ...]
