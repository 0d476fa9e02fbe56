"""What customers say: told twice is once, found by its filters, linked to ideas, erased with the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from datong.brand.types import Brand
from datong.customers import api
from datong.customers.keeping import KEEPER
from datong.customers.tests.seen import see
from datong.customers.types import Feedback, FeedbackFilter, FeedbackKind, Idea, IdeaState, Stage
from datong.kernel import audit, clock, keepers
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
WEB = uuid7()


def said(text: str, minutes: int = 0, kind: FeedbackKind = FeedbackKind.PAIN, **more) -> Feedback:
    return Feedback(uuid7(), kind, text, more.pop("channel_id", WEB), AT + timedelta(minutes=minutes), **more)


def texts(brand: Brand, **wanted) -> list[str]:
    found, _ = api.list_feedback(brand.id, FeedbackFilter(**wanted))
    return [one.text for one in found]


@pytest.mark.requirement("S-114")
def test_an_idea_shows_how_many_people_want_it_and_their_words(brand: Brand) -> None:
    ann, anna, ben = see(brand, "ann"), see(brand, "anna"), see(brand, "ben")
    told = [
        said("the lid leaks", 1, customer_id=ann, product="CUP", stage=Stage.USE),
        said("a lid that closes", 2, FeedbackKind.WISH, customer_id=anna),
        said("leaks in my bag", 3, customer_id=ben),
        said("tea on my desk", 4),
        said("the shop is lovely", 5, FeedbackKind.PRAISE),
    ]
    assert api.record_feedback(told, brand=brand.id) == 5
    assert api.record_feedback([replace(told[0], text="else")], brand=brand.id) == 0
    lid = api.put_idea(Idea(uuid7(), "A tight lid"), brand=brand.id, by="mia")
    api.put_idea(Idea(uuid7(), "A bigger cup"), brand=brand.id, by="mia")
    four = [one.id for one in told[:4]]
    assert api.link_feedback(four, lid.id, brand=brand.id, by="mia") == 4
    assert api.link_feedback(four, lid.id, brand=brand.id, by="mia") == 0
    first, second = api.wanted_ideas(brand.id)
    assert (first.idea.title, first.voices, first.people, first.unknown) == ("A tight lid", 4, 3, 1)
    assert (second.idea.title, second.voices, second.people, second.unknown) == ("A bigger cup", 0, 0, 0)
    api.merge(ann, anna, brand=brand.id, by="eva", reason="one phone")
    assert api.wanted_ideas(brand.id, idea_id=lid.id)[0].people == 2
    assert texts(brand, idea_id=lid.id) == ["tea on my desk", "leaks in my bag", "a lid that closes", "the lid leaks"]
    assert texts(brand, unlinked=True) == ["the shop is lovely"]
    assert api.link_feedback(four[3:], None, brand=brand.id, by="mia") == 1
    assert texts(brand, unlinked=True) == ["the shop is lovely", "tea on my desk"]


@pytest.mark.requirement("S-114")
def test_feedback_is_found_by_word_kind_door_link_and_product_page_by_page(brand: Brand) -> None:
    app = uuid7()
    told = [
        said("100% too_slow", 1, stage=Stage.BUY),
        said("杯盖漏水", 1, product="CUP", language="zh"),
        said("soy milk please", 2, FeedbackKind.WISH, channel_id=app),
    ]
    api.record_feedback(told, brand=brand.id)
    assert texts(brand, text="漏") == texts(brand, product="CUP") == ["杯盖漏水"]
    assert texts(brand, text="0% too_") == texts(brand, stage=Stage.BUY) == ["100% too_slow"]
    assert texts(brand, text="%soy") == []
    assert texts(brand, kind=FeedbackKind.WISH) == texts(brand, channel_id=app) == ["soy milk please"]
    pages, cursor = [], ""
    for _ in range(3):
        found, cursor = api.list_feedback(brand.id, FeedbackFilter(), cursor=cursor, limit=1)
        pages += [one.text for one in found]
    assert (pages, cursor) == (["soy milk please", "杯盖漏水", "100% too_slow"], "")


def test_an_idea_goes_its_way_and_the_trail_tells_it(brand: Brand) -> None:
    made = api.put_idea(Idea(uuid7(), "Soy  milk"), brand=brand.id, by="mia")
    assert api.put_idea(Idea(made.id, "Soy milk"), brand=brand.id, by="ben") == made
    changed = api.put_idea(replace(made, state=IdeaState.PLANNED, owner="ben"), brand=brand.id, by="ben")
    assert api.get_idea(brand.id, made.id) == changed
    assert (changed.at, changed.by) == (made.at, "mia")
    trail = [(entry.actor, (entry.after or {}).get("state")) for entry in audit.page(brand.id).entries]
    assert trail == [("ben", "planned"), ("mia", "idea")]
    with pytest.raises(BadValue):
        api.put_idea(replace(made, title=" "), brand=brand.id, by="mia")


def test_feedback_of_a_stranger_of_tomorrow_or_of_no_words_keeps_nothing(brand: Brand) -> None:
    good = said("slow")
    with pytest.raises(NotFound):
        api.record_feedback([good, said("x", customer_id=uuid7())], brand=brand.id)
    with pytest.raises(BadValue) as refused:
        api.record_feedback([good, replace(said("x"), at=clock.now() + timedelta(days=1))], brand=brand.id)
    assert refused.value.problems[0].field == "/feedback/1/at"
    with pytest.raises(BadValue):
        api.record_feedback([said(" ")], brand=brand.id)
    assert texts(brand) == []
    api.record_feedback([good], brand=brand.id)
    with pytest.raises(NotFound):
        api.link_feedback([good.id], uuid7(), brand=brand.id, by="mia")
    with pytest.raises(NotFound):
        idea = api.put_idea(Idea(uuid7(), "Faster"), brand=brand.id, by="mia")
        api.link_feedback([good.id, uuid7()], idea.id, brand=brand.id, by="mia")
    assert texts(brand, unlinked=True) == ["slow"]


@pytest.mark.requirement("S-114")
def test_a_persons_words_are_handed_out_and_taken_away_and_still_count(brand: Brand) -> None:
    ann = see(brand, "ann")
    one = said("I am Ann and the lid leaks", customer_id=ann, order="A-1")
    api.record_feedback([one], brand=brand.id)
    idea = api.put_idea(Idea(uuid7(), "A tight lid"), brand=brand.id, by="mia")
    api.link_feedback([one.id], idea.id, brand=brand.id, by="mia")
    traces = keepers.gather(brand.id, [ann])
    assert [each["text"] for each in keepers.export(traces)["customers"]["feedback"]] == [one.text]
    assert KEEPER.name == "customers"
    keepers.erase(traces)
    (left,) = api.list_feedback(brand.id, FeedbackFilter())[0]
    assert (left.text, left.order, left.idea_id) == ("", "", idea.id)
    assert api.wanted_ideas(brand.id)[0].voices == 1
