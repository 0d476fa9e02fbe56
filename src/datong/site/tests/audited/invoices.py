"""Tax invoices: who issues, what is asked for, mended and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from datong.fulfilment.types import FulfilmentKind
from datong.invoices import api as invoices
from datong.invoices.types import Buyer, Document, StoredMode
from datong.payments.types import PaymentMethod
from datong.site.testing.china import SELLER
from datong.site.tests.audited.world import BY, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, PurseKind

ANN, BEN = Buyer("Ann", email="ann@example.com"), Buyer("Ben", email="ben@example.com")


def seller(w: World, mode: StoredMode = StoredMode.SPENDING) -> None:
    invoices.put_seller(w.brand, replace(SELLER, provider="nuonuo", stored=mode), secret="s\nt", **BY)


def asked(w: World) -> Document:
    seller(w)
    till = {"fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL, "completed": True, "store_code": "NEAR"}
    order = w.house.place(w.house.intent("till", destination=None, **till)).order_id
    return invoices.ask_for_order(w.brand, order, ANN, **BY)


def topped_up(w: World) -> Any:
    seller(w, StoredMode.TOP_UP)
    (card,) = wallet.issue_gifts(1, 10_000, Opening(PurseKind.GIFT, "USD"), brand=w.brand, **BY)
    (top_up,) = wallet.top_ups_of(w.brand, [card.purse_id])
    return invoices.ask_for_top_up(w.brand, top_up.id, ANN, **BY)


VERBS |= {
    "invoices.put_seller": seller,
    "invoices.put_tax_codes": lambda w: invoices.put_tax_codes(w.brand, {("sku", "CUP"): "1" * 19}, **BY),
    "invoices.ask_for_order": asked,
    "invoices.ask_for_top_up": topped_up,
    "invoices.correct": lambda w: invoices.correct(w.brand, asked(w).id, BEN, **BY),
    "invoices.drop": lambda w: invoices.drop(w.brand, asked(w).id, reason="wrong", **BY),
}
