"""Who may do what: one table, decided without a database."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from datong.access.types import PROGRAM, Action, Approval, Asker, Role, ScopeKind, Staff
from datong.kernel.errors import BadValue

KEY_PREFIX = "dtk_"
MIN_PASSWORD = 12

_HEAD = frozenset({Role.OWNER, Role.HQ})
_READERS = frozenset({Role.AUDITOR, Role.FINANCE})
_SHOP = frozenset({Role.STORE, Role.MANAGER, Role.REGION})
_TILL = _SHOP | {Role.CASHIER}
_OWNERS_OWN = frozenset({Action.POLICY_EDIT})

WHO: dict[Action, frozenset[Role]] = {
    Action.ME: frozenset(Role),
    Action.ORDERS_VIEW: _TILL | {Role.AGENT, Role.MERCHANDISER, Role.INTEGRATOR},
    Action.ORDERS_PLACE: frozenset({Role.AGENT, Role.REGION, Role.MANAGER}),
    Action.ORDERS_ACT: _TILL | {Role.AGENT},
    Action.ORDERS_RELEASE: frozenset({Role.REGION, Role.MANAGER}),
    Action.CUSTOMERS_VIEW: frozenset({Role.AGENT, Role.REGION, Role.MANAGER}),
    Action.CUSTOMERS_MERGE: frozenset({Role.AGENT}),
    Action.CUSTOMERS_DATA: frozenset({Role.AGENT}),
    Action.VOICES_VIEW: frozenset({Role.AGENT, Role.MERCHANDISER}),
    Action.VOICES_EDIT: frozenset({Role.AGENT, Role.MERCHANDISER}),
    Action.CARDS_ISSUE: frozenset({Role.AGENT, Role.REGION, Role.MANAGER}),
    Action.REWARDS_VIEW: frozenset({Role.AGENT, Role.MERCHANDISER, Role.REGION, Role.MANAGER}),
    Action.REWARDS_EDIT: frozenset({Role.MERCHANDISER}),
    Action.REWARDS_GIVE: frozenset({Role.AGENT}),
    Action.VOUCHERS_REDEEM: _TILL | {Role.AGENT},
    Action.WALLET_VIEW: frozenset({Role.AGENT, Role.REGION, Role.MANAGER, Role.CASHIER}),
    Action.WALLET_TOP_UP: frozenset({Role.AGENT, Role.REGION, Role.MANAGER, Role.CASHIER}),
    Action.WALLET_MANAGE: frozenset({Role.AGENT, Role.FINANCE}),
    Action.STOCK_VIEW: _TILL | {Role.AGENT, Role.MERCHANDISER},
    Action.STOCK_COUNT: _SHOP,
    Action.STOCK_SELL_OUT: _TILL | {Role.MERCHANDISER},
    Action.STOCK_MOVE: _SHOP,
    Action.STOCK_REASONS: frozenset({Role.MERCHANDISER}),
    Action.SUPPLIERS_VIEW: frozenset({Role.MERCHANDISER}),
    Action.SUPPLIERS_EDIT: frozenset({Role.MERCHANDISER}),
    Action.PURCHASING_VIEW: _SHOP | {Role.MERCHANDISER},
    Action.PURCHASING_EDIT: frozenset({Role.MERCHANDISER}),
    Action.PURCHASING_RECEIVE: _SHOP | {Role.MERCHANDISER},
    Action.STORES_VIEW: _TILL | {Role.AGENT, Role.MERCHANDISER, Role.INTEGRATOR},
    Action.STORES_EDIT: frozenset({Role.REGION}),
    Action.CHANNELS_VIEW: frozenset({Role.AGENT, Role.MERCHANDISER, Role.INTEGRATOR}),
    Action.CHANNELS_EDIT: frozenset({Role.INTEGRATOR}),
    Action.ENTRIES_VIEW: _TILL | {Role.AGENT, Role.MERCHANDISER, Role.INTEGRATOR},
    Action.ENTRIES_EDIT: frozenset({Role.MERCHANDISER, Role.REGION, Role.MANAGER}),
    Action.CREDIT_VIEW: _TILL,
    Action.IMPORTS_VIEW: frozenset({Role.MERCHANDISER, Role.INTEGRATOR}),
    Action.INBOX_VIEW: frozenset({Role.AGENT, Role.INTEGRATOR}),
    Action.INBOX_CORRECT: frozenset({Role.AGENT, Role.INTEGRATOR}),
    Action.CATALOG_VIEW: _TILL | {Role.AGENT, Role.MERCHANDISER, Role.INTEGRATOR},
    Action.CATALOG_EDIT: frozenset({Role.MERCHANDISER}),
    Action.REGIONS_VIEW: frozenset({Role.REGION, Role.MANAGER, Role.MERCHANDISER}),
    Action.STAFF_VIEW: frozenset({Role.REGION, Role.MANAGER}),
    Action.KEYS_EDIT: frozenset({Role.INTEGRATOR}),
    Action.SERVICE_VIEW: frozenset({Role.AGENT, Role.REGION, Role.MANAGER}),
    Action.SERVICE_DESK: frozenset({Role.AGENT}),
    Action.SERVICE_ACT: frozenset({Role.AGENT, Role.REGION, Role.MANAGER}),
    Action.SHADOW_VIEW: frozenset({Role.INTEGRATOR}),
    Action.SHADOW_EDIT: frozenset({Role.INTEGRATOR}),
    Action.MONEY_EDIT: frozenset({Role.FINANCE}),
    Action.DAY_VIEW: _SHOP,
    Action.DAY_CLOSE: _SHOP | {Role.FINANCE},
    Action.TILLS_USE: _TILL,
    Action.TILLS_MANAGE: _SHOP,
    Action.DELIVERY_VIEW: _TILL | {Role.AGENT},
    Action.DELIVERY_ASSIGN: _SHOP | {Role.AGENT},
    Action.DELIVERY_EDIT: frozenset({Role.REGION}),
    Action.COURIER_USE: frozenset({Role.COURIER}),
    Action.PARTNERS_VIEW: frozenset({Role.REGION, Role.MANAGER}),
    Action.PARTNERS_CONTEST: frozenset({Role.REGION, Role.MANAGER, Role.FINANCE}),
    Action.PARTNERS_EDIT: frozenset({Role.FINANCE}),
    Action.APPROVALS_VIEW: _SHOP | {Role.CASHIER, Role.AGENT, Role.MERCHANDISER},
    Action.APPROVALS_DECIDE: frozenset({Role.FINANCE, Role.REGION, Role.MANAGER, Role.MERCHANDISER}),
}
"""Who may do what, besides the rule: owner and head office everything, auditor and finance every '.view'.

