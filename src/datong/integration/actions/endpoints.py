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
from datong.kernel import audit, clock
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Problem
from datong.kernel.secrets import seal


def create_endpoint(
    brand_id: UUID,
    channel_id: UUID,
    connector: str,
    *,
    secrets: Mapping[str, str],
    settings: Mapping[str, Any] | None = None,
    by: str = "system",
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
    with in_brand(brand_id):
        row = EndpointRow.objects.create(
            token=random.token_urlsafe(32),
            brand_id=brand_id,
            channel_id=channel_id,
            connector=connector,
            settings=settings,
            sealed=seal(json.dumps(dict(secrets))),
            created_at=clock.now(),
        )
        _note(row, by, "door.open", {"connector": connector, "settings": sorted(settings)})
    return endpoint(row)


def _note(row: EndpointRow, by: str, verb: str, after: dict[str, Any]) -> None:
    """The token is the door's address, which is a secret: a door is named by its channel."""
    subject = f"door {row.connector} of channel {row.channel_id}"
    audit.record(brand=row.brand_id, actor=by, verb=verb, subject=subject, after=after)


def update_endpoint(
    token: str,
    *,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    active: bool | None = None,
    by: str = "system",
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
    with in_brand(row.brand_id):
        row.save(update_fields=["settings", "sealed", "active"])
        changed = {"settings": settings is not None, "replaced": secrets is not None, "active": row.active}
        _note(row, by, "door.change", changed)
    return endpoint(row)


def close_endpoint(token: str, *, by: str = "system") -> Endpoint:
    """Nobody comes in here any more; what came in stays."""
    return update_endpoint(token, active=False, by=by)
