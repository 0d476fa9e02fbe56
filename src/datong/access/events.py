"""Facts of access that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StaffAssigned:
    """Somebody was given a role, or '' when it was taken away; `by` is who did it."""

    name: ClassVar[str] = "access.staff_assigned"
    version: ClassVar[int] = 1
    user_id: UUID
    role: str
    store_ids: tuple[UUID, ...]
    by: str
    scope: str = "brand"

    @property
    def aggregate(self) -> UUID:
        return self.user_id


@dataclass(frozen=True, slots=True)
class ChannelOwned:
    """A channel got its responsible owner."""

    name: ClassVar[str] = "access.channel_owned"
    version: ClassVar[int] = 1
    channel_id: UUID
    owner: str
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.channel_id


@dataclass(frozen=True, slots=True)
class ClientCreated:
    """A key was handed out."""

    name: ClassVar[str] = "access.client_created"
    version: ClassVar[int] = 1
    client_id: UUID
    channel_id: UUID
    scopes: tuple[str, ...]
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.client_id


@dataclass(frozen=True, slots=True)
class ClientRevoked:
    """A key was taken back."""

    name: ClassVar[str] = "access.client_revoked"
    version: ClassVar[int] = 1
    client_id: UUID
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.client_id


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """A request was approved (and carried out), refused or withdrawn; `by` is who decided."""

    name: ClassVar[str] = "access.approval_decided"
    version: ClassVar[int] = 1
    approval_id: UUID
    kind: str
    subject: str
    state: str
    amount_minor: int
    asked_by: str
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.approval_id
