"""What holds of a customer, on their page and by the rules' pages."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_customers import bought
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import Field, Rule
from datong.kernel.ids import uuid7


@pytest.mark.requirement("S-91", "S-98")
def test_staff_keep_a_value_by_hand_and_every_list_shows_it(house: House) -> None:
    ann = bought(house).customer_id
    assert ann
    agent, url = house.client(Role.AGENT), f"/customers/{ann}/golden/"
    customers.say_fields(ann, uuid7(), {Field.NAME: "Annie Leigh"}, brand=house.brand.id, by="crm")
    page = texts(agent.get(f"/customers/{ann}/"))
    assert "1 other value" in page and "Annie Leigh another system" in page and "known longest" in page
    nothing = agent.post(url, {"field": "name", "value": "Annie Leigh", "reason": ""}, follow=True)
    assert "1 to 500 printable characters" in texts(nothing)
    assert 'value="Annie Leigh"' in nothing.content.decode()  # what was typed is kept
    kept = texts(agent.post(url, {"field": "name", "value": "Annie Leigh", "reason": "her passport"}, follow=True))
    assert "kept by hand" in kept and "her passport" in kept
    for place in ("/", "/customers/", "/orders/export.csv"):
        shown = agent.get(place)
        text = b"".join(shown.streaming_content).decode() if shown.streaming else texts(shown)
        assert "Annie Leigh" in text and "Ann Lee" not in text
    assert "Annie Leigh" in texts(agent.get("/customers/?q=leigh"))
    seen = texts(house.client(Role.AUDITOR).get(f"/customers/{ann}/"))
    assert "A***" in seen and "Leigh" not in seen and "Keep a value by hand" not in seen
    assert house.client(Role.AUDITOR).post(url, {"field": "name", "value": "X", "reason": "x"}).status_code == 403
    gone = texts(agent.post(url, {"do": "unpin", "field": "name", "reason": "married"}, follow=True))
    assert "The rules choose again." in gone and customers.golden_names(house.brand.id, [ann]) == {ann: "Ann Lee"}


def test_rules_are_tried_on_real_people_before_they_are_saved(house: House) -> None:
    ann = bought(house).customer_id
    assert ann
    customers.say_fields(ann, uuid7(), {Field.NAME: "Annabel Lee"}, brand=house.brand.id, by="crm")
    owner, url = house.client(Role.OWNER), "/customers/golden/name/"
    assert "said by most → known longest" in texts(owner.get("/customers/golden/"))
    tried = texts(owner.post(url, {"do": "try", "rule": ["longest", ""], "source": [""]}))
    assert "1 of 1 people with more than one value" in tried and "Annabel Lee" in tried
    assert customers.rules_of(house.brand.id)[Field.NAME].by == ""
    why = owner.post(url, {"do": "save", "rule": ["longest"], "reason": ""})
    assert why.status_code == 422 and "1 to 500 printable characters" in texts(why)
    none = owner.post(url, {"do": "save", "rule": ["sources"], "reason": "x"})
    assert none.status_code == 422 and "1 to 20 channels" in texts(none)
    saved = texts(owner.post(url, {"do": "save", "rule": ["longest"], "reason": "full names"}, follow=True))
    assert "It holds from now on, for everybody." in saved
    assert customers.rules_of(house.brand.id)[Field.NAME].survivorship.rules == (Rule.LONGEST,)
    assert customers.golden_names(house.brand.id, [ann]) == {ann: "Annabel Lee"}
    assert owner.get("/customers/golden/shoe/").status_code == 404
