"""Every page of the console and of the public, from the addresses themselves, with rows to show on each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import (
    Category,
    Cost,
    Modifier,
    ModifierChoice,
    Product,
    Promotion,
    PromotionKind,
    Variant,
)
from datong.channels.tests.conftest import PASSWORD, House
from datong.channels.tests.every_money import balances, books, coupons
from datong.channels.tests.every_shop import NO_SHOP_PAGE, entries, shop
from datong.channels.tests.every_store import screens
from datong.channels.tests.every_tax_page import beside, taxes
from datong.channels.tests.test_consents import YES, own_page
from datong.channels.tests.test_desk_pages import desk_pages
from datong.channels.tests.test_goods_pages import png
from datong.channels.tests.test_imports_page import PRODUCTS, run_of, send, work
from datong.channels.tests.test_packet_pages import packet_pages as packets
from datong.channels.tests.test_partner_pages import partner_pages as partners
from datong.channels.tests.test_purchasing_pages import open_mill
from datong.channels.tests.test_rewards_pages import open_club as club
from datong.channels.tests.test_same_person import CARD, PHONE, bought, of
from datong.channels.tests.test_service_pages import returns_pages, service_pages
from datong.channels.tests.test_sync_browser import connect
from datong.channels.tests.test_template_pages import made
from datong.customers import api as customers
from datong.customers.types import BondKind, Feedback, FeedbackKind, Idea
from datong.insight.api import value_customers
from datong.integration.types import InboxState
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Hold, purse_account
from datong.matching import api as matching
from datong.orders.types import IntentLine
from datong.purchasing import api as purchasing
from datong.site.testing.codes import totp
from datong.site.testing.platforms import LocalWooCommerce
from datong.sync import api as sync
from datong.tills import api as tills
from datong.tills.types import Fact, FactKind
from datong.wallet import api as wallet
from datong.wallet.types.paying import SoldFromWallet
from datong.wallet.types.stored import BonusRule, Opening, PurseKind

NO_PAGE = {
    "entry-picture": "a picture", "shop-entry": "leads to another page", "shop-gtin": "leads to another page",
    "shop-gtin-more": "leads to another page", "entry-scan": "leads to another page",
    "entry-gtin": "leads to another page", "entry-gtin-more": "leads to another page",
    "rewards-batch-csv": "a file", "coupons-csv": "a file", "settlement-csv": "a file",
    "books-company-journal": "a file", "invoices-csv": "a file", "voices-csv": "a file", "service-csv": "a file",
    "invoice-codes-csv": "a file", "invoice-pdf": "a file", "invoice-ask-pdf": "a file",
    "board-csv": "a file", "goods-csv": "a file", "goods-picture": "a picture", "purchase-order-csv": "a file",
    "purchase-order-pdf": "a file", "reconciliation-csv": "a file", "sync-products-csv": "a file",
    "prices-csv": "a file", "price-change-csv": "a file", "import-template": "a file", "import-export": "a file",
    "import-bad-rows": "a file", "shadow-pdf": "a file", "shadow-json": "a file", "shadow-csv": "a file",
    "shadow-problems": "a file", "staff-csv": "a file", "audit-csv": "a file", "brand-css": "a style sheet",
    "card-worker": "a script", "card-manifest": "a file", "card-key": "a file", "card-apple": "a file",
    "card-google": "leads to another page", "customers-export": "a file", "customer-vcard": "a file",
    "import-reconcile-xlsx": "a file", "import-sample": "a file",
    "board-news": "a piece of the board, examined on it", "search": "a piece of every page: the menus' own test",
    "store-options": "a piece of a form", "import-now": "a piece of the page of an import",
    "tour-step": "leads to another page", "tour": "leads to another page", "one-click": "leads to the board",
    "till-worker": "a script", "till-manifest": "a file", "till-order": "an answer to the till",
    "courier-worker": "a script", "courier-manifest": "a file", "courier-round": "an answer to the courier's phone",
    "till-discount": "an answer to the till",
    "store-cards": "a piece of the store's screen",
    "same-now": "a piece of the page of comparisons",
    **NO_SHOP_PAGE,
}  # fmt: skip
"""Names of addresses that answer a GET and are no page, with why."""
GONE = "/orders/none/"
"""A page that is not there: what is said then is a page too."""
EMPTY_TOO = {GONE, "/?channel=none", "/design/", "/books/proof/"}
"""Where an empty state is what there is to see."""


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """(route, pattern) of all that is for people: what tells by its view who may open it."""

    def walk(found: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, before + str(one.pattern))
            elif hasattr(one.callback, "needs") or hasattr(one.callback, "open_because"):
                yield before + str(one.pattern), one

    yield from walk(get_resolver().url_patterns, "")


SAMPLES = {"int": "1", "uuid": str(UUID(int=7))}


def page_names(client: Client) -> dict[str, str]:
    """Name -> route of every address that takes a GET."""
    names = {}
    for route, pattern in patterns():
        address = re.sub(r"<(\w+):\w+>", lambda found: SAMPLES.get(found[1], "nothing"), route)
        if "GET" in client.options(f"/{address}").headers.get("Allow", "GET"):  # as its decorator says
            assert pattern.name, f"/{route} has no name"
            names[str(pattern.name)] = route
    return names


def fill(house: House, woo: LocalWooCommerce, folder: Path) -> dict[str, list[str]]:
    """Rows for every page; name -> addresses, for those with something in their address or more than one face."""
    near = (
        sales(house)
        | partners(house)
        | packets(house)
        | goods(house)
        | stock(house)
        | buying(house)
        | prices(house)
        | people(house)
        | taxes(house)
        | counters(house)
        | service_pages(house)
        | returns_pages(house)
        | screens(house)
        | desk_pages(house)
    )
    return near | shop(house) | channels(house, woo) | systems(house, folder) | beside(house) | books(house)


def counters(house: House) -> dict[str, list[str]]:
    """A till in use, one taken back, and cash that no shift is named for."""
    made, lost = (tills.register(house.brand.id, house.near.id, name, by="mia") for name in ("Counter 1", "Old tablet"))
    tills.revoke(house.brand.id, lost.device.id, by="mia", reason="lost")
    client, said = access.client_of(made.key), {"kind": "drop", "amount_minor": 500, "reason": "safe"}
    assert client is not None
    tills.take(client, made.device, clock.now(), [Fact(uuid7(), FactKind.CASH, clock.now(), "kim", body=said)])
    return {"till": ["/till/?store=NEAR"], "tills": ["/tills/", "/tills/?store=NEAR"]}


def sales(house: House) -> dict[str, list[str]]:
    own, sold = house.place(), house.sold_elsewhere(1100)
    waiting = house.place(house.intent(lines=(IntentLine(1, "POT", 11),)))
    house.pickup(house.far)
    bad, good = house.deliver(quantity=-3), house.deliver(quantity=1, number=5002)
    assert (bad.state, good.state) == (InboxState.REJECTED, InboxState.PLACED)
    a, b = of(bought(house, PHONE)), of(bought(house, CARD))
    bought(house, PHONE, CARD)
    agent = house.client(Role.AGENT)
    agent.post(f"/customers/{a}/act/", {"kind": "follow_up", "text": "call back", "due": "2020-01-01"})
    agent.post(f"/customers/{a}/consent/", YES)
    agent.post(f"/customers/{a}/purses/", {"do": "open", "currency": "USD", "key": "p"})
    wallet.top_up(wallet.purses_of(house.brand.id, a)[0].id, 900, brand=house.brand.id, by="kim", key="p")
    purse = purse_account(wallet.purses_of(house.brand.id, a)[0].id, "principal", "USD")
    clearing, today = Account("clearing:wallet", "USD"), clock.now().date()
    ledger.hold([Hold(uuid7(), purse, clearing, 100, "wallet.hold", uuid7(), today, None)], brand=house.brand.id)
    wallet.settle_sales([SoldFromWallet(None, uuid7(), 500, "USD")], brand=house.brand.id)
    wallet.put_bonus_rule("USD", BonusRule("ten", 10_000, percent=10, max_minor=5_000), brand=house.brand.id, by="kim")
    wallet.issue_gifts(2, 2_500, Opening(PurseKind.GIFT, "USD"), brand=house.brand.id, by="kim")
    agent.post(f"/customers/{a}/copy/", {"as": "json", "reason": "letter"})
    for who in (f"{role}@{house.brand.slug}" for role in ("hq", "agent", "owner")):
        customers.keep(a, who, brand=house.brand.id, by="test")
    customers.bind(a, b, BondKind.HOUSEHOLD, brand=house.brand.id, by="test")
    customers.keep(b, f"hq@{house.brand.slug}", brand=house.brand.id, by="test")
    value_customers(brand=house.brand.id)
    idea = voices(house, a)
    assert list(matching.work(house.brand.id, matching.ask_run(brand=house.brand.id, by="ann").id))
    return {
        **entries(house),
        "board": ["/", "/?state=hand&channel=market&q=ann", "/?channel=none"],
        "order": [f"/orders/{one.number}/" for one in (own, sold, waiting)] + [GONE],
        "inbox-entry": [f"/inbox/{bad.id}/", f"/inbox/{bad.id}/?edit=1", f"/inbox/{good.id}/"],
        "customer": [f"/customers/{a}/"],
        "flow-customer": [f"/flows/customers/{a}/"],
        "idea": [f"/voices/ideas/{idea}/"],
        "data-requests": ["/customers/requests/?show=all"],
        "golden-field": ["/customers/golden/name/"],
        "same-pair": [f"/customers/same/{a}/{b}/"],
        "consent": [own_page(house, a)],
        "customer-points": [f"/customers/{club(house)}/points/"],
        "rewards-programme": ["/rewards/programmes/club/"],
        "rewards-offer": ["/rewards/offers/five/"],
        "stored-value": ["/stored-value/"],
        "coupons": [coupons(house, a)],
        "top-up-bonus": ["/stored-value/bonus/?amount=200"],
        "purse-transfer": ["/stored-value/transfer/"],
        "coded-card": [f"/stored-value/cards/{wallet.gift_purses(house.brand.id)[0].id}/"],
        "card": [customers.card_page(house.brand.id, customers.issue_card(a, brand=house.brand.id, by="kim").id)],
        "store": ["/stores/NEAR/"],
        "sourcing-rule": ["/sourcing/1/"],
    }


def voices(house: House, customer_id: UUID) -> UUID:
    """An idea with what somebody said."""
    said = Feedback(uuid7(), FeedbackKind.PAIN, "the lid leaks", house.channels["web"], clock.now(), customer_id)
    customers.record_feedback([said], brand=house.brand.id)
    made = customers.put_idea(Idea(uuid7(), "A tight lid"), brand=house.brand.id, by="test")
    customers.link_feedback([said.id], made.id, brand=house.brand.id, by="test")
    return made.id


def goods(house: House) -> dict[str, list[str]]:
    made(house)
    choices = (ModifierChoice("hot", "Hot"), ModifierChoice("cup", "Keep cup", delta_minor=250))
    how = Modifier("how", "How", 0, 1, choices)
    mug = Product(uuid7(), "MUG", "food", "Mug", variants=(Variant("MUG"),), modifiers=(how,))
    catalog.put_products(house.brand.id, [mug], by="test")
    client = house.client()
    catalog.put_categories(house.brand.id, [Category("hot", "Hot drinks"), Category("tea", "Tea", "hot")], by="test")
    line = {"place": "store:FAR", "about": "product", "key": "MUG", "listed": "no"}
    client.post("/goods/assortments/", line)
    picture = SimpleUploadedFile("mug.png", png())
    client.post("/goods/p/MUG/pictures/", {"upload": "1", "files": [picture]})
    return {
        "product": ["/products/CUP/"],
        "goods-template": ["/goods/templates/t/noodles/", "/goods/templates/t/food/"],
        "goods-template-new": ["/goods/templates/new/?from=food"],
        "goods-assortments": ["/goods/assortments/?place=store:FAR"],
        "goods-new": ["/goods/new/", "/goods/new/?template=food"],
        **{f"goods-{name}": [f"/goods/p/MUG/{tail}"] for name, tail in
           (("product", ""), ("edit", "edit/"), ("pictures", "pictures/"))},
    }  # fmt: skip


def stock(house: House) -> dict[str, list[str]]:
    client, brand, cup = house.client(), house.brand.id, house.items["CUP"].id
    hq = f"hq@{house.brand.slug}"
    count = inventory.open_count(brand, house.near.id, by=hq)
    inventory.tally(brand, count.id, cup, 9, by=hq, key="one")
    transfer = inventory.ask_transfer(brand, house.near.id, house.far.id, {cup: 1}, by=hq, key="one")
    client.post("/stock/write-offs/", {"store": "NEAR", "reason": "waste:damaged", "lines": "CUP 1"})
    client.post("/sold-out/set/", {"sku": "POT", "store": "NEAR", "until": "by_hand"})
    (adjustment, *_) = inventory.adjustments(brand)
    return {
        "sold-out": ["/sold-out/", "/sold-out/?store=NEAR"],
        "count": [f"/stock/counts/{count.id}/"],
        "transfer": [f"/stock/transfers/{transfer.id}/"],
        "adjustment": [f"/stock/adjustments/{adjustment.id}/"],
    }


def buying(house: House) -> dict[str, list[str]]:
    mill, head = open_mill(house), house.client()
    head.post("/purchasing/propose/")
    order = purchasing.create_order(
        house.brand.id, mill.id, house.near.id, {house.items["CUP"].id: 12}, by="hq", key="one"
    )
    where = f"/purchasing/orders/{order.id}/"
    for verb in ("submit", "send"):
        head.post(f"{where}act/", {"do": verb})
    cup = house.items["CUP"].id
    head.post(f"{where}receive/", {"do": "receive", "key": "r", f"good-{cup}": "9", f"bad-{cup}": "1"})
    portal = re.search(r"http://testserver(/supply/[^<\s\"]+)", head.get("/suppliers/MILL/").content.decode())
    assert portal
    return {
        "supplier": ["/suppliers/MILL/"],
        "supplier-portal": [portal[1]],
        "purchase-order": [where],
        "purchase-order-receive": [f"{where}receive/"],
    }


def channels(house: House, woo: LocalWooCommerce) -> dict[str, list[str]]:
    """One that is told, with a product that was deleted there; another whose own totals differ from ours."""
    web, client = connect(house, woo), house.client()
    client.post("/sync/fields/act/", {"do": "read", "channel": "web"})
    del woo.products[20]
    sync.mark_stock(house.brand.id, [house.items["CUP"].id], at=clock.now())
    sync.send_due(house.brand.id, web)
    client.post("/channels/web/check/", {"do": "check"})
    client.post("/reconciliation/totals/", {"text": "channel,day,orders,amount\ntill,2026-11-20,2,10.00\n"})
    return {
        "channel": ["/channels/web/"],
        "channel-check": ["/channels/web/check/"],
        "sync-channel": ["/sync/web/", "/sync/web/?state=failed"],
        "sync-connect": ["/sync/web/connect/"],
        "sync-products": ["/sync/web/products/"],
        "reconciliation-day": ["/reconciliation/till/2026-11-20/"],
    }


def systems(house: House, folder: Path) -> dict[str, list[str]]:
    """An ERP that sent a file with a row that is wrong, and an import with another."""
    client = house.client()
    sync.put_erp(house.brand.id, "main", "sap", settings={"folder": str(folder)}, secrets={}, by="ann")
    file = folder / "in" / "MATMAS_1.csv"
    file.write_text("MATNR;MAKTX\n00042;Vase\n;Nothing\n")
    os.utime(file, (1, 1))  # a file that is still being written is left alone
    for verb in ("check", "live", "run"):
        client.post("/erp/main/", {"do": verb})
    run = run_of(send(client, "products", PRODUCTS))
    work(house, run)
    return {"erp-one": ["/erp/main/"], "import": [f"/imports/{run}/"],
            "import-reconcile": [f"/imports/{balances(house)}/reconcile/"]}  # fmt: skip


def prices(house: House) -> dict[str, list[str]]:
    brand, since = house.brand.id, datetime(2020, 1, 1, tzinfo=UTC)
    maker, head = house.client(Role.MERCHANDISER), house.client()
    catalog.put_costs(brand, [Cost("CUP", 1150, since)])
    catalog.put_promotions(brand, [Promotion(uuid7(), "tenth", "Tenth off", PromotionKind.PERCENTAGE, value=1000)])
    head.post("/prices/policies/", {"list": "airport", "reason": "rent", "channels": str(house.channels["web"])})
    head.post("/prices/rates/", {"kind": "exchange", "key": "USD/CNY", "value": "7.1234", "reason": "month end"})
    maker.post("/products/CUP/", {"amount": "25.00", "reason": "new clay"})
    (waits,) = catalog.waiting_prices(brand, ["CUP"])["CUP"]
    version = catalog.put_table(brand, catalog.FIRST_TABLES["delivery_fee"], by="ann")
    return {
        "price-change": [f"/prices/changes/{waits.change_id}/"],
        "decision-table": ["/tables/delivery_fee/"],
        "decision-version": [f"/tables/delivery_fee/{version.id}/"],
        "promotion": ["/promotions/one/tenth/"],
        "promotion-new": ["/promotions/new/", "/promotions/new/?kind=bundle_price"],
        "simulator": ["/promotions/try/", "/promotions/try/?basket=2+CUP&rule=20-5"],
    }


def people(house: House) -> dict[str, list[str]]:
    owner = access.staff_of(house.users[Role.OWNER], house.brand.id)
    assert owner
    invited = access.invite(house.brand.id, Role.AGENT, by=owner, name="Mia Park", email="mia@example.com")
    brands.put_region(house.brand.id, "North", by="test")
    brands.put_company(house.brand.id, "Lakes Ltd", by="test")
    (asked, *_) = access.list_approvals(house.brand.id).approvals
    return {
        "person": [f"/staff/{house.users[Role.CASHIER]}/"],
        "approval": [f"/approvals/{asked.id}/"],
        "join": [reverse("join", args=[invited.token])],
    }


def owner_of(house: House) -> Client:
    """A browser of the owner, whose password is known."""
    access.set_password(house.users[Role.OWNER], PASSWORD, by="test")
    return house.client(Role.OWNER)


def half_in(house: House) -> Client:
    """A browser of an agent who gave the password and is asked for the code of an app."""
    user = get_user_model().objects.get(pk=house.users[Role.AGENT])
    access.set_password(user.pk, PASSWORD, by="test")
    secret, _, _ = access.new_totp(user)
    access.add_totp(user, secret, totp(secret))
    client = Client()
    client.post("/login/", {"username": f"agent@{house.brand.slug}", "password": PASSWORD})
    return client


def public() -> set[str]:
    """Names of what is open without a log-in, but the page of the design, which is the same for all."""
    return {str(p.name) for _, p in patterns() if hasattr(p.callback, "open_because")} - {"design"}