An action without a row is the head office's; `docs/reference/roles-and-scopes.md` is made from this.
"""


def roles_of(action: Action) -> frozenset[Role]:
    """The roles that may do `action`."""
    head = frozenset({Role.OWNER}) if action in _OWNERS_OWN else _HEAD
    readers = _READERS if action.value.endswith(".view") else frozenset()
    return head | readers | WHO.get(action, frozenset())


ALLOWED: dict[Role, frozenset[Action]] = {
    role: frozenset(action for action in Action if role in roles_of(action)) for role in Role
}

# What people of a store, region or company may do without naming one of their stores: the same for everybody who
# sells, or narrowed to their stores by what shows it.
_SAME_EVERYWHERE = frozenset({Action.CATALOG_VIEW})
_NARROWED = frozenset({Action.APPROVALS_VIEW, Action.REGIONS_VIEW, Action.PARTNERS_VIEW, Action.PARTNERS_CONTEST})
# What a company's contract may keep from the brand.
_OF_ORDERS = frozenset({Action.ORDERS_VIEW, Action.ORDERS_ACT, Action.CUSTOMERS_VIEW, Action.MONEY_VIEW})


def may(staff: Staff | None, action: Action, store_id: UUID | None = None) -> bool:
    """Whether `staff` may do `action`, at `store_id` when the thing belongs to a store.

    People of some stores are refused for another store's things and for things of no store (another store's may hide
    among them); a list for them is filtered by `scope_of`. None (nobody logged in) may nothing.
    """
    if staff is None or action not in ALLOWED[staff.role]:
        return False
    if store_id in staff.hidden_store_ids and action in _OF_ORDERS:
        return False
    if scope_of(staff) is None or action in _SAME_EVERYWHERE | _NARROWED:
        return True
    return store_id is not None and store_id in staff.store_ids


def sees(staff: Staff | None, action: Action) -> bool:
    """Whether a page for `action` may be opened at all; what it lists is narrowed by `scope_of`."""
    return staff is not None and action in ALLOWED[staff.role]


def scope_of(staff: Staff) -> frozenset[UUID] | None:
    """The stores a list must be narrowed to; None: all of them."""
    everywhere = staff.scope is ScopeKind.BRAND and staff.role not in SCOPED
    return None if everywhere else staff.store_ids - staff.hidden_store_ids


def sees_contacts(staff: Staff, store_id: UUID | None) -> bool:
    """Whether a customer's name, phone and address of an order at `store_id` are shown in full.

    Who serves the customer needs them, and only where they serve: whoever may act on the order. A company's contract
    may keep them from the brand.
    """
    if store_id in staff.masked_store_ids | staff.hidden_store_ids:
        return False
    return may(staff, Action.ORDERS_ACT, store_id)


SCOPED = frozenset({Role.STORE, Role.MANAGER, Role.CASHIER, Role.REGION})
"""Roles that never reach the whole brand."""
REACH: dict[Role, tuple[ScopeKind, ...]] = {
    Role.OWNER: (ScopeKind.BRAND,),
    Role.HQ: (ScopeKind.BRAND,),
    Role.INTEGRATOR: (ScopeKind.BRAND,),
    Role.COURIER: (ScopeKind.BRAND,),
    Role.REGION: (ScopeKind.REGION, ScopeKind.COMPANY, ScopeKind.STORE),
    Role.STORE: (ScopeKind.STORE, ScopeKind.COMPANY),
    Role.MANAGER: (ScopeKind.STORE, ScopeKind.COMPANY),
    Role.CASHIER: (ScopeKind.STORE, ScopeKind.COMPANY),
    Role.MERCHANDISER: (ScopeKind.BRAND,),
    Role.AGENT: (ScopeKind.BRAND, ScopeKind.REGION, ScopeKind.COMPANY, ScopeKind.STORE),
    Role.FINANCE: (ScopeKind.BRAND, ScopeKind.COMPANY),
    Role.AUDITOR: (ScopeKind.BRAND, ScopeKind.REGION, ScopeKind.COMPANY),
}
"""The scopes a role may be given, the usual one first."""

ALWAYS_ASK = -1
"""A limit that lets nothing pass without a second person."""
LIMITS: dict[str, int | None] = {
    Role.OWNER: None,
    Role.HQ: None,
    Role.REGION: 100_000,
    Role.MERCHANDISER: 50_000,
    Role.MANAGER: 20_000,
    Role.STORE: 20_000,
    Role.AGENT: 20_000,
    Role.CASHIER: 5_000,
    PROGRAM: 50_000,
}
"""What a role may do alone where the brand has set nothing: minor units (or units, points); None: anything."""


TWO_PEOPLE = frozenset({"customer.erase", "partner.contract", "partner.settlement"})
"""Kinds that nobody does alone, whatever the limits say; finance and head office decide them."""


def binding(kind: str, own: Mapping[str, int | None]) -> Mapping[str, int | None]:
    """The limits that hold for a kind: what the brand has set, or that two people are needed, always."""
    return dict.fromkeys([*Role, PROGRAM], ALWAYS_ASK) if kind in TWO_PEOPLE else own


def limit_of(role: str, own: Mapping[str, int | None]) -> int | None:
    """Up to what a role (or PROGRAM) acts alone; `own` is what the brand has set for the kind. None: any amount."""
    return own[role] if role in own else LIMITS.get(role, ALWAYS_ASK)


def role_of(asker: Asker) -> str:
    """Whose limit holds for somebody."""
    return asker.role if isinstance(asker, Staff) else PROGRAM


def alone(role: str, amount_minor: int, own: Mapping[str, int | None]) -> bool:
    """Whether somebody of this role does it without a second person."""
    limit = limit_of(role, own)
    return limit is None or abs(amount_minor) <= limit


def why_not(staff: Staff, approval: Approval, own: Mapping[str, int | None]) -> str:
    """Why `staff` cannot decide a request: '' when they can, else 'asker', 'role', 'store' or 'amount'.

    Who asked, or answers for the request, never decides. Finance and head office decide any amount; others what they
    could do alone themselves, at stores they reach.
    """
    if staff.user_id in (approval.asked_by_id, approval.held_by_id):
        return "asker"
    if not sees(staff, Action.APPROVALS_DECIDE):
        return "role"
    if not may(staff, Action.APPROVALS_DECIDE, approval.store_id):
        return "store"
    if staff.role in _HEAD | {Role.FINANCE} or alone(staff.role, approval.amount_minor, own):
        return ""
    return "amount"


def hash_of(key: str) -> bytes:
    """What is kept of an API key. A plain hash is enough: a key is 256 random bits, nothing to guess."""
    return sha256(key.encode()).digest()


def clean_username(username: str) -> str:
    """Lower case, so that two people never differ by a capital letter.

    Raises BadValue when it is not 2 to 64 letters, digits and . _ - @ +.
    """
    cleaned = username.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@+-]{1,63}", cleaned):
        raise BadValue("username", username, "2 to 64 letters, digits or . _ - @ +")
    return cleaned


def check_password(password: str) -> None:
    """Length is what counts (NIST SP 800-63B); raises BadValue without repeating the password."""
    if len(password) < MIN_PASSWORD:
        raise BadValue("password", f"{len(password)} characters", f"at least {MIN_PASSWORD} characters")


def check_assignment(
    role: Role, store_ids: Collection[UUID], scope: ScopeKind | None = None, scope_ids: Collection[UUID] = ()
) -> tuple[ScopeKind, tuple[UUID, ...]]:
    """The scope a role is given, and over what; raises BadValue when it does not fit the role.

    Without a scope, `store_ids` are one of stores, and none of them is the brand.
    """
    if scope is None:
        scope, scope_ids = (ScopeKind.STORE, store_ids) if store_ids else (ScopeKind.BRAND, ())
    if scope is ScopeKind.BRAND and role in SCOPED:
        usual = REACH[role][0]
        raise BadValue("scope_ids", [], f"at least one {usual} for a {role.replace('_', ' ')}")
    if scope not in REACH[role]:
        raise BadValue("scope", scope.value, f"{' or '.join(REACH[role])} for the role {role}")
    if (scope is ScopeKind.BRAND) != (not scope_ids):
        raise BadValue("scope_ids", len(scope_ids), "nothing for the whole brand, at least one else")
    return scope, tuple(sorted(set(scope_ids)))


def mask_name(name: str) -> str:
    """The first letter, and that there is more: 'A***', '李**'."""
    cleaned = name.strip()
    if not cleaned:
        return ""
    return cleaned[0] + ("*" * min(len(cleaned) - 1, 2) if ord(cleaned[0]) > 0x2E80 else "***")


def mask_phone(phone: str) -> str:
    """The last four digits, as a courier asks for them: '***0100'."""
    digits = re.sub(r"\D", "", phone)
    return f"***{digits[-4:]}" if len(digits) > 6 else "***" if phone.strip() else ""


def mask_email(email: str) -> str:
    """The first letter and the domain: 'a***@example.com'."""
    local, at, domain = email.strip().partition("@")
    return f"{local[:1]}***@{domain}" if at else "***" if local else ""


def mask_address(address: str) -> str:
    """Nothing of a street: that there is an address."""
    return "***" if address.strip() else ""


def network_of(address: str, *, v4: int = 24, v6: int = 56) -> str:
    """The network an address belongs to: what one household or office has; '' for an address that is not known."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, v4 if found.version == 4 else v6), strict=False))


def may_grant(by: Staff, role: Role) -> bool:
    """Whether somebody may give or take a role: head office all but the owner's."""
    return sees(by, Action.STAFF_EDIT) and (role is not Role.OWNER or by.role is Role.OWNER)
