"""The public face of access."""

from datong.access.actions import (
    assign,
    client_of,
    create_client,
    create_user,
    login_token,
    own_channel,
    redeem_login_token,
    revoke_client,
    set_password,
    set_preferences,
    switch_user,
    unassign,
)
from datong.access.keys import require
from datong.access.queries import (
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
    "assign",
    "brands_of",
    "client_of",
    "create_client",
    "create_user",
    "list_clients",
    "list_staff",
    "login_token",
    "may",
    "own_channel",
    "owner_history",
    "owner_records",
    "owners",
    "redeem_login_token",
    "require",
    "revoke_client",
    "scope_of",
    "sees",
    "set_password",
    "set_preferences",
    "staff_of",
    "switch_user",
    "unassign",
    "user_id_of",
]
