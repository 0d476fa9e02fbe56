"""Whether a store takes part, by its company's contract: asked by the wallet before it gives or takes anything."""

from __future__ import annotations

from uuid import UUID

from datong.brand.api import companies_of_stores
from datong.kernel.db import in_brand
from datong.merchants import rules
from datong.merchants.queries import contracts, today
from datong.wallet.types.places import NotAcceptedHere, Use


def refuse_place(brand: UUID, store_id: UUID, use: Use) -> None:
    """Raise NotAcceptedHere when the contract of the store's company leaves this out; without one all is taken."""
    with in_brand(brand):
        company = companies_of_stores(brand, [store_id]).get(store_id)
        if company is None:
            return
        contract = rules.in_force(contracts(brand, [company]).get(company, []), today(brand))
    if contract is not None and use not in contract.terms.accepts:
        raise NotAcceptedHere(store_id, use)
