"""Nouns of risk (风险管控): facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Decision(StrEnum):
    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Facts:
    """What risk may know of an order. `contacts` are normalised phone and e-mail values, for the lists.

    `happened` marks a fact of the world (a completed till sale, an order paid elsewhere): it is never blocked, at
    most marked for review.
    """

    subject_id: UUID
    channel_id: UUID
    amount_minor: int
    currency: str
    units: int
    lines: int
    customer_id: UUID | None = None
    contacts: tuple[str, ...] = ()
    happened: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rules` are the codes of the rules that fired, the deciding one first; `shadow` those that would have."""

    subject_id: UUID
    decision: Decision
    rules: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
