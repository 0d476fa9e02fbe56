"""A merchandiser makes a template of their own, changes it, and takes it away: no program, nothing lost."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.types import Attribute, AttributeType, Product, ProductState
from datong.channels.tests.conftest import House
from datong.channels.tests.test_goods_pages import form_of
from datong.channels.tests.test_pages import texts
from datong.kernel.ids import uuid7

NEW, OWN = "/goods/templates/new/?from=food", "/goods/templates/t/noodles/"


def made(house: House) -> None:
    client = house.client(Role.MERCHANDISER)
    typed = form_of(client.get(NEW)) | {"title": "Noodles", "code": "noodles", "t-zh-Hans": "面食"}
    n = len(catalog.templates_of(house.brand.id)["food"].attributes)
    typed = form_of(client.post("/goods/templates/new/", {**typed, "add": "fact"}))
    typed |= {f"a-{n}-title": "Origin", f"a-{n}-type": "choice", f"a-{n}-choices": "Lanzhou, Chongqing"}
    typed |= {f"a-{n}-required": "1", f"a-{n}-t-zh-Hans": "产地"}
    page = client.post("/goods/templates/new/", typed, follow=True)
    assert "Noodles is saved." in texts(page)


@pytest.mark.requirement("S-119")
def test_a_template_is_copied_and_given_a_fact_and_a_product_made_from_it_must_say_it(house: House) -> None:
    made(house)
    own = catalog.templates_of(house.brand.id)["noodles"]
    assert (own.based_on, own.kind, own.titles) == ("food", "on_site", {"zh-Hans": "面食"})
    choices = ("Lanzhou", "Chongqing")
    assert own.attributes[-1] == Attribute(
        "origin", "Origin", AttributeType.CHOICE, True, choices, "", {"zh-Hans": "产地"}
    )
    assert own.attributes[:-1] == catalog.templates_of(house.brand.id)["food"].attributes
    client = house.client(Role.MERCHANDISER)
    assert 'href="/goods/new/?template=noodles"' in client.get(OWN).content.decode()
    typed = form_of(client.get("/goods/new/?template=noodles")) | {"title": "Beef", "code": "BEEF", "v-0-sku": "BEEF"}
    client.post("/goods/new/", typed)
    client.post("/goods/p/BEEF/state/", {"state": "development"})
    page = client.post("/goods/p/BEEF/state/", {"state": "ready"})
    assert page.status_code == 422 and "Origin: required before the product is ready" in texts(page)
    client.post("/goods/p/BEEF/edit/", {**form_of(client.get("/goods/p/BEEF/edit/")), "a-origin": "Lanzhou"})
    client.post("/goods/p/BEEF/state/", {"state": "ready"})
    assert catalog.products_by_code(house.brand.id, ["BEEF"])["BEEF"].state is ProductState.READY


def test_a_change_is_kept_with_who_and_why_and_a_stale_form_changes_nothing(house: House) -> None:
    made(house)
    client = house.client(Role.MERCHANDISER)
    old = form_of(client.get(OWN))
    client.post(OWN, {**old, "title": "Noodle bowls", "reason": "menu"})
    page = client.get(OWN)
    assert "menu" in texts(page) and "Noodle bowls" in texts(page)
    page = client.post(OWN, {**old, "title": "Mine"})
    assert page.status_code == 422 and "Somebody changed this template" in texts(page)
    assert catalog.templates_of(house.brand.id)["noodles"].title == "Noodle bowls"


def test_a_template_in_use_stays_and_so_does_a_fact_that_products_have_filled_in(house: House) -> None:
    made(house)
    product = Product(uuid7(), "BEEF", "noodles", "Beef", attributes={"origin": "Lanzhou"})
    catalog.put_products(house.brand.id, [product], by="test")
    client = house.client(Role.MERCHANDISER)
    typed = form_of(client.get(OWN))
    n = len(catalog.templates_of(house.brand.id)["noodles"].attributes) - 1
    page = client.post(OWN, {**typed, f"a-{n}-title": ""})
    assert page.status_code == 422 and "keep Origin (origin) as it is: 1 products have filled it in" in texts(page)
    page = client.post(OWN, {**typed, f"a-{n}-type": "whole"})
    assert page.status_code == 422 and "keep Origin (origin) as it is" in texts(page)
    page = client.post(f"{OWN}remove/")
    assert page.status_code == 409 and "Products are made from this template" in texts(page)
    assert catalog.templates_of(house.brand.id)["noodles"].attributes[n].type is AttributeType.CHOICE


def test_a_template_without_products_is_taken_away_and_put_back_by_undo(house: House) -> None:
    made(house)
    before = catalog.templates_of(house.brand.id)["noodles"]
    client = house.client(Role.MERCHANDISER)
    page = client.post(f"{OWN}remove/", follow=True)
    assert f'action="{OWN}undo/"' in page.content.decode()
    assert "noodles" not in catalog.templates_of(house.brand.id) and client.get(OWN).status_code == 404
    client.post(f"{OWN}undo/")
    assert catalog.templates_of(house.brand.id)["noodles"] == before
    client.post(f"{OWN}undo/")
    assert catalog.templates_of(house.brand.id)["noodles"] == before


def test_a_built_in_template_is_shown_and_copied_never_changed(house: House) -> None:
    client = house.client(Role.MERCHANDISER)
    assert "No templates of your own yet" in texts(client.get("/goods/templates/"))
    assert client.post("/goods/templates/t/tea_drink/", {"title": "Mine"}).status_code == 404
    page = client.get("/goods/templates/t/food/")
    assert page.status_code == 200 and '<form class="stack"' not in page.content.decode()
    assert client.post("/goods/templates/t/food/", {"title": "Mine"}).status_code == 404
    assert client.post("/goods/templates/t/food/remove/").status_code == 404
    page = client.post("/goods/templates/new/", {"from": "food", "title": "x", "code": "food"})
    assert page.status_code == 422 and "There is a template with this code already" in texts(page)
    page = client.post("/goods/templates/new/", {"from": "food", "title": "", "code": "no good"})
    assert page.status_code == 422 and 'value="no good"' in page.content.decode()


def test_who_may_only_look_sees_the_templates_and_changes_none(house: House) -> None:
    made(house)
    agent = house.client(Role.AGENT)
    page = agent.get("/goods/templates/")
    assert page.status_code == 200 and "Noodles" in texts(page)
    assert agent.get(OWN).status_code == 200 and 'name="title"' not in agent.get(OWN).content.decode()
    assert agent.post(OWN, {"title": "x"}).status_code == 403 and agent.get(NEW).status_code == 403
    assert agent.post(f"{OWN}remove/").status_code == 403
