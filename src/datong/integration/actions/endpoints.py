"""Addresses of doors."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from datong.brand.api import list_channels
from datong.integration.models import Endpoint as EndpointRow
from datong.integration.queries import endpoint
from datong.integration.types import Endpoint, UnknownEndpoint
from datong.integration.wire.registry import KINDS, SECRETS, connector_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, Problem
from datong.kernel.secrets import seal


def create_endpoint(
    brand_id: UUID,
    channel_id: UUID,
    connector: str,
    *,
    secrets: Mapping[str, str],
    settings: Mapping[str, Any] | None = None,
) -> Endpoint:
    """Open a door: its token is random and is all that its URL says; the secrets are sealed.

    Raises BadInput: unknown channel or connector, a secret that is missing, a mapping that cannot be read.
    """
    settings = dict(settings or {})
    problems = []
    if channel_id not in {channel.id for channel in list_channels(brand_id)}:
        problems.append(Problem("/channel_id", "unknown_channel", "a channel of this brand", str(channel_id)))
    if connector not in KINDS:
        problems.append(Problem("/connector", "unknown_connector", f"one of {', '.join(KINDS)}", connector))
    per_device = any(name.startswith("device:") for name in secrets)
    for name in SECRETS.get(connector, ()):
        if not secrets.get(name) and not (connector == "pos" and per_device):
            problems.append(Problem(f"/secrets/{name}", "missing", f"{connector} cannot be believed without it"))
    if problems:
        raise BadInput("the door cannot be opened", *problems)
    connector_of(connector, settings)
    row = EndpointRow.objects.create(
        token=random.token_urlsafe(32),
        brand_id=brand_id,
        channel_id=channel_id,
        connector=connector,
        settings=settings,
        sealed=seal(json.dumps(dict(secrets))),
        created_at=clock.now(),
    )
    return endpoint(row)


def update_endpoint(
    token: str,
    *,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    active: bool | None = None,
) -> Endpoint:
    """Change what is given; secrets are replaced as a whole. Raises UnknownEndpoint."""
    row = EndpointRow.objects.filter(token=token).first()
    if row is None:
        raise UnknownEndpoint("no door has this address")
    if settings is not None:
        connector_of(row.connector, settings)
        row.settings = dict(settings)
    if secrets is not None:
        row.sealed = seal(json.dumps(dict(secrets)))
    if active is not None:
        row.active = active
    row.save(update_fields=["settings", "sealed", "active"])
    return endpoint(row)


def close_endpoint(token: str) -> Endpoint:
    """Nobody comes in here any more; what came in stays."""
    return update_endpoint(token, active=False)
