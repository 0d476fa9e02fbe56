"""Codes and what a scan of them does, through the doors themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types.entries import Entry, EntryType, Opens
from datong.catalog import api as catalog
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import BoardFilter

MONTH = timedelta(days=30)
GTIN = "9506000134352"


def made(house: House, kind: EntryType = EntryType.STORE, **fields: object) -> Entry:
    plain = Entry(uuid7(), "", kind, "Window", Opens.SHOP, clock.now() - timedelta(hours=1), store_id=house.near.id)
    (entry,) = brands.make_entries(house.brand.id, [replace(plain, **fields)], by="ann")  # type: ignore[arg-type]
    return entry


def scans(house: House) -> list[tuple[str, int, int]]:
    found = brands.list_entries(house.brand.id, since=clock.now() - MONTH, ended=True)
    return [(one.entry.title, one.visits, one.visitors) for one in found]


def buy(client: Client, home: str) -> str:
    """A guest's order of a cup for pickup at the store that was chosen; where it stands."""
    client.post(f"{home}basket/add/CUP/", {"units": "1"})
    page = client.get(f"{home}checkout/").content.decode()
    hidden = dict(re.findall(r'name="(version|total)" value="(\d+)"', page))
    assert 'value="NEAR" selected' in page, "the store of the code is chosen"
    typed = {"how": "pickup", "store": "NEAR", "name": "Ann", "phone": "+16125550100", "order": "1", **hidden}
    answer = client.post(f"{home}checkout/", typed)
    if answer.status_code == 409:
        page = answer.content.decode()
        hidden = dict(re.findall(r'name="(version|total)" value="(\d+)"', page))
        answer = client.post(f"{home}checkout/", typed | hidden)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.mark.requirement("S-19")
@pytest.mark.requirement("S-28")
@pytest.mark.requirement("S-170")
@pytest.mark.django_db
def test_a_scan_in_a_store_leads_to_the_shop_and_its_order_is_credited_to_the_store(house: House) -> None:
    home, client = open_shop(house), Client()
    entry = made(house, associate="mia")
    answer = client.get(f"/q/{entry.code}", follow=True)
    assert answer.redirect_chain[-1] == (home, 302)
    buy(client, home)
    (row,) = orders.board(house.brand.id, BoardFilter()).rows
    view = orders.order_page(house.brand.id, row.id)
    assert (view.entry_id, view.referred_store_id, view.associate) == (entry.id, house.near.id, "mia")
    assert view.visit_id is not None and scans(house) == [("Window", 1, 1)]


@pytest.mark.django_db
def test_without_a_scan_an_order_came_by_nothing_and_a_visit_counts_for_a_week(house: House) -> None:
    home, client = open_shop(house), Client()
    entry = made(house)
    client.get(f"/q/{entry.code}", follow=True)
    with clock.held_at(clock.now() + timedelta(days=8)):
        buy(client, home)
    (row,) = orders.board(house.brand.id, BoardFilter()).rows
    view = orders.order_page(house.brand.id, row.id)
    assert (view.entry_id, view.visit_id, view.referred_store_id, view.associate) == (None, None, None, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens", "target", "tail"),
    [
        (Opens.PRODUCT, "CUP", "p/CUP/"),
        (Opens.CATEGORY, "tea", "?in=tea"),
        (Opens.SEARCH, "green tea", "?q=green+tea"),
        (Opens.STORE, "", "stores/NEAR/"),
        (Opens.CARD, "", "me/"),
        (Opens.SHOP, "", ""),
    ],
)
def test_each_code_leads_to_its_page(house: House, opens: Opens, target: str, tail: str) -> None:
    home = open_shop(house)
    entry = made(house, EntryType.CAMPAIGN, opens=opens, target=target)
    first = Client().get(f"/q/{entry.code}")
    assert first["Location"] == f"{home}q/{entry.code}/"
    assert Client().get(first["Location"])["Location"] == home + tail


@pytest.mark.django_db
def test_two_scans_of_one_browser_are_two_visits_of_one_and_a_look_ahead_is_none(house: House) -> None:
    open_shop(house)
    entry, client = made(house), Client()
    for _ in range(2):
        client.get(f"/q/{entry.code}", follow=True)
    Client().get(f"/q/{entry.code}", follow=True)
    inside = Client().get(f"/q/{entry.code}")["Location"]
    assert Client().get(inside, headers={"Sec-Purpose": "prefetch"}).status_code == 302
    assert Client().head(inside).status_code == 302
    assert scans(house) == [("Window", 3, 2)]


@pytest.mark.django_db
def test_a_code_is_read_as_people_type_it_and_an_unknown_one_gets_a_page_that_says_so(house: House) -> None:
    open_shop(house)
    entry = made(house)
    typed = f"{entry.code[:5]}-{entry.code[5:]}".upper()
    assert Client().get(f"/q/{typed}").status_code == 302
    wrong = entry.code[:-1] + ("0" if entry.code[-1] != "0" else "1")
    for code in (wrong, "nothing", "0" * 10, "x" * 300):
        answer = Client().get(f"/q/{code}")
        assert answer.status_code == 404 and b"This code leads nowhere" in answer.content


