"""Pages of adverts: sold with a form, changed, taken off; what was typed stays; a partner sees its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.brand import api as brands
from datong.channels.tests.conftest import House
from datong.channels.tests.test_partner_pages import of_company
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types.adverts import AdvertState, View


@pytest.mark.requirement("S-206")
def test_an_advert_is_sold_counted_changed_and_taken_off(house: House) -> None:
    client, brand = house.client(), house.brand.id
    mall, other = (brands.put_company(brand, name, by="test").id for name in ("Mall Ltd", "Other Ltd"))
    today = merchants.today(brand)
    form = {"key": str(uuid7()), "company_id": str(mall), "code": "spring", "title": "Spring fair", "channel": "web",
            "place": "home-top", "text": "Come to the fair", "link": "https://mall.example", "language": "en",
            "since": today.isoformat(), "until": (today + timedelta(days=2)).isoformat(), "price_minor": "9.99",
            "basis": "views", "cap_minor": "50"}  # fmt: skip
    wrong = client.post("/partners/adverts/", {**form, "link": "http://mall.example"})
    assert wrong.status_code == 422 and "Come to the fair" in wrong.content.decode()
    there = client.post("/partners/adverts/", form)["Location"]
    assert client.post("/partners/adverts/", form)["Location"] == there == f"/partners/adverts/{form['key']}/"
    merchants.count_views([View("spring", clock.now(), f"b{n}") for n in range(150)], brand=brand, key="v")
    shown = client.get(there).content.decode()
    assert "150 views, which come to $1.49." in shown and "$50.00" in shown
    saved = client.post(there, {**form, "text": "Last days", "cap_minor": ""})
    report = merchants.advert_reports(brand)[0]
    assert (saved.status_code, report.advert.text, report.advert.cap_minor) == (302, "Last days", None)
    rows = client.get("/partners/adverts/?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("Spring fair,Mall Ltd,web,home-top,on show") and rows[1].endswith(",150,1.49,0.0,USD")
    days = client.get(f"{there}?format=csv").content.decode("utf-8-sig").splitlines()
    assert days == ["Day,Views,Charged,Currency", f"{today.isoformat()},150,0.0,USD"]
    theirs, others = of_company(house, mall), None
    assert theirs.get(there).status_code == 200
    others = of_company(house, other, "olga")
    assert others.get(there).status_code == 404
    assert "Spring fair" not in others.get("/partners/adverts/").content.decode()
    client.post(there, {"do": "end", "reason": "sold out"})
    assert merchants.advert_reports(brand)[0].state is AdvertState.OVER
