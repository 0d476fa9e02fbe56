"""Paying in the shop: the provider is chosen with the order, the page follows what the provider tells, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.channels.tests.conftest import House, house
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_shop_log_in import log_in
from datong.customers.api import latest_customers
from datong.integration.local.payproviders import LocalStripe
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.payments import api as payments
from datong.payments.types.online import Intent, IntentState, Provider
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, PurseKind

__all__ = ["house"]

DELIVER = {"how": "pickup", "name": "Ann", "phone": "+16125550100", "order": "1", "pay": "stripe"}


@pytest.fixture(scope="module")
def stripe() -> Iterator[LocalStripe]:
    with LocalStripe() as server:
        yield server


@pytest.fixture
def shop(house: House, stripe: LocalStripe) -> str:  # noqa: F811
    stripe.troubles.clear()
    catalog.forget_counts()
    connect(house, stripe)
    return open_shop(house)


def connect(house: House, stripe: LocalStripe) -> None:
    ours = {"secrets": stripe.secrets, "base_url": stripe.url}
    payments.put_provider(Provider.STRIPE, brand=house.brand.id, by="kim", **ours)  # type: ignore[arg-type]


def check_out(client: Client, shop: str, house: House, **typed: str) -> str:
    """Two cups to the checkout and on; where it leads."""
    client.post(f"{shop}basket/add/CUP/", {"units": "2"})
    page = client.get(f"{shop}checkout/").content.decode()
    known = dict(re.findall(r'name="(version|total)" value="(\d+)"', page))
    sent = {**DELIVER, **known, "store": house.near.code, **typed}
    first = client.post(f"{shop}checkout/", sent)
    again = client.post(f"{shop}checkout/", sent)  # the double click
    assert first.status_code == again.status_code == 302, first.content.decode()
    assert len(orders.board(house.brand.id, BoardFilter()).rows) == 1
    return str(first["Location"])


def intent_of(house: House) -> Intent:
    (row,) = orders.board(house.brand.id, BoardFilter()).rows
    return payments.intents_of(house.brand.id, [row.id])[0]


def tell(house: House, stripe: LocalStripe, ref: str) -> int:
    """Stripe's message, as it comes over HTTP."""
    headers, body = stripe.notice(ref)
    url = reverse("pay-hook", args=[house.brand.slug, "stripe"])
    mark = {"Stripe-Signature": headers["stripe-signature"]}
    return Client().post(url, body, content_type="application/json", headers=mark).status_code


@pytest.mark.requirement("S-12", "S-154", "S-171", "S-180")
def test_an_order_is_paid_at_the_provider_and_its_page_of_payment_leads_on(
    shop: str, house: House, stripe: LocalStripe
) -> None:
    client = Client()
    there = check_out(client, shop, house)
    page = client.get(there)
    intent = intent_of(house)
    assert f'href="{intent.handed.redirect}"' in page.content.decode() and "Pay $24.00" in page.content.decode()
    assert "Waiting for your payment; 15 minutes left." in client.get(f"{there}state/").content.decode()
    assert client.get(f"{there}?back").status_code == 200  # coming back proves nothing
    assert orders.order_page(house.brand.id, intent.order_id).paid is False
    stripe.pay(intent.ref)
    assert tell(house, stripe, intent.ref) == 200
    told = client.get(f"{there}state/")
    assert (told.status_code, told["HX-Redirect"]) == (204, client.get(there)["Location"])
    assert "paid" in client.get(told["HX-Redirect"]).content.decode()
    again = client.post(there, {"with": "stripe"}, follow=True)  # the back button pays nothing
    assert again.redirect_chain[-1][0] == told["HX-Redirect"]
    assert payments.intents_of(house.brand.id, [intent.order_id])[0].state is IntentState.PAID


def test_a_forged_message_over_http_is_refused(shop: str, house: House, stripe: LocalStripe) -> None:
    check_out(Client(), shop, house)
    url = reverse("pay-hook", args=[house.brand.slug, "stripe"])
    assert Client().post(url, b"{}", content_type="application/json").status_code == 401
    assert Client().post(reverse("pay-hook", args=["nobody", "stripe"])).status_code == 404
    assert Client().post(reverse("pay-hook", args=[house.brand.slug, "cowries"])).status_code == 404


