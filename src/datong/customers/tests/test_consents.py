"""What customers agree to: with proof, taken back in one word, and right through merges."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from datong.customers import api
from datong.customers.tests.test_merge import people
from datong.customers.types import Means, Purpose, Said
from datong.kernel.db import count_statements, execute, in_brand
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

NEWS = (Purpose.MARKETING, Means.EMAIL)
TEXTS = (Purpose.MARKETING, Means.SMS)


def say(brand, who, said, *about, version="2026-11"):
    text = {} if said is Said.WITHDRAWN else {"text_version": version}
    return api.say_consent(who, about or [NEWS], said, brand=brand.id, by="kim", source="store", **text)


def agrees(brand, *who):
    return api.who_agrees(brand.id, who, *NEWS)


def test_nothing_said_is_no_and_the_latest_word_holds(brand):
    ann, ben = people(brand, "ann", "ben")
    assert agrees(brand, ann, ben) == set()
    say(brand, ann, Said.GIVEN)
    assert agrees(brand, ann, ben) == {ann}
    assert api.who_agrees(brand.id, [ann], *TEXTS) == set()
    say(brand, ann, Said.WITHDRAWN)
    assert agrees(brand, ann) == set()
    assert [(c.said, c.source, c.text_version, c.by) for c in api.consent_history(brand.id, ann)] == [
        ("withdrawn", "store", "", "kim"),
        ("given", "store", "2026-11", "kim"),
    ]


def test_what_holds_already_is_not_written_again_but_a_new_text_is(brand):
    [ann] = people(brand, "ann")
    assert len(say(brand, ann, Said.GIVEN, NEWS, TEXTS, NEWS)) == 2
    assert say(brand, ann, Said.GIVEN, NEWS) == []
    assert say(brand, ann, Said.ASKED, NEWS) == [], "who has agreed is not asked again"
    assert len(say(brand, ann, Said.GIVEN, NEWS, version="2027-01")) == 1
    assert len(say(brand, ann, Said.WITHDRAWN, NEWS)) == 1
    assert say(brand, ann, Said.WITHDRAWN, NEWS) == []


def test_a_double_opt_in_counts_from_its_second_yes(brand):
    [ann] = people(brand, "ann")
    say(brand, ann, Said.ASKED, NEWS, TEXTS)
    assert agrees(brand, ann) == set()
    given = api.confirm_consents(ann, brand=brand.id, by="ann", source="link")
    assert {(c.purpose, c.means) for c in given} == {NEWS, TEXTS}
    assert agrees(brand, ann) == {ann}
    assert api.confirm_consents(ann, brand=brand.id, by="ann", source="link") == []


def test_a_no_through_any_record_is_the_persons_and_goes_back_with_its_record(brand):
    ann, ben = people(brand, "ann", "ben")
    say(brand, ann, Said.GIVEN)
    made = api.merge(ann, ben, brand=brand.id, by="kim", reason="one")
    assert agrees(brand, ann, ben) == {ann, ben}
    say(brand, ben, Said.WITHDRAWN)
    assert agrees(brand, ann, ben) == set()
    api.unmerge(made.id, brand=brand.id, by="kim", reason="two")
    assert agrees(brand, ann, ben) == {ann}


def test_everything_is_withdrawn_in_one_word(brand):
    [ann] = people(brand, "ann")
    say(brand, ann, Said.GIVEN, NEWS, TEXTS)
    say(brand, ann, Said.ASKED, (Purpose.SURVEYS, Means.PHONE))
    assert len(api.withdraw_all(ann, brand=brand.id, by="ann", source="link")) == 3
    assert {c.said for c in api.consents_of(brand.id, ann)} == {Said.WITHDRAWN}
    assert api.withdraw_all(ann, brand=brand.id, by="ann", source="link") == []


def test_agreeing_needs_the_text_that_was_agreed_to_and_a_customer(brand):
    [ann] = people(brand, "ann")
    with pytest.raises(BadValue, match="text_version"):
        api.say_consent(ann, [NEWS], Said.GIVEN, brand=brand.id, by="kim", source="store")
    with pytest.raises(BadValue, match="source"):
        api.say_consent(ann, [NEWS], Said.WITHDRAWN, brand=brand.id, by="kim", source="")
    with pytest.raises(NotFound):
        say(brand, uuid7(), Said.GIVEN)


def test_a_word_once_written_cannot_be_changed(brand):
    [ann] = people(brand, "ann")
    say(brand, ann, Said.GIVEN)
    for sql in ("UPDATE customers_consent SET said = 'withdrawn'", "DELETE FROM customers_consent"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), in_brand(brand.id):
            execute(sql)


def test_asking_for_many_customers_is_one_statement(brand):
    who = people(brand, *"abcdef")
    for one in who[:3]:
        say(brand, one, Said.GIVEN)
    with count_statements() as seen:
        assert agrees(brand, *who) == set(who[:3])
    assert len([s for s in seen if "customers_consent" in s]) == 1
