"""Partners: contracts, settlements, contested lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from datong.access import api as access
from datong.access.types import Role
from datong.brand.api import put_company, set_company_stores
from datong.kernel.db import execute, in_brand
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types import Terms
from datong.merchants.types.adverts import Advert, AdvertBasis
from datong.merchants.types.cards import CardBatch, CardDeal
from datong.site.tests.audited.customers import customer
from datong.site.tests.audited.world import BY, NOW, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, PurseKind

DAY = NOW.date()


def company(w: World) -> UUID:
    found = put_company(w.brand, "Inn Ltd", by="test").id
    set_company_stores(w.brand, found, [w.near], by="test")
    return found


def line(w: World) -> UUID:
    """A line that is open: a top-up at the company's store."""
    company(w)
    purse = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", customer(w, "+16125550171")), brand=w.brand, **BY)
    top_up = wallet.top_up(purse.id, 1_000, brand=w.brand, key="in", store_id=w.near, **BY)
    merchants.enter_top_ups([top_up.id], brand=w.brand)
    return merchants.lines(w.brand)[0].entry.id


def proposed(w: World) -> Any:
    line(w)
    return merchants.propose_run(merchants.today(w.brand), "USD", brand=w.brand, by=w.owner)


def posted(w: World) -> UUID:
    run, asked = proposed(w)
    access.decide(asked.id, brand=w.brand, by=w.staff(Role.HQ), approve=True)
    return run.id  # type: ignore[no-any-return]


def drafted(w: World) -> UUID:
    line(w)
    firm = merchants.lines(w.brand)[0].entry.company_id
    merchants.put_contract(firm, DAY, Terms("USD"), brand=w.brand, **BY)
    with in_brand(w.brand):
        execute("UPDATE merchants_entry SET day = day - 40 WHERE brand_id = %s", [w.brand])
    (made,) = merchants.draft_due(brand=w.brand)
    return made


VERBS |= {
    "merchants.draft_due": drafted,
    "merchants.drop_run": lambda w: merchants.drop_run(drafted(w), brand=w.brand, reason="none", **BY),
    "merchants.submit_run": lambda w: merchants.submit_run(drafted(w), brand=w.brand, by=w.owner),
}


def cards(w: World, deal: CardDeal = CardDeal.BUYOUT) -> UUID:
    batch = CardBatch(uuid7(), company(w), "Inn 10", deal, "USD", 1_000, 900, 800)
    return merchants.take_in_cards(batch, ["INN-1", "INN-2"], brand=w.brand, **BY).batch.id


def sold(w: World) -> UUID:
    batch = cards(w)
    merchants.sell_cards(batch, 1, brand=w.brand, key="s", **BY)
    return batch


def back(w: World) -> UUID:
    card = merchants.partner_cards(w.brand, sold(w))[0].id
    merchants.refund_card(card, brand=w.brand, proof="p", reason="r", **BY)
    return card


def advert(w: World) -> UUID:
    day = merchants.today(w.brand)
    made = Advert(uuid7(), company(w), "spring", "Spring", "web", "top", "Come", "https://inn.example", "en", day, day,
                  AdvertBasis.DAY, 100, "USD")  # fmt: skip
    return merchants.put_advert(made, brand=w.brand, **BY).advert.id


VERBS |= {
    "merchants.put_advert": advert,
    "merchants.end_advert": lambda w: merchants.end_advert(advert(w), brand=w.brand, **BY),
    "merchants.take_in_cards": cards,
    "merchants.sell_cards": sold,
    "merchants.refund_card": back,
    "merchants.renew_card": lambda w: merchants.renew_card(back(w), "INN-3", brand=w.brand, **BY),
    "merchants.spent_cards": lambda w: merchants.spent_cards(sold(w), ["INN-1"], brand=w.brand, **BY),
    "merchants.open_cards": lambda w: merchants.open_cards(cards(w), brand=w.brand, active=False, **BY),
    "merchants.write_off_cards": lambda w: merchants.write_off_cards(cards(w), brand=w.brand, reason="r", **BY),
    "merchants.answer": lambda w: merchants.answer(
        merchants.contest(line(w), brand=w.brand, reason="odd", **BY).id, brand=w.brand, stands=True, words="ok", **BY
    ),
    "merchants.ask_contract": lambda w: merchants.ask_contract(
        company(w), DAY + timedelta(days=2), Terms("USD"), brand=w.brand, by=w.owner, reason="agreed"
    ),
    "merchants.contest": lambda w: merchants.contest(line(w), brand=w.brand, reason="odd", **BY),
    "merchants.mark_paid": lambda w: merchants.mark_paid(
        posted(w), merchants.today(w.brand), "B-1", brand=w.brand, **BY
    ),
    "merchants.propose_run": lambda w: proposed(w),
    "merchants.put_contract": lambda w: merchants.put_contract(company(w), DAY, Terms("USD"), brand=w.brand, **BY),
    "merchants.undo_run": lambda w: merchants.undo_run(posted(w), brand=w.brand, reason="wrong", **BY),
}
