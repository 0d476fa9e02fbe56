"""Nouns of fetching: the number that is called (取餐号) and the code that shows whose it is (取餐码)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from datong.kernel.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Calling:
    """What a store calls a task by on its business day: `number` is for everybody's ears, `code` is the customer's."""

    task_id: UUID
    order_id: UUID
    store_id: UUID
    day: date
    number: int
    code: str = field(repr=False)

    @property
    def said(self) -> str:
        """As it stands on a screen and a ticket: at least three digits."""
        return said(self.number)


def said(number: int) -> str:
    return f"{number:03d}"


class WrongCodeError(BadInput):
    """What was said is not the code of the order: nothing is handed over."""

    code = "wrong_code"

    def __init__(self, typed: str) -> None:
        fix = "the six digits on the customer's order page"
        super().__init__("this is not the code of the order", Problem("code", self.code, fix, typed[:12]))
