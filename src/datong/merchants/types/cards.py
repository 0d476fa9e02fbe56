"""Cards of partner brands (京品惠) that we sell: a delivery of codes, bought out or sold for commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


class CardDeal(StrEnum):
    """What the contract says of the cards."""

    BUYOUT = "buyout"  # 买断: ours from the day they come, carried at cost, sold or not
    COMMISSION = "commission"  # 代销: the partner is owed its part of what is sold


class PartnerCardState(StrEnum):
    STOCK = "stock"
    SOLD = "sold"
    SPENT = "spent"  # sold, and the partner says it was spent
    RETURNED = "returned"  # the buyer knows its code: sold again once the partner gave it another
    LOST = "lost"  # written off: nobody sells it any more


@dataclass(frozen=True, slots=True)
class CardBatch:
    """A delivery of a partner's cards, alike but for their codes; minor units.

    `price_minor` is what a customer pays for one that is worth `face_minor` at the partner. `cost_minor` goes to the
    partner: for each that came (`buyout`), or for each that is sold (`commission`). `licence`: of the issuer, where the
    place asks for one. Money goes back within `refund_days` of a sale.
    """

    id: UUID
    company_id: UUID
    name: str
    deal: CardDeal
    currency: str
    face_minor: int
    price_minor: int
    cost_minor: int
    licence: str = ""
    expires_at: datetime | None = None
    refund_days: int = 7
    active: bool = True
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class CardReport:
    """A delivery in figures: how many came and what became of them, what that is in money (minor units).

    `stock_minor`: what those that are ours and unsold cost; `lost_minor`: what was written off.
    """

    batch: CardBatch
    count: int
    stock: int
    sold: int
    spent: int
    returned: int
    lost: int

    @property
    def gone(self) -> int:
        """Sold and not given back."""
        return self.sold + self.spent

    @property
    def revenue_minor(self) -> int:
        return self.gone * self.batch.price_minor

    @property
    def cost_minor(self) -> int:
        return self.gone * self.batch.cost_minor

    @property
    def lost_minor(self) -> int:
        return self.lost * self.batch.cost_minor if self.batch.deal is CardDeal.BUYOUT else 0

    @property
    def margin_minor(self) -> int:
        return self.revenue_minor - self.cost_minor - self.lost_minor

    @property
    def stock_minor(self) -> int:
        return (self.stock + self.returned) * self.batch.cost_minor if self.batch.deal is CardDeal.BUYOUT else 0


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A card as it stands; of its code only the end is shown."""

    id: UUID
    batch_id: UUID
    code_end: str
    state: PartnerCardState
    sale_id: UUID | None
    sold_at: datetime | None
    customer_id: UUID | None
    method: str


@dataclass(frozen=True, slots=True)
class CardSale:
    """Cards that were sold together: `codes` are for their buyer."""

    id: UUID
    batch_id: UUID
    name: str
    customer_id: UUID | None
    price_minor: int
    currency: str
    method: str
    ref: str
    store_id: UUID | None
    at: datetime
    by: str
    codes: tuple[str, ...]


SAYS = {
    "none_left": "There are not that many cards of this delivery left.",
    "not_on_sale": "Cards of this delivery are not sold now.",
    "not_sold": "This card is not with a customer.",
    "spent": "The partner says that this card was spent: its money does not go back.",
    "too_late": "The time in which this card could be given back is over.",
    "used_codes": "Some of these codes came with another delivery.",
    "their_store": "Partner's cards are sold at the brand's own stores and channels: this store is a company's.",
}


class CardsRefused(Conflict):
    """Cards of a partner cannot be taken in, sold or given back; nothing was changed."""

    code = "cards_refused"

    def __init__(self, why: str, fix: str, *, field: str = "batch_id", value: object = None) -> None:
        super().__init__(SAYS[why], Problem(field, why, fix, value))
        self.why = why


class CardsUnknown(NotFound):
    code = "no_such_cards"
