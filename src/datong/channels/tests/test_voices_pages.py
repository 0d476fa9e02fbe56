"""Voices: written on a customer's page, found, taken along, linked to ideas that tell who wants them."""

from __future__ import annotations

import re

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_customers import bought
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import Feedback, FeedbackFilter, FeedbackKind, Idea, IdeaState, Stage
from datong.kernel import clock
from datong.kernel.ids import uuid7


def told(house: House) -> list[Feedback]:
    return customers.list_feedback(house.brand.id, FeedbackFilter())[0]


def chosen(house: House, *words: str) -> list[str]:
    return [str(one.id) for one in told(house) if one.text in words]


@pytest.mark.requirement("S-114")
def test_what_a_customer_says_is_written_once_and_linked_with_others_to_a_new_idea(house: House) -> None:
    ann = bought(house).customer_id
    assert ann
    agent = house.client(Role.AGENT)
    assert "Nothing yet. Write down what hurts" in texts(agent.get(f"/customers/{ann}/"))
    said = {"kind": "pain", "channel": "web", "stage": "use", "product": "CUP", "text": "the lid leaks", "order": ""}
    said["key"] = str(uuid7())
    for _twice in range(2):
        page = texts(agent.post(f"/customers/{ann}/voice/", said, follow=True))
        assert "pain point the lid leaks" in page
    (one,) = told(house)
    assert (one.customer_id, one.stage, one.product, one.by) == (ann, Stage.USE, "CUP", f"agent@{house.brand.slug}")
    more = [
        Feedback(uuid7(), FeedbackKind.WISH, "a lid that closes", house.channels["web"], clock.now()),
        Feedback(uuid7(), FeedbackKind.PRAISE, "=lovely shop", house.channels["till"], clock.now()),
    ]
    customers.record_feedback(more, brand=house.brand.id)
    product = house.client(Role.MERCHANDISER)
    both = chosen(house, "the lid leaks", "a lid that closes")
    untitled = product.post("/voices/?product=", {"id": both, "idea": "", "title": ""})
    assert untitled.status_code == 422 and untitled.content.decode().count(" checked") == 2
    assert [one.idea_id for one in told(house)] == [None] * 3
    key = re.search(r'name="new_id" value="([^"]+)"', untitled.content.decode())
    assert key
    form = {"id": both, "idea": "", "title": "A tight lid", "new_id": key[1]}
    for _twice in range(2):
        assert product.post("/voices/", form).status_code == 302
    (lid,) = customers.wanted_ideas(house.brand.id)
    assert (lid.idea.title, lid.people, lid.unknown) == ("A tight lid", 1, 1)
    assert "A tight lid idea – 2 2" in texts(product.get("/voices/ideas/"))
    page = texts(product.get(f"/voices/ideas/{lid.idea.id}/"))
    assert "2 people want it. Not known by name: 1." in page
    assert "the lid leaks" in page and "a lid that closes" in page and "lovely" not in page
    left = texts(product.get("/voices/?unlinked=1"))
    assert "=lovely shop" in left and "the lid leaks" not in left
    sheet = b"".join(product.get("/voices/export.csv?unlinked=1").streaming_content).decode()
    assert "'=lovely shop" in sheet and "leaks" not in sheet
    found = texts(product.get("/voices/?q=LEAKS&kind=pain&channel=web&stage=use&product=CUP"))
    assert "the lid leaks" in found and "a lid that closes" not in found
    assert "Nobody said that" in texts(product.get("/voices/?q=nonsense"))


@pytest.mark.requirement("S-114")
def test_an_idea_is_taken_a_state_further_and_a_link_taken_away(house: House) -> None:
    product = house.client(Role.HQ)
    assert "No idea yet" in texts(product.get("/voices/ideas/"))
    form = {"title": "Soy milk", "text": "for <tea>", "new_id": str(uuid7()), "owner": f"hq@{house.brand.slug}"}
    for _twice in range(2):
        product.post("/voices/ideas/", form)
    (made,) = customers.wanted_ideas(house.brand.id)
    where = f"/voices/ideas/{made.idea.id}/"
    assert product.post(where, {"title": "", "text": "kept"}).status_code == 422
    product.post(where, {**form, "state": "planned"})
    assert customers.get_idea(house.brand.id, made.idea.id).state is IdeaState.PLANNED
    said = Feedback(uuid7(), FeedbackKind.WISH, "soy please", house.channels["web"], clock.now())
    customers.record_feedback([said], brand=house.brand.id)
    product.post("/voices/", {"id": [str(said.id)], "idea": str(made.idea.id)})
    assert told(house)[0].idea_id == made.idea.id
    product.post("/voices/", {"id": [str(said.id)], "idea": "none"})
    assert told(house)[0].idea_id is None
    nothing = product.post("/voices/", {"idea": str(made.idea.id)})
    assert nothing.status_code == 422 and "at least one voice" in texts(nothing)


def test_a_store_does_not_read_the_voices_and_an_auditor_links_nothing(house: House) -> None:
    said = Feedback(uuid7(), FeedbackKind.WISH, "soy please", house.channels["web"], clock.now())
    customers.record_feedback([said], brand=house.brand.id)
    idea = customers.put_idea(Idea(uuid7(), "Soy milk"), brand=house.brand.id, by="mia")
    assert house.client(Role.MANAGER).get("/voices/").status_code == 403
    auditor = house.client(Role.AUDITOR)
    assert "soy please" in texts(auditor.get("/voices/"))
    assert auditor.post("/voices/", {"id": [str(said.id)], "idea": str(idea.id)}).status_code == 403
    assert told(house)[0].idea_id is None
