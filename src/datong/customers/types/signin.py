"""Nouns of a customer's own log-in (登录): a challenge that is sent, a session of a browser."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from datong.customers.types.people import Identity
from datong.kernel.errors import BadValue


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is to be sent: the code, and `link`, which holds it too. `token` goes into the page that asks for it.

    Neither tells whether anybody has this e-mail or phone.
    """

    identity: Identity
    token: str
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class Session:
    """A browser at which a customer is logged in: `customer_id` the record, `head_id` the person now."""

    id: UUID
    customer_id: UUID
    head_id: UUID
    channel_id: UUID


class CodeWrong(BadValue):
    """The code is not right, was used, or its time is over; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("code", "", "the six digits of the latest message, within ten minutes")
