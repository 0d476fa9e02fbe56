"""Pages of partners: a contract, a settlement, a line contested and answered; who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from datong.access import api as access
from datong.access.types import Role, ScopeKind
from datong.brand import api as brands
from datong.channels.tests.conftest import House
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types import Commission, Deal, DealLine, LineState, SettlementState, Terms, Use
from datong.merchants.types.adverts import Advert, AdvertBasis, View
from datong.merchants.types.cards import CardBatch, CardDeal

FORM = {"accepts": ["card", "earn"], "earn_points": "100", "earn_minor": "0.90", "burn_points": "100",
        "burn_minor": "0.80", "commission": "tea 8 1.00\n* 5", "fixed_minor": "0.50", "period": "week",
        "bank": "Bank 1", "reason": "agreed"}  # fmt: skip


@pytest.fixture
def firms(house: House) -> tuple[UUID, UUID]:
    """Two partners: one with a contract and an order of 50.00, one without."""
    brand = house.brand.id
    inn, mall = (brands.put_company(brand, name, by="test").id for name in ("Inn Ltd", "Mall Ltd"))
    brands.set_company_stores(brand, inn, [house.near.id], by="test")
    brands.set_company_stores(brand, mall, [house.far.id], by="test")
    terms = Terms("USD", commission=(Commission("", 800, 100),))
    merchants.put_contract(inn, merchants.today(brand), terms, brand=brand, by="test")
    for store in (house.near.id, house.far.id):
        deal = Deal(uuid7(), store, clock.now(), "USD", 5000, (DealLine((), 5000),), done=True)
        merchants.enter_deals([deal], brand=brand)
    return inn, mall


def partner_pages(house: House) -> dict[str, list[str]]:
    """A partner with a contract, lines that are open, contested and settled, and the settlement."""
    brand, by = house.brand.id, {"by": "test"}
    firm = brands.put_company(brand, "Lakeside Inn", **by)
    brands.set_company_stores(brand, firm.id, [house.near.id], **by)
    today = merchants.today(brand)
    terms = Terms("USD", earn_minor=90, burn_minor=80, commission=(Commission("", 800, 100),), bank="Bank 1")
    merchants.put_contract(firm.id, today, terms, brand=brand, **by)
    for number in range(3):
        line = DealLine((), 1_000 * (number + 1))
        deal = Deal(uuid7(), house.near.id, clock.now(), "USD", line.amount_minor, (line,), done=True)
        merchants.enter_deals([deal], brand=brand)
        if number == 0:
            house.client().post("/partners/settlements/", {"until": today.isoformat(), "currency": "USD"})
            (asked, *_) = access.list_approvals(brand, kind="partner.settlement").approvals
            hq = next(each for each in access.list_staff(brand) if each.role is Role.FINANCE)
            access.decide(asked.id, brand=brand, by=hq, approve=True)
    contested = merchants.lines(brand, company_id=firm.id)[-1].entry.id
    merchants.contest(contested, brand=brand, reason="not ours", **by)
    card = CardBatch(uuid7(), firm.id, "Lakeside 50", CardDeal.BUYOUT, "USD", 5_000, 4_600, 4_400)
    merchants.take_in_cards(card, [f"LAKE-{n:04}" for n in range(5)], brand=brand, **by)
    merchants.sell_cards(card.id, 2, brand=brand, key="c", **by)
    (first, *_) = merchants.partner_cards(brand, card.id)
    merchants.refund_card(first.id, brand=brand, proof="L-1", reason="too many", **by)
    advert = Advert(uuid7(), firm.id, "spring", "Spring fair", "web", "home-top", "Come to the fair",
                    "https://lakeside.example", "en", merchants.today(brand), merchants.today(brand), AdvertBasis.VIEWS,
                    999, "USD")  # fmt: skip
    merchants.put_advert(advert, brand=brand, **by)
    merchants.count_views([View("spring", clock.now(), f"b{n}") for n in range(150)], brand=brand, key="v")
    return {
        "adverts": ["/partners/adverts/"],
        "advert": [f"/partners/adverts/{advert.id}/"],
        "partner-cards": ["/partner-cards/"],
        "partner-cards-sell": ["/partner-cards/sell/"],
        "partner-cards-delivery": [f"/partner-cards/{card.id}/"],
        "partners": ["/partners/"],
        "partner": [f"/partners/{firm.id}/"],
        "partner-statement": [f"/partners/{firm.id}/statement/"],
        "settlements": ["/partners/settlements/"],
        "settlement": [f"/partners/settlements/{merchants.runs(brand)[0].id}/"],
    }


def of_company(house: House, company: UUID, name: str = "walt") -> Client:
    user = access.create_user(f"{name}@{house.brand.slug}", name=name.title())
    access.assign(house.brand.id, user, Role.FINANCE, by="test", scope=ScopeKind.COMPANY, scope_ids=[company])
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user))
    return client


def agree(house: House) -> None:
    boss = next(each for each in access.list_staff(house.brand.id) if each.role is Role.HQ)
    for asked in access.list_approvals(house.brand.id, state="pending").approvals:
        access.decide(asked.id, brand=house.brand.id, by=boss, approve=True)


def test_a_contract_is_asked_for_on_the_page_and_holds_when_another_person_agrees(house: House, firms: Any):
    page, client = f"/partners/{firms[1]}/", house.client(Role.FINANCE)
    wrong = client.post(page, {**FORM, "valid_from": "tomorrow", "commission": "tea eight", "earn_minor": "x"})
    assert wrong.status_code == 422
    assert b"tea eight" in wrong.content and b"Bank 1" in wrong.content  # nothing typed is lost
    day = merchants.today(house.brand.id)
    assert client.post(page, {**FORM, "valid_from": day.isoformat()}).status_code == 302
    assert merchants.partner(house.brand.id, firms[1]).now is None
    agree(house)
    now = merchants.partner(house.brand.id, firms[1]).now
    assert now and now.terms == Terms(
        "USD", frozenset({Use.CARD, Use.EARN}), 100, 90, 100, 80,
        (Commission("tea", 800, 100), Commission("", 500)), 50, now.terms.period, "Bank 1",
    )  # fmt: skip
    assert b"Gives points" in client.get(page).content


def test_a_settlement_is_proposed_agreed_and_paid_on_the_pages(house: House, firms: Any):
    client, today = house.client(Role.FINANCE), merchants.today(house.brand.id)
    late = client.post("/partners/settlements/", {"until": (today + timedelta(days=1)).isoformat()})
    assert late.status_code == 422
    assert client.post("/partners/settlements/", {"until": today.isoformat()}).status_code == 302
    (run,) = merchants.runs(house.brand.id)
    page = f"/partners/settlements/{run.id}/"
    assert b"Look at the request" in client.get(page).content
    agree(house)
    assert b"Mark as paid" in client.get(page).content
    sheet = client.get(f"/partners/settlements/{run.id}.csv")
    assert "Inn Ltd" in sheet.content.decode() and "4.0" in sheet.content.decode()
    assert client.post(page, {"do": "paid", "paid_on": today.isoformat(), "ref": ""}).status_code == 422
    client.post(page, {"do": "paid", "paid_on": today.isoformat(), "ref": "B-1"})
    assert merchants.run(house.brand.id, run.id).state is SettlementState.PAID
    assert b"B-1" in client.get(page).content


def test_a_partner_sees_its_own_statement_only_and_contests_a_line_that_finance_answers(house: House, firms: Any):
    walt, finance = of_company(house, firms[0]), house.client(Role.FINANCE)
    page = f"/partners/{firms[0]}/statement/"
    listed = walt.get("/partners/").content
    assert b"Inn Ltd" in listed and b"Mall Ltd" not in listed
    assert walt.get(f"/partners/{firms[1]}/").status_code == 404
    assert walt.get(f"/partners/{firms[1]}/statement/").status_code == 404
    (line,) = merchants.lines(house.brand.id, company_id=firms[0])
    walt.post(page, {"do": "contest", "line": line.entry.id, "words": "not our order"})
    (line,) = merchants.lines(house.brand.id, company_id=firms[0])
    assert line.state is LineState.CONTESTED and line.dispute
    answer = {"do": "wrong", "dispute": line.dispute.id, "line": line.entry.id, "words": "right, taken back"}
    assert walt.post(page, answer).status_code == 403
    assert finance.post(page, answer).status_code == 302
    told = merchants.statement(house.brand.id, firms[0], "USD", line.entry.day, line.entry.day)
    assert (len(told.lines), told.closing_minor) == (2, 0)
    for ending, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        assert walt.get(f"{page}?format={ending}").content.startswith(start)
    assert house.client(Role.STORE).get("/partners/").status_code == 403


def test_a_draft_of_the_calendar_is_checked_and_sent_for_approval_on_its_page(house: House, firms: Any):
    brand = house.brand.id
    with in_brand(brand):
        execute("UPDATE merchants_entry SET day = day - 40 WHERE brand_id = %s", [brand])
    (made,) = merchants.draft_due(brand=brand)
    client, page = house.client(Role.FINANCE), f"/partners/settlements/{made}/"
    assert b"1 settlement is due" in client.get("/partners/settlements/").content
    assert b"Send for approval" in client.get(page).content
    assert client.post(page, {"do": "drop", "reason": ""}).status_code == 422
    client.post(page, {"do": "submit"})
    assert merchants.run(brand, made).state is SettlementState.PROPOSED
    shown = client.get(page).content
    assert b"Look at the request" in shown and b"Send for approval" not in shown


@pytest.mark.requirement("S-208")
def test_an_orders_page_shows_where_it_stands_in_settling(house: House, firms: Any):
    order = house.place()
    deal = Deal(order.order_id, house.near.id, clock.now(), "USD", 5000, (DealLine((), 5000),), done=True)
    merchants.enter_deals([deal], brand=house.brand.id)
    shown = house.client(Role.FINANCE).get(f"/orders/{order.number}/").content.decode()
    block = shown[shown.index("above zero the company gets it") :][:1200]
    assert "Commission" in block and "Inn Ltd" in block and "4.00" in block and "open" in block
    assert "above zero the company" not in house.client(Role.STORE).get(f"/orders/{order.number}/").content.decode()
