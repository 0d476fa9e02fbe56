"""The membership card (会员卡): its number, the codes it shows, and what a scan says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


class CardState(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"  # 挂失: shows, identifies and pays nothing until it is given free
    REPLACED = "replaced"  # another card has taken its place


class CardUse(StrEnum):
    """What a scan is for."""

    IDENTIFY = "identify"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Card:
    """A card of a customer's record. `number` is for printing: it identifies and never pays."""

    id: UUID
    customer_id: UUID
    number: str
    state: CardState
    issued_at: datetime
    issued_by: str
    changed_at: datetime
    reason: str = ""
    replaced_by: UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardKey:
    """A key that one phone (or wallet app) computes its codes with. `secret` (base32) is told once, when it is made."""

    card_id: UUID
    number: str
    no: int
    secret: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a scanner read: a number, and the rotating code of one of the card's keys when it was one."""

    number: str
    key_no: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class CodeMark:
    """A code that was shown: the key and its step of time (30 s each since 1970). It pays once."""

    key_id: UUID
    step: int


@dataclass(frozen=True, slots=True)
class Member:
    """Whose card was scanned. `mark` is None when only the number was shown; `fresh`: the code is of this moment."""

    card_id: UUID
    number: str
    customer_id: UUID
    head_id: UUID
    name: str
    mark: CodeMark | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class PassField:
    """A line of the pass, such as ("balance", "Balance", "¥128.00")."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PassFace:
    """What a pass shows: the brand, the card's number (its code in Apple's wallet: it identifies, it does not pay)."""

    brand: str
    number: str
    serial: str
    fields: Sequence[PassField] = ()
    colour: str = "rgb(29, 33, 39)"


class CardUnknown(NotFound):
    """No card has this number, or the code is none of its codes."""

    code = "card_unknown"


class CardRefused(Conflict):
    """The card is known and not taken; `problems` name why."""

    code = "card_refused"


REFUSALS = {
    "code_expired": "This code is too old. Ask for the code that is on the phone now.",
    "code_used": "This code has paid already. The phone shows a new one within 30 seconds.",
    "code_needed": "The number identifies and does not pay. Scan the code on the phone.",
    "card_frozen": "This card is frozen.",
    "card_replaced": "This card was replaced by another one.",
    "card_expired": "This card has expired.",
    "card_other_brand": "This card is another brand's.",
}


def refused(why: str, shown: str = "") -> CardRefused:
    """A refusal of the kinds above."""
    return CardRefused(REFUSALS[why], Problem("code", why, REFUSALS[why], shown))


__all__ = [
    "REFUSALS",
    "Card",
    "CardKey",
    "CardRefused",
    "CardState",
    "CardUnknown",
    "CardUse",
    "CodeMark",
    "Member",
    "PassFace",
    "PassField",
    "Shown",
    "refused",
]
