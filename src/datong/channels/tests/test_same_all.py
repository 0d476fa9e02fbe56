"""All customers compared: asked for, with the weights of each pair, and what the brand lets it do."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.channels.console.identity.weights import waterfall
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.channels.tests.test_same_person import CARD, bought, of
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.kernel.ids import uuid7
from datong.matching import api as matching
from datong.matching.types import Weighed

MAIL = "wanda.quist@x.example"


def twice(house: House) -> tuple:
    other = Identity(IdentityKind.CARD, "M-8", verified=True)
    mail = Identity(IdentityKind.EMAIL, MAIL)
    return of(bought(house, CARD, mail)), of(bought(house, other, mail))


def test_a_waterfall_begins_at_the_odds_against_and_ends_at_the_sum() -> None:
    lines = waterfall(Weighed(uuid7(), uuid7(), 2.0, {"name": 4.0, "phone": 12.0, "prior": -14.0}))
    assert [(line["bits"], line["sign"], line["x"], line["width"]) for line in lines] == [
        ("-14.0", "minus", "0.0", "87.5"),
        ("+4.0", "plus", "0.0", "25.0"),
        ("+12.0", "plus", "25.0", "75.0"),
        ("+2.0", "total", "87.5", "12.5"),
    ]
    assert {line["zero"] for line in lines} == {"87.5"}


@pytest.mark.requirement("S-98", "S-108")
def test_all_are_compared_on_demand_and_each_pair_shows_what_speaks_for_it(house: House) -> None:
    a, b = twice(house)
    agent = house.client(Role.AGENT)
    page = texts(agent.get("/customers/same/all/"))
    assert "Never compared" in page and "Nothing is merged without asking" in page and "Known nowhere else" in page
    asked = texts(agent.post("/customers/same/all/run/", follow=True))
    assert "All customers are being compared." in asked and "waits for its turn" in asked
    assert agent.get("/customers/same/all/now/").status_code == 200
    assert matching.consider([a, b], brand=house.brand.id) == 1
    queue = texts(agent.get("/customers/same/"))
    assert MAIL in queue and "likely" in queue
    pair = agent.get(f"/customers/same/{a}/{b}/")
    assert "What each field says" in texts(pair) and "any two customers" in texts(pair)
    assert b'class="weight-plus"' in pair.content


@pytest.mark.requirement("S-108")
def test_the_report_says_which_doors_know_people_by_themselves(house: House) -> None:
    a, b = twice(house)
    [web] = customers.sources_of(house.brand.id)
    assert (web.records, web.people, web.alone, web.joined_percent) == (2, 2, 2, 0)
    customers.merge(a, b, brand=house.brand.id, by="ann", reason="one")
    [web] = customers.sources_of(house.brand.id)
    assert (web.records, web.people, web.alone) == (2, 1, 1)


def test_only_who_sets_the_brand_s_policy_lets_pairs_be_merged_without_asking(house: House) -> None:
    told = {"merges": "1", "auto": "8", "review": "1", "reason": "looked at 200"}
    assert house.client(Role.AGENT).post("/customers/same/rule/", told).status_code == 403
    assert matching.setting_of(house.brand.id).at is None
    owner = house.client(Role.OWNER)
    bad = owner.post("/customers/same/rule/", {**told, "auto": "much", "reason": "kept"})
    assert (bad.status_code, "a weight from 3 to 60 bits" in texts(bad), "kept" in bad.content.decode()) == (
        422,
        True,
        True,
    )
    assert "Pairs from 8.0 bits on are merged" in texts(owner.post("/customers/same/rule/", told, follow=True))
    setting = matching.setting_of(house.brand.id)
    assert (setting.merges, setting.nightly, setting.auto, setting.review) == (True, False, 8.0, 1.0)
