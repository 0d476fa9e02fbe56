"""Whose orders a person sees, and how much of the customers': the one place that masks contacts for a screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict
from uuid import UUID

from datong.access import api as access
from datong.channels.console.who import Who
from datong.fulfilment.types import FulfilmentKind
from datong.orders import api as orders
from datong.orders.api import BoardFilter, BoardRow, LineView, OrderView


class HasContact(Protocol):
    @property
    def contact_name(self) -> str: ...
    @property
    def contact_phone(self) -> str: ...
    @property
    def contact_email(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer as this person may see them; `masked` says that there is more."""

    name: str
    phone: str
    email: str
    address: str
    masked: bool


def contact_of(who: Who, order: HasContact, stores: Iterable[UUID | None]) -> Contact:
    """The contact of an order that these stores bring to the customer: in full for who does, else masked."""
    if any(access.sees_contacts(who.staff, store) for store in stores):
        return Contact(order.contact_name, order.contact_phone, order.contact_email, order.address, masked=False)
    return Contact(
        access.mask_name(order.contact_name),
        access.mask_phone(order.contact_phone),
        access.mask_email(order.contact_email),
        access.mask_address(order.address),
        masked=True,
    )


def name_for(who: Who, name: str, store: UUID | None) -> str:
    """A customer's name in a list."""
    return name if access.sees_contacts(who.staff, store) else access.mask_name(name)


class Narrowed(TypedDict):
    stores: tuple[UUID, ...] | None
    hidden: tuple[UUID, ...] | None


def narrowed(who: Who) -> Narrowed:
    """What a list of orders is narrowed to for this person: the fields of the same names of `BoardFilter`."""
    hidden = tuple(sorted(who.staff.hidden_store_ids))
    return {"stores": None if who.stores is None else tuple(sorted(who.stores)), "hidden": hidden or None}


def may_see_order(who: Who, serving: Iterable[Any]) -> bool:
    """Whether an order that these stores serve exists for this person: one store that they may see is enough."""
    stores = set(serving) - who.staff.hidden_store_ids
    return bool(stores if who.stores is None else stores & who.stores)


def delivering(order: OrderView) -> set[UUID | None]:
    """The stores that meet the customer: the one that has the order, and of a delivery each that sends a part."""
    if order.fulfilment != FulfilmentKind.DELIVERY:
        return {order.store_id}
    return {order.store_id, *(store for line in order.lines for store, _units in line.stores)}


def own_lines(who: Who, order: OrderView) -> tuple[LineView, ...]:
    """The lines a person may see: all, but for people of a store that serves only a part, that part."""
    if who.stores is None or order.store_id in who.stores:
        return order.lines
    return tuple(line for line in order.lines if any(store in who.stores for store, _units in line.stores))


def orders_of(who: Who, customer_id: UUID, limit: int) -> list[BoardRow]:
    """What the person bought, through whichever record, as far as this member of staff may see it; newest first."""
    return list(orders.board(who.brand.id, BoardFilter(customer_id=customer_id, limit=limit, **narrowed(who))).rows)


def opened(who: Who, bought: list[BoardRow]) -> bool:
    """Whether this person serves the customer and so sees who it is."""
    return any(access.sees_contacts(who.staff, row.store_id) for row in bought) or (
        not bought and access.sees_contacts(who.staff, None)
    )


def whole_brand(who: Who) -> bool:
    """Whether nothing of the brand is kept from this person: they see customers who never bought, too."""
    return who.stores is None and not who.staff.hidden_store_ids
