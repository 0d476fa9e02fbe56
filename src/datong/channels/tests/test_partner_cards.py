"""Pages of partners' cards: taken in, sold at a counter, given back; what was typed stays."""

from __future__ import annotations

from uuid import UUID

import pytest

from datong.brand import api as brands
from datong.channels.tests.conftest import House
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types.cards import PartnerCardState

FORM = {"name": "Mall 100", "deal": "buyout", "face_minor": "100", "price_minor": "92", "cost_minor": "88.00",
        "licence": "L7", "codes": "MALL-0001\nMALL-0002\n\nMALL-0003\n"}  # fmt: skip


@pytest.fixture
def mall(house: House) -> UUID:
    return brands.put_company(house.brand.id, "Mall Ltd", by="test").id


@pytest.mark.requirement("S-126", "S-133")
def test_a_delivery_is_taken_in_sold_and_a_card_of_it_given_back(house: House, mall: UUID) -> None:
    client, brand = house.client(), house.brand.id
    form = {**FORM, "company_id": str(mall), "key": str(uuid7())}
    wrong = client.post("/partner-cards/", {**form, "price_minor": "101", "codes": "MALL-0001\nMALL-0001"})
    assert wrong.status_code == 422 and "Mall 100" in wrong.content.decode()
    there = client.post("/partner-cards/", form)
    (report,) = merchants.card_reports(brand)
    assert there["Location"] == f"/partner-cards/{report.batch.id}/" and report.count == 3
    sale = {"batch_id": str(report.batch.id), "cards": "2", "method": "cash", "store": str(house.near.id), "key": "k"}
    page = client.post("/partner-cards/sell/", sale).content.decode()
    assert "MALL-0001" in page and "MALL-0002" in page and "MALL-0003" not in page
    assert "MALL-0001" in client.post("/partner-cards/sell/", sale).content.decode()  # twice is once
    assert merchants.card_report(brand, report.batch.id).stock == 1
    shown = client.get(there["Location"]).content.decode()
    assert "0001" in shown and "MALL-0001" not in shown and "$8.00" in shown
    card = merchants.partner_cards(brand, report.batch.id)[0].id
    client.post(there["Location"], {"do": "refund", "card_id": str(card), "proof": "M-1", "reason": "unwanted"})
    assert merchants.partner_card(brand, card).state is PartnerCardState.RETURNED
    client.post(there["Location"], {"do": "renew", "card_id": str(card), "code": "MALL-9999"})
    client.post(there["Location"], {"do": "spent", "codes": "MALL-0002"})
    client.post(there["Location"], {"do": "lost", "reason": "closed"})
    report = merchants.card_report(brand, report.batch.id)
    assert (report.stock, report.sold, report.spent, report.lost) == (0, 0, 1, 2)
    rows = client.get("/partner-cards/?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("Mall 100,Mall Ltd,bought out,3,1,0,92")
