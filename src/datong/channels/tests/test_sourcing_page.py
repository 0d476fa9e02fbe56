"""The page of the sourcing rules: headquarters orders and changes them and takes a change back; audit only reads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from datong.access.types import Role
from datong.channels.console.ruleform import errors_of
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.kernel.errors import BadValue
from datong.orders import api as orders

FIRST = ["nearest_with_everything", "split_over_two", "far_with_everything"]


def names(house: House) -> list[str]:
    return [rule.name for rule in orders.sourcing_rules(house.brand.id)]


def kept(house: House) -> list[dict[str, Any]]:
    return [orders.settings_of(rule) for rule in orders.sourcing_rules(house.brand.id)]


def marks(client: Client) -> list[str]:
    """What the buttons of each row send along, from the top."""
    return re.findall(r'name="rule" value="(\w+)"', client.get("/sourcing/").content.decode())


def act(client: Client, verb: str, row: int) -> Any:
    return client.post("/sourcing/act/", {"do": verb, "rule": marks(client)[row]}, follow=True)


def form(client: Client, number: int, **changes: str) -> dict[str, str]:
    """The form of a rule as a browser would send it, with some fields typed over."""
    html = client.get(f"/sourcing/{number}/").content.decode().split('data-draft="sourcing-')[1]
    values = dict(re.findall(r'<input class="input" id="\w+" name="(\w+)" type="text" value="([^"]*)"', html))
    values |= dict(re.findall(r'<input type="hidden" name="(rule)" value="(\w+)"', html))
    ticked = re.findall(r'type="checkbox" name="([\w-]+)" value="1" checked', html)
    (stores,) = re.findall(r'<option value="(\d+)" selected', html)
    return {**values, "max_stores": stores, **dict.fromkeys(ticked, "1"), **changes}


def undo_of(response: Any) -> str:
    (address,) = re.findall(r'action="(/sourcing/undo/\w+/)"', response.content.decode())
    return str(address)


@pytest.mark.requirement("S-165")
def test_the_rules_stand_in_their_order_in_words(house: House) -> None:
    only = {"channels": [str(house.channels["web"])], "fulfilments": ["delivery"], "min_total_minor": 5000}
    places = {"store_kinds": ["own"], "regions": ["MN"], "max_distance_m": 12_500, "max_stores": 3}
    weights = {"weights": {"distance": 3, "load": 1, "depth": 0, "split": 0}}
    orders.put_rules(house.brand.id, [{"name": "Large & near", **only, **places, **weights}, {"name": "b"}], who="Kim")
    response = house.client().get("/sourcing/")
    text = texts(response)
    assert "2 rules, tried from the top: the first that finds a store decides." in text
    assert "1 Large &amp; near The web · delivery · from $50.00 Own · MN · up to 12.5 km near 3" in text
    assert (
        "free hands 1 deep stock 0 low cost 0 few stores 0 Up to 3 stores 2 b All orders All stores · up to 30 km"
        in text
    )
    assert 'class="shares-1" x="0.00%" width="75.00%"' in response.content.decode()
    assert 'class="shares-2" x="75.00%" width="25.00%"' in response.content.decode()


def test_headquarters_moves_a_rule_up_and_down_by_buttons(house: House) -> None:
    client = house.client()
    response = act(client, "up", 2)
    assert response.redirect_chain[0][0] == "/sourcing/#rule-far_with_everything"
    assert "Farther store with everything is now number 2." in texts(response)
    assert names(house) == [FIRST[0], FIRST[2], FIRST[1]]
    act(client, "down", 0)
    assert names(house) == [FIRST[2], FIRST[0], FIRST[1]]
    act(client, "up", 0)
    assert names(house) == [FIRST[2], FIRST[0], FIRST[1]]


def test_a_removed_rule_comes_back_with_undo_where_it_stood(house: House) -> None:
    client, before = house.client(), kept(house)
    response = act(client, "remove", 1)
    assert names(house) == [FIRST[0], FIRST[2]]
    assert "Split over two stores is removed." in texts(response)
    assert "Undone. The rules are as they were." in texts(client.post(undo_of(response), follow=True))
    assert kept(house) == before


def test_undo_does_not_run_over_what_somebody_else_changed_since(house: House) -> None:
    client = house.client()
    address = undo_of(act(client, "remove", 1))
    orders.put_rules(house.brand.id, [{"name": "new ground"}], who="Kim")
    assert "The rules were changed meanwhile." in texts(client.post(address, follow=True))
    assert names(house) == ["new ground"]


def test_undo_is_for_who_made_the_change_and_for_a_moment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.client()
    address = undo_of(act(client, "remove", 1))
    assert "It is too late to undo this" in texts(house.client().post(address, follow=True))
    monkeypatch.setattr("datong.channels.console.sourcing.UNDO_S", -1)
    assert "It is too late to undo this" in texts(client.post(address, follow=True))
    assert names(house) == [FIRST[0], FIRST[2]]


def test_the_last_rule_stays(house: House) -> None:
    orders.put_rules(house.brand.id, [{"name": "only"}], who="Kim")
    assert "The last rule stays" in texts(act(house.client(), "remove", 0))
    assert names(house) == ["only"]


def test_the_first_rules_are_brought_back_and_that_is_undone_too(house: House) -> None:
    orders.put_rules(house.brand.id, [{"name": "ours", "max_distance_m": 5000}], who="Kim")
    client, before = house.client(), kept(house)
    response = client.post("/sourcing/act/", {"do": "first"}, follow=True)
    assert names(house) == FIRST
    client.post(undo_of(response))
    assert kept(house) == before


def test_a_rule_is_changed_in_its_form_and_the_others_stay(house: House) -> None:
    client, before = house.client(), kept(house)
    web = str(house.channels["web"])
    typed = {
        f"channel-{web}": "1", "fulfilment-pickup": "1", "kind-franchise": "1", "regions": "mn，", "min_total": "20.5",
        "max_distance_km": "7.25", "max_stores": "4", "weight_distance": "1", "weight_load": "2", "weight_depth": "3",
        "weight_cost": "4", "weight_split": "5",
    }  # fmt: skip
    response = client.post("/sourcing/2/", form(client, 2, **typed), follow=True)
    assert response.redirect_chain[0][0] == "/sourcing/#rule-split_over_two"
    changed = {
        "name": "split_over_two", "channels": [web], "fulfilments": ["pickup"], "min_total_minor": 2050,
        "store_kinds": ["franchise"], "regions": ["MN"], "max_distance_m": 7250,
        "weights": {"distance": 1, "load": 2, "depth": 3, "cost": 4, "split": 5}, "max_stores": 4,
    }  # fmt: skip
    assert kept(house) == [before[0], changed, before[2]]
    client.post(undo_of(response))
    assert kept(house) == before


def test_a_form_saved_as_it_is_changes_nothing(house: House) -> None:
    orders.put_rules(
        house.brand.id, [{"name": "a", "regions": ["ZZ"], "store_kinds": ["own"], "max_stores": 2}], who="x"
    )
    client, before = house.client(), kept(house)
    response = client.post("/sourcing/1/", form(client, 1), follow=True)
    assert kept(house) == before and "undo" not in response.content.decode()


def test_a_rule_is_added_at_the_end(house: House) -> None:
    client = house.client()
    typed = {"name": "Pickup first", "max_distance_km": "1", "max_stores": "1"}
    typed |= {f"weight_{part}": "1" for part in ("distance", "load", "depth", "cost", "split")}
    response = client.post("/sourcing/new/", typed, follow=True)
    assert "Pickup first is added as number 4." in texts(response)
    assert names(house) == [*FIRST, "Pickup first"] and kept(house)[3]["max_distance_m"] == 1000


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("max_distance_km", "2001", "A number of kilometers above 0, at most 2,000."),
        ("max_distance_km", "0", "A number of kilometers above 0, at most 2,000."),
        ("max_distance_km", "1e99999999", "A number of kilometers above 0, at most 2,000."),
        ("max_distance_km", "far", "A number of kilometers above 0, at most 2,000."),
        ("max_stores", "11", "1 to 10 stores."),
        ("name", "", "A name of 1 to 60 characters."),
        ("name", "n" * 61, "A name of 1 to 60 characters."),
        ("name", "Farther store with everything", "Another rule has this name"),
        ("min_total", "-1", "Write an amount such as $19.99."),
        ("min_total", "1e99999999", "Write an amount such as $19.99."),
        ("regions", "MN, Atlantis", "No store is in Atlantis; write it as in the list of stores."),
        ("weight_load", "1001", "A whole number from 0 to 1,000."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(
    house: House, field: str, typed: str, said: str
) -> None:
    client, before = house.client(), kept(house)
    response = client.post("/sourcing/1/", form(client, 1, **{"min_total": "77", field: typed}))
    html = response.content.decode()
    assert response.status_code == 422
    (note,) = re.findall(rf'id="{field}-note">.*?<span>([^<]*)</span>', html, flags=re.DOTALL)
    assert note.startswith(said)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    if field != "min_total":
        assert 'name="min_total" type="text" value="77"' in html
    assert kept(house) == before


def test_what_only_the_rules_themselves_refuse_is_said_in_the_forms_words(house: House) -> None:
    for theirs, ours in (("max_distance_m", "max_distance_km"), ("name", "name"), ("weights", "weight_distance")):
        said = errors_of(BadValue(f"/rules/1/{theirs}", 0, "1 to 2000000 metres"), "USD")
        assert list(said) == [ours] and "2000000" not in said[ours]
    orders.put_rules(house.brand.id, [{"name": f"rule {n}"} for n in range(50)], who="Kim")
    client, before = house.client(), kept(house)
    response = client.post("/sourcing/new/", form(client, 1, name="one too many"))
    assert response.status_code == 422 and "A brand has at most 50 rules." in texts(response)
    assert kept(house) == before


def test_a_form_of_a_rule_that_changed_meanwhile_is_not_saved_at_once(house: House) -> None:
    client = house.client()
    typed = form(client, 1, max_distance_km="9")
    orders.put_rules(house.brand.id, [{"name": "theirs"}], who="Kim")
    response = client.post("/sourcing/1/", typed)
    assert response.status_code == 422 and "Save again to put this in place of number 1, theirs." in texts(response)
    assert 'name="max_distance_km" type="text" value="9"' in response.content.decode()
    assert names(house) == ["theirs"]


def test_a_form_follows_its_rule_when_that_was_moved(house: House) -> None:
    client = house.client()
    typed = form(client, 1, max_distance_km="9")
    act(house.client(), "down", 0)
    client.post("/sourcing/1/", typed)
    assert [(rule["name"], rule["max_distance_m"]) for rule in kept(house)] == [
        (FIRST[1], 30_000), (FIRST[0], 9_000), (FIRST[2], 80_000),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AGENT, Role.STORE])
def test_who_may_not_change_the_rules_is_refused_and_nothing_is_changed(house: House, role: Role) -> None:
    hq, client, before = house.client(), house.client(role), kept(house)
    (mark, *_rest), typed = marks(hq), form(hq, 1, max_distance_km="9")
    attempts = [("/sourcing/1/", typed), ("/sourcing/new/", typed | {"name": "mine"}), ("/sourcing/undo/x/", {})]
    attempts += [("/sourcing/act/", {"do": verb, "rule": mark}) for verb in ("up", "down", "remove", "first")]
    assert {client.post(path, data).status_code for path, data in attempts} == {403}
    assert kept(house) == before
    seen = client.get("/sourcing/")
    assert seen.status_code == (200 if role is Role.AUDITOR else 403)
    assert "/sourcing/act/" not in seen.content.decode() and "/sourcing/new/" not in seen.content.decode()
    assert ('href="/sourcing/"' in client.get("/").content.decode()) is (role is Role.AUDITOR)


def test_forms_need_the_token_of_their_page_and_pages_a_log_in(house: House) -> None:
    before, strict = kept(house), house.client(enforce_csrf_checks=True)
    assert strict.post("/sourcing/act/", {"do": "first"}).status_code == 403
    assert strict.post("/sourcing/new/", {"name": "x"}).status_code == 403
    assert Client().get("/sourcing/").status_code == 302
    assert kept(house) == before


def test_another_brands_rules_are_not_touched(house: House, make_brand: Any) -> None:
    foreign = make_brand(name="Foreign")
    orders.put_rules(foreign.id, [{"name": "foreign"}], who="Kim")
    act(house.client(), "up", 1)
    assert [rule.name for rule in orders.sourcing_rules(foreign.id)] == ["foreign"]


def test_an_orders_page_leads_to_the_rule_that_chose_its_store(house: House) -> None:
    placed = house.place()
    link = 'href="/sourcing/#rule-nearest_with_everything">rule: nearest store with everything</a>'
    assert link in house.client().get(f"/orders/{placed.number}/").content.decode()
    assert link not in house.client(Role.AGENT).get(f"/orders/{placed.number}/").content.decode()
    assert 'id="rule-nearest_with_everything"' in house.client().get("/sourcing/").content.decode()


def test_the_page_speaks_chinese(house: House) -> None:
    client = house.client()
    client.cookies["django_language"] = "zh-hans"
    text = texts(client.get("/sourcing/"))
    assert "寻源规则" in text and "3 条规则，自上而下依次尝试，先找到门店的那条说了算。" in text
    assert "配齐的最近门店 全部订单 全部门店 · 30 公里以内 距离 60" in text and "最多 2 家店" in text
    wrong = client.post("/sourcing/1/", form(client, 1, max_distance_km="0"))
    assert "请填大于 0、不超过 2,000 的公里数。" in texts(wrong)
    client.post("/sourcing/1/", form(client, 1, max_distance_km="9"))
    assert names(house) == FIRST
