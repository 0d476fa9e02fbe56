"""The screens of prices: what they show, what they refuse, and a bulk change that a second person approves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, Cost, Price, PricePolicy, Promotion, PromotionKind
from datong.channels.tests.conftest import House
from datong.kernel import clock
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def costs(house: House, sku: str = "CUP", channel: str = "web") -> int:
    ask = Ask(house.channels[channel], "USD", clock.now(), (AskLine(1, sku, 1),))
    return catalog.quote([ask], brand=house.brand.id)[0].total_minor


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.requirement("S-117")
def test_the_table_shows_what_differs_and_one_button_closes_the_gap(house: House) -> None:
    policy = PricePolicy(uuid7(), "market", "commission", "ann", SINCE, channels=frozenset({house.channels["market"]}))
    catalog.open_policy(house.brand.id, policy)
    catalog.put_prices(house.brand.id, [Price("CUP", 1350, SINCE, price_list="market")])
    client = house.client()
    shown = text(client.get("/prices/?only=differing"))
    assert '<span class="differs">$13.50</span>' in shown and "Teapot" not in shown
    assert "$13.50" not in text(client.get("/prices/?q=teapot"))
    client.post("/prices/close/", {"sku": "CUP", "list": "market"})
    assert costs(house, channel="market") == 1200
    assert b"13.50" not in client.get("/prices/?only=differing").content
    exported = b"".join(client.get("/prices/export.csv").streaming_content).decode()
    assert exported.splitlines()[1].startswith("CUP,Cup,,,12.00,12.00")


def test_a_bulk_change_is_previewed_and_nothing_changes_before_it_is_submitted(house: House) -> None:
    catalog.put_costs(house.brand.id, [Cost("CUP", 1150, SINCE)])
    client = house.client(Role.MERCHANDISER)
    answer = client.post("/prices/changes/new/", {"formula": "percent", "value": "-10", "everything": "1"}, follow=True)
    assert "$10.80" in text(answer) and "below cost" in text(answer)
    assert costs(house) == 1200
    submitted = client.post(answer.request["PATH_INFO"], {"do": "submit", "reason": "spring"}, follow=True)
    assert "waits for approval" in text(submitted) and "Approve" not in text(submitted)
    assert costs(house) == 1200
    approved = house.client(Role.FINANCE).post(answer.request["PATH_INFO"], {"do": "approve"}, follow=True)
    assert "Approved. The prices hold from their date on." in text(approved)
    assert costs(house) == 1080


def test_prices_come_from_a_file_with_separators_and_gbk(house: House) -> None:
    body = '货号,价格\nCUP,11.50\nPOT,"2,600.00"\n'.encode("gbk")
    form = {"file": SimpleUploadedFile("prices.csv", body), "reason": "file"}
    answer = house.client().post("/prices/changes/new/", form, follow=True)
    house.client().post(answer.request["PATH_INFO"], {"do": "submit", "reason": "file"})
    assert (costs(house), costs(house, "POT")) == (1150, 260_000)
    bad = {"file": SimpleUploadedFile("prices.csv", b"CUP,11.50\nPOT,twelve\nCUP,1\n")}
    refused = house.client().post("/prices/changes/new/", bad)
    assert refused.status_code == 422
    assert "Row 2: an amount such as 19.90." in text(refused) and "Row 3: CUP stands in the file twice." in text(
        refused
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"formula": "percent", "value": "10"}, "a category, words to search for, SKUs, a file, or everything"),
        ({"formula": "percent", "value": "ten", "everything": "1"}, "Write a percentage such as 10 or 12.5."),
        ({"formula": "set", "value": "x", "everything": "1"}, "Write an amount such as $19.99."),
        ({"formula": "amount", "value": "1", "skus": "CUP, NOPE"}, "1 are not: NOPE"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_kept(house: House, form: dict[str, str], said: str) -> None:
    answer = house.client().post("/prices/changes/new/", form)
    assert answer.status_code == 422
    assert said in text(answer) and form["value"] in text(answer)


@pytest.mark.requirement("S-15")
def test_a_policy_is_recorded_with_its_reason_and_ended(house: House) -> None:
    client = house.client()
    form = {"list": "airport", "reason": "rent", "channels": str(house.channels["web"])}
    assert client.post("/prices/policies/", {**form, "reason": ""}).status_code == 422
    assert client.post("/prices/policies/", form).status_code == 302
    assert "rent" in text(client.get("/prices/policies/"))
    (policy,) = catalog.price_policies(house.brand.id)
    assert client.post("/prices/policies/", {**form, "list": "other"}).status_code == 422
    client.post("/prices/policies/", {"end": str(policy.id)})
    assert "ended" in text(client.get("/prices/policies/"))


FORMS = {
    "percentage": {"value": "10"},
    "amount": {"threshold": "30", "value": "5"},
    "thresholds": {"tiers": "30-5, 60-12"},
    "buy_x_get_y": {"x": "2", "y": "1"},
    "nth_item": {"x": "2", "value": "50"},
    "bundle_price": {"bundle": "CUP, 2 x POT", "value": "99"},
    "unit_price": {"value": "9.90", "skus": "CUP"},
}


@pytest.mark.parametrize("kind", FORMS)
def test_each_kind_has_a_form_that_saves_and_shows_what_was_saved(house: House, kind: str) -> None:
    client = house.client()
    form = {
        "code": "one", "title": "Spring", **FORMS[kind], "window_begins": "14:00", "window_ends": "17:00",
        "weekdays": ["1", "5"], "together": "best", "group": "a", "priority": "3", "members": "1",
        "condition": "basket.units > 1",
    }  # fmt: skip
    assert client.post(f"/promotions/new/?kind={kind}", form).status_code == 302
    (saved,) = catalog.list_rules(house.brand.id).promotions
    assert (saved.kind.value, saved.windows[0].begins, saved.best_of, saved.group) == (kind, 840, True, "a")
    again = client.post("/promotions/one/one/", {**form, "code": ""})
    assert again.status_code == 302
    assert catalog.list_rules(house.brand.id).promotions == (saved,)
    assert "Spring" in text(client.get("/promotions/"))
    refused = client.post("/promotions/one/one/", {**form, "condition": "basket.unit > 1"})
    assert refused.status_code == 422 and "did you mean basket.units?" in text(refused)


def test_rules_as_people_write_them_are_read_line_by_line(house: House) -> None:
    client = house.client()
    refused = client.post("/promotions/read/", {"rules": "a 30:5\nb fixed"})
    assert refused.status_code == 422 and "Line 2: 30:5" in text(refused)
    assert catalog.list_rules(house.brand.id).promotions == ()
    client.post("/promotions/read/", {"rules": "a 30:5\nb 满60减12"})
    assert {p.code for p in catalog.list_rules(house.brand.id).promotions} == {"a", "b"}
    client.post("/promotions/one/a/", {"end": "1"})
    assert "Ended" in text(client.get("/promotions/?show=ended"))


def test_the_simulator_explains_a_basket_and_tries_a_rule(house: House) -> None:
    tenth = Promotion(uuid7(), "tenth", "Tenth off", PromotionKind.PERCENTAGE, value=1000)
    more = Promotion(uuid7(), "more", "Spend 40", PromotionKind.AMOUNT, value=500, threshold_minor=4000, stackable=True)
    catalog.put_promotions(house.brand.id, [tenth, more])
    client = house.client()
    shown = text(client.get("/promotions/try/", {"basket": "2 CUP\nNOPE"}))
    assert "− Tenth off" in shown and "Threshold not reached by $16.00." in shown and "no such SKU" in shown
    tried = text(client.get("/promotions/try/", {"basket": "2 CUP", "rule": "20-5"}))
    assert "The basket costs" in tried and "$21.60 as it is" in tried
    assert client.get("/promotions/try/", {"basket": "2 CUP", "rule": "x"}).status_code == 422
    assert client.get("/promotions/try/", {"basket": "0 CUP"}).status_code == 422


def test_who_may_not_change_prices_sees_them_and_is_refused(house: House) -> None:
    client = house.client(Role.AUDITOR)
    assert client.get("/prices/").status_code == 200
    for address in ("/prices/changes/new/", "/promotions/new/", "/promotions/read/"):
        assert client.get(address).status_code == 403
    assert client.post("/prices/policies/", {"list": "x"}).status_code == 403
    assert client.post("/prices/close/", {"list": "x"}).status_code == 403


def test_a_decision_table_is_changed_in_its_grid_and_goes_live_by_a_second_person(house: House) -> None:
    maker, checker = house.client(Role.MERCHANDISER), house.client(Role.FINANCE)
    assert "No overlap, no gap" in text(maker.get("/tables/delivery_fee/"))
    assert "Fee, minor units: 900" in text(
        maker.get("/tables/delivery_fee/", {"try": "1", "distance_m": "5000", "total_minor": "1"})
    )
    grid = {"count": "2", "in-0-distance_m": "<= 3000", "out-0-fee_minor": "500", "in-1-distance_m": ">= 3000"}
    gap = maker.post("/tables/delivery_fee/", {**grid, "out-1-fee_minor": "900"}, follow=True)
    assert "Rows 1, 2 both match: Distance, meters 3000" in text(gap) and "Ask for it to go live" not in text(gap)
    good = maker.post(
        "/tables/delivery_fee/", {**grid, "in-1-distance_m": "> 3000", "out-1-fee_minor": "900"}, follow=True
    )
    asked = maker.post(good.request["PATH_INFO"], {"do": "publish", "reason": "new"}, follow=True)
    assert "waits for approval" in text(asked) and "Approve" not in text(asked)
    checker.post(good.request["PATH_INFO"], {"do": "approve"})
    assert catalog.delivery_fee(house.brand.id, distance_m=3001, total_minor=1) == 900
    assert "#2" in text(maker.get("/tables/"))


@pytest.mark.requirement("S-120")
def test_a_rate_is_set_with_its_reason_and_shown(house: House) -> None:
    client = house.client()
    form = {"kind": "exchange", "key": "USD/CNY", "value": "7.1234", "reason": "month end"}
    assert client.post("/prices/rates/", {**form, "reason": ""}).status_code == 422
    assert client.post("/prices/rates/", {**form, "value": "seven"}).status_code == 422
    client.post("/prices/rates/", form)
    client.post("/prices/rates/", {"kind": "interest", "key": "savings-1y", "value": "2.75", "reason": "month end"})
    shown = text(client.get("/prices/rates/"))
    assert "7.1234" in shown and "2.75 %" in shown


def test_one_price_above_the_limit_waits_on_every_page_until_another_person_approves_it(house: House) -> None:
    maker, checker = house.client(Role.MERCHANDISER), house.client(Role.FINANCE)
    asked = text(maker.post("/products/CUP/", {"amount": "25.00", "reason": "new clay"}, follow=True))
    assert "Asked for: Cup at $25.00. Another person decides it." in asked
    assert "A new price waits for approval" in asked and "new clay" in asked
    assert costs(house) == 1200
    assert "$25.00 waits for approval" in text(maker.get("/prices/"))
    (waits,) = catalog.waiting_prices(house.brand.id, ["CUP"])["CUP"]
    address = f"/prices/changes/{waits.change_id}/"
    assert "Approve" not in text(maker.get(address))
    assert "New price of CUP" in text(checker.get("/prices/changes/"))
    checker.post(address, {"do": "approve"})
    assert costs(house) == 2500
    assert "waits for approval" not in text(maker.get("/products/CUP/"))


def test_a_change_that_was_refused_says_so_in_the_list(house: House) -> None:
    maker, checker = house.client(Role.MERCHANDISER), house.client(Role.FINANCE)
    maker.post("/products/CUP/", {"amount": "25.00", "reason": "new clay"})
    (waits,) = catalog.waiting_prices(house.brand.id, ["CUP"])["CUP"]
    checker.post(f"/prices/changes/{waits.change_id}/", {"do": "refuse"})
    shown = text(maker.get("/prices/changes/"))
    assert "0 changes wait for approval." in shown and ">refused<" in shown
