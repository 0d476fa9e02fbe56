"""Who may do what: one table, decided without a database."""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from datong.access.types import Action, Role, Staff
from datong.kernel.errors import BadValue

KEY_PREFIX = "dtk_"
MIN_PASSWORD = 12

_VIEWS = frozenset(action for action in Action if action.value.endswith(".view"))

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.HQ: frozenset(Action),
    Role.AUDITOR: _VIEWS,
    Role.AGENT: frozenset(
        {
            Action.ORDERS_VIEW,
            Action.ORDERS_PLACE,
            Action.ORDERS_ACT,
            Action.CUSTOMERS_VIEW,
            Action.STOCK_VIEW,
            Action.STORES_VIEW,
            Action.CHANNELS_VIEW,
            Action.INBOX_VIEW,
            Action.INBOX_CORRECT,
            Action.CATALOG_VIEW,
        }
    ),
    Role.STORE: frozenset(
        {
            Action.ORDERS_VIEW,
            Action.ORDERS_ACT,
            Action.STOCK_VIEW,
            Action.STOCK_COUNT,
            Action.STORES_VIEW,
            Action.CATALOG_VIEW,
        }
    ),
}

# What store staff may see without naming one of their stores: the same for everybody who sells.
_SAME_EVERYWHERE = frozenset({Action.CATALOG_VIEW})


def may(staff: Staff | None, action: Action, store_id: UUID | None = None) -> bool:
    """Whether `staff` may do `action`, at `store_id` when the thing belongs to a store.

    Store staff are refused for another store's things and for things of no store (another store's may hide among
    them); a list for them is filtered by `scope_of`. None (nobody logged in) may nothing.
    """
    if staff is None or action not in ALLOWED[staff.role]:
        return False
    if staff.role is not Role.STORE or action in _SAME_EVERYWHERE:
        return True
    return store_id is not None and store_id in staff.store_ids


def sees(staff: Staff | None, action: Action) -> bool:
    """Whether a page for `action` may be opened at all; what it lists is narrowed by `scope_of`."""
    return staff is not None and action in ALLOWED[staff.role]


def scope_of(staff: Staff) -> frozenset[UUID] | None:
    """The stores a list must be narrowed to; None: all of them."""
    return staff.store_ids if staff.role is Role.STORE else None


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


def check_assignment(role: Role, store_ids: Collection[UUID]) -> None:
    """Store staff have stores, nobody else has; raises BadValue."""
    if role is Role.STORE and not store_ids:
        raise BadValue("store_ids", [], "at least one store for store staff")
    if role is not Role.STORE and store_ids:
        raise BadValue("store_ids", len(store_ids), f"no stores: {role} staff see all of them")
