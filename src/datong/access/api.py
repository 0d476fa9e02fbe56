"""The public face of access."""

from datong.access.actions.approvals import (
    approval_kinds,
    ask,
    decide,
    hand_over,
    register_approval,
    set_limits,
    withdraw,
)
from datong.access.actions.clients import client_of, create_client, revoke_client
from datong.access.actions.people import (
    create_user,
    login_token,
    redeem_login_token,
    set_password,
    set_preferences,
    switch_user,
)
from datong.access.actions.staff import assign, own_channel, unassign
from datong.access.keys import require
from datong.access.queries.approvals import all_limits, approval, limits, list_approvals
from datong.access.queries.people import (
    brands_of,
    list_clients,
    list_staff,
    owner_history,
    owner_records,
    owners,
    staff_of,
    user_id_of,
)
from datong.access.rules import may, scope_of, sees

__all__ = [
    "all_limits",
    "approval",
    "approval_kinds",
    "ask",
    "assign",
    "brands_of",
    "client_of",
    "create_client",
    "create_user",
    "decide",
    "hand_over",
    "limits",
    "list_approvals",
    "list_clients",
    "list_staff",
    "login_token",
    "may",
    "own_channel",
    "owner_history",
    "owner_records",
    "owners",
    "redeem_login_token",
    "register_approval",
    "require",
    "revoke_client",
    "scope_of",
    "sees",
    "set_limits",
    "set_password",
    "set_preferences",
    "staff_of",
    "switch_user",
    "unassign",
    "user_id_of",
    "withdraw",
]
