"""What both brands' orders have in common: who pays how, what a platform shows of its customer, what it keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from datong.fulfilment.types import FulfilmentKind
from datong.kernel.money import part_minor
from datong.orders.types import Amounts, Contact
from datong.payments.types import PaymentMethod
from datong.site.demo.types import DemoChannel, Door, Persona


@dataclass(frozen=True, slots=True)
class Fees:
    """Minor units. Parcels of our own shops cost `shipping` below `free_from`; a marketplace adds packaging and courier
    and now and then a subsidy on baskets of `subsidy_from` or more; `commission_percent` is by channel code."""

    shipping: int
    free_from: int
    packaging: int
    courier: int
    subsidy_from: int
    subsidies: tuple[int, ...]
    commission_percent: dict[str, int]


def payment_of(channel: DemoChannel, kind: FulfilmentKind, throws: Random) -> PaymentMethod:
    """Tills and platforms are paid; callers pay on receipt, resellers in advance; one pickup in five pays there."""
    if channel.door is Door.TILL:
        return PaymentMethod.TILL
    if channel.door is Door.MARKETPLACE:
        return PaymentMethod.PLATFORM
    pickup = kind is FulfilmentKind.PICKUP
    if channel.door is Door.DESK:
        return PaymentMethod.PAY_AT_STORE if pickup else PaymentMethod.CASH_ON_DELIVERY
    if pickup and channel.door in (Door.SHOPIFY, Door.JSON_API) and throws.random() < 0.2:
        return PaymentMethod.PAY_AT_STORE
    return PaymentMethod.PREPAID


def contact_of(channel: DemoChannel, persona: Persona, relay: str, throws: Random) -> Contact:
    """Marketplaces show a masked name and a relay number with an extension; at a till nobody gives a name."""
    if channel.door is Door.TILL:
        return Contact()
    if channel.door is Door.MARKETPLACE:
        return Contact(f"{persona.name[0]}**", f"{relay};ext={throws.randrange(10_000):04}", masked=True)
    return Contact(persona.name, persona.phone, persona.email)


def settle(channel: DemoChannel, kind: FulfilmentKind, goods: int, fees: Fees, throws: Random) -> Amounts:
    """What was paid for a basket worth `goods`, and on a marketplace who bore which part of it."""
    if channel.door is not Door.MARKETPLACE:
        parcel = kind is FulfilmentKind.DELIVERY and channel.door in (Door.SHOPIFY, Door.WOOCOMMERCE)
        fee = fees.shipping if parcel and goods < fees.free_from else 0
        return Amounts(goods=goods, paid=goods + fee, delivery=fee)
    large = goods >= fees.subsidy_from
    theirs = throws.choice(fees.subsidies) if large and throws.random() < 0.25 else 0
    ours = throws.choice(fees.subsidies) // 2 if large and throws.random() < 0.15 else 0
    settled = Amounts(
        goods=goods,
        paid=0,
        platform_subsidy=theirs,
        merchant_subsidy=ours,
        packaging=fees.packaging,
        delivery=fees.courier,
        commission=part_minor(goods - ours, fees.commission_percent[channel.code], 100),
    )
    return replace(settled, paid=goods - theirs - ours + settled.packaging + settled.delivery)
