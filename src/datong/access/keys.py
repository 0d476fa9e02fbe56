"""What an operation of the API asks of the client that calls it."""

from __future__ import annotations

from typing import Any

from datong.access.types import Client, Scope
from datong.kernel.errors import NotAllowed


def require(request: Any, scope: Scope) -> Client:
    """The client of an authenticated request (its `auth`); NotAllowed when its key lacks the scope."""
    client: Client = request.auth
    if scope not in client.scopes:
        raise NotAllowed(f"this key may not do that: it needs the scope {scope.value}")
    return client


def sees_people(client: Client) -> bool:
    """Whether customers' names, phones and addresses are told to a client in full; without it they are masked."""
    return Scope.CUSTOMERS_READ in client.scopes