@pytest.mark.django_db
def test_who_guesses_codes_is_stopped(house: House) -> None:
    entry = made(house)
    client = Client()
    wrong = entry.code[:-1] + ("0" if entry.code[-1] != "0" else "1")
    assert [client.get(f"/q/{wrong}").status_code for _ in range(31)] == [404] * 30 + [429]
    assert client.get(f"/q/{entry.code}").status_code == 429


@pytest.mark.django_db
def test_an_ended_code_says_so_and_is_counted_no_more_until_it_is_used_again(house: House) -> None:
    open_shop(house)
    entry, head = made(house), house.client(Role.HQ)
    head.post(f"/entries/{entry.id}/", {"do": "end"})
    answer = Client().get(f"/q/{entry.code}", follow=True)
    assert answer.status_code == 404 and "This code is not in use" in answer.content.decode()
    head.post(f"/entries/{entry.id}/", {"do": "open"})
    assert Client().get(f"/q/{entry.code}", follow=True).status_code == 200
    late = made(house, valid_until=clock.now() + timedelta(minutes=1), title="Late")
    with clock.held_at(clock.now() + timedelta(minutes=2)):
        assert Client().get(f"/q/{late.code}", follow=True).status_code == 404
    assert sorted(scans(house)) == [("Late", 0, 0), ("Window", 1, 1)]


@pytest.mark.requirement("S-19")
@pytest.mark.django_db
def test_a_product_with_a_gtin_is_a_gs1_digital_link_that_keeps_its_entry(house: House) -> None:
    home = open_shop(house)
    catalog.put_items(house.brand.id, [replace(house.items["CUP"], gtin=GTIN)])
    entry = made(house, EntryType.PRODUCT, opens=Opens.PRODUCT, target="CUP", title="Shelf")
    page = house.client(Role.HQ).get(f"/entries/{entry.id}/").content.decode()
    link = f"{home}01/0{GTIN}?e={entry.code}"
    assert f"http://testserver{link}" in page
    assert Client().get(link)["Location"] == f"{home}p/CUP/"
    for bare in (f"/01/{GTIN}", f"/01/0{GTIN}/10/LOT7/21/9"):
        assert Client().get(bare, follow=True).redirect_chain[-1][0] == f"{home}p/CUP/"
    assert Client().get(f"{home}01/4006381333931").status_code == 404
    assert scans(house) == [("Shelf", 1, 1)]


@pytest.mark.django_db
def test_who_logs_out_leaves_no_mark_and_a_shared_browser_gets_another(house: House) -> None:
    visitor = uuid7()
    a, b = uuid7(), uuid7()
    assert brands.know_visitor(house.brand.id, visitor, a)
    assert brands.know_visitor(house.brand.id, visitor, a)
    assert not brands.know_visitor(house.brand.id, visitor, b)
    entry = made(house)
    brands.record_visit(house.brand.id, entry.id, visitor)
    mine = brands.visits_of(house.brand.id, [a, b], since=clock.now() - MONTH)
    assert [(who, visit.entry_id) for who, visit in mine] == [(a, entry.id)]
    assert brands.forget_visitors(house.brand.id, [a]) == 1
    assert brands.visits_of(house.brand.id, [a], since=clock.now() - MONTH) == []


@pytest.mark.django_db
def test_many_codes_are_made_at_once_and_the_form_sent_twice_makes_them_once(house: House) -> None:
    head, form = house.client(Role.HQ), {"kind": "table", "store": "*", "list": "1-3, T1", "key": str(uuid7())}
    for _ in range(2):
        assert head.post("/entries/", form).status_code == 302
    assert len(scans(house)) == 8
    assert head.get("/entries/print/?store=NEAR").content.decode().count("code-card") == 4
    refused = head.post("/entries/", {**form, "list": "", "key": str(uuid7())})
    assert refused.status_code == 422 and "Tables such as 1-20" in refused.content.decode()
    refused = head.post("/entries/", {"kind": "product", "list": "NOPE", "title": "Shelf", "key": str(uuid7())})
    assert refused.status_code == 422 and "Shelf" in refused.content.decode()


@pytest.mark.django_db
def test_a_store_sees_and_makes_its_own_codes_only(house: House) -> None:
    far = made(house, store_id=house.far.id, title="Far")
    near, manager = made(house), house.client(Role.MANAGER)
    page = manager.get("/entries/").content.decode()
    assert near.code in page and far.code not in page
    assert manager.get(f"/entries/{far.id}/").status_code == 404
    assert manager.get(f"/entries/{far.id}/code.svg").status_code == 404
    wrong = manager.post("/entries/", {"kind": "store", "store": "FAR", "title": "x", "key": str(uuid7())})
    assert wrong.status_code == 422
    svg, png = (manager.get(f"/entries/{near.id}/code.{ending}") for ending in ("svg", "png"))
    assert svg.content.startswith(b"<?xml") and png.content.startswith(b"\x89PNG")
