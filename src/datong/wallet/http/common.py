"""Parts of what clients send to the wallet."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Header
from pydantic import Field, StringConstraints

from datong.brand.api import store_by_code
from datong.kernel.bodies import NUMBER, READABLE, STORABLE
from datong.kernel.errors import BadValue
from datong.kernel.money import MAX_MINOR

Key = Annotated[str, Header(max_length=150)]
"""`Idempotency-Key`: the call may be sent again, it is carried out once."""
Minor = Annotated[int, Field(ge=1, le=MAX_MINOR), NUMBER]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Reason = Annotated[str, StringConstraints(max_length=300), READABLE]
Text = Annotated[str, StringConstraints(max_length=120), STORABLE]
Word = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_.:-]{1,60}$")]
Ref = Annotated[str, StringConstraints(max_length=200), STORABLE]


def store_of(brand: UUID, code: str) -> UUID | None:
    """The store of this code; None for no code. BadValue for a code that no store has."""
    if not code:
        return None
    store = store_by_code(brand, code)
    if store is None:
        raise BadValue("/store", code, "the code of a store of this brand")
    return store.id