def test_an_order_is_kept_while_the_provider_is_away(shop: str, house: House, stripe: LocalStripe) -> None:
    client = Client()
    stripe.troubles.extend(["lost"])
    there = check_out(client, shop, house)
    page = client.get(there).content.decode()
    assert "does not answer at the moment. Your order is kept" in page
    again = client.post(there.split("?")[0], {"with": "stripe"})
    assert again.status_code == 302 and intent_of(house).state is IntentState.OPEN


def test_without_a_provider_nothing_is_asked_and_the_store_is_paid(house: House) -> None:
    shop = open_shop(house)
    client = Client()
    there = check_out(client, shop, house, pay="")
    assert "to be paid at the store" in client.get(there).content.decode()


def test_a_member_whose_log_in_ended_is_told_before_anything_is_ordered(shop: str, house: House) -> None:
    answer = Client().post(f"{shop}checkout/", {**DELIVER, "member": "1"})
    assert answer["Location"] == f"{shop}login/?again"
    assert orders.board(house.brand.id, BoardFilter()).rows in ((), [])


def test_an_account_is_set_up_tested_and_its_last_message_is_shown(house: House, stripe: LocalStripe) -> None:
    owner = house.client(Role.OWNER)
    page = "/payment-providers/"
    given = {"provider": "stripe", **stripe.secrets, "base_url": stripe.url, "active": "on"}
    refused = owner.post(page, {**given, "webhook_secret": ""})
    assert refused.status_code == 422 and "believes nobody without it" in refused.content.decode()
    assert owner.post(page, given).status_code == 302
    shown = owner.post(page, {"provider": "stripe", "test": "1"}, follow=True).content.decode()
    assert "answers: test mode" in shown and stripe.secrets["secret_key"] not in shown
    assert f"/hooks/pay/{house.brand.slug}/stripe" in shown
    owner.post(page, {**given, "secret_key": "sk_test_wrong", "webhook_secret": ""})
    shown = owner.post(page, {"provider": "stripe", "test": "1"}, follow=True).content.decode()
    assert "does not accept it" in shown and "Last trouble" in shown
    assert house.client(Role.CASHIER).get(page).status_code == 403


@pytest.mark.requirement("S-10", "S-12", "S-14")
def test_a_member_pays_from_the_card_and_their_session_is_the_proof(
    shop: str, house: House, settings: Any, stripe: LocalStripe
) -> None:
    settings.DATONG_SMTP = urlsplit("smtp://127.0.0.1")
    client = Client()
    log_in(client, shop)
    (ann,) = latest_customers(house.brand.id, limit=1)
    brand, by = {"brand": house.brand.id}, {"by": "kim"}
    purse = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", ann.id), key="o", **brand, **by)  # type: ignore[arg-type]
    wallet.top_up(purse.id, 2_000, key="t1", bonus_minor=0, **brand, **by)  # type: ignore[arg-type]
    client.post(f"{shop}basket/add/CUP/", {"units": "2"})
    page = client.get(f"{shop}checkout/").content.decode()
    assert "From my card ($20.00)" in page
    known = dict(re.findall(r'type="hidden" name="(version|total|member)" value="(\d+)"', page))
    sent = {**DELIVER, **known, "store": house.near.code, "pay": "card"}
    poor = client.post(f"{shop}checkout/", sent)
    assert poor.status_code == 422 and "Your card has $20.00" in poor.content.decode()
    assert balance(house, ann.id) == 2_000 and not orders.board(house.brand.id, BoardFilter()).rows
    wallet.top_up(purse.id, 1_000, key="t2", bonus_minor=0, **brand, **by)  # type: ignore[arg-type]
    first, again = client.post(f"{shop}checkout/", sent), client.post(f"{shop}checkout/", sent)
    assert (first.status_code, again["Location"]) == (302, first["Location"])
    (row,) = orders.board(house.brand.id, BoardFilter()).rows
    assert row.paid and balance(house, ann.id) == 600
    orders.cancel(row.id, brand=house.brand.id, who="kim", reason="not needed")
    assert balance(house, ann.id) == 3_000


def balance(house: House, customer: UUID) -> int:
    return sum(one.available_minor for one in wallet.purses_of(house.brand.id, customer))


def test_nobody_pays_from_a_card_without_a_session(shop: str, house: House) -> None:
    there = check_out(Client(), shop, house, pay="card")
    assert "to be paid at the store" in Client().get(there).content.decode()
