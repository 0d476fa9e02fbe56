"""The audit trail: written with the fact, never changed, secrets never."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from datong.kernel import audit, clock, trace
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7


def note(brand, subject="item A", **given):
    audit.record(**{"brand": brand.id, "actor": "amy", "verb": "price.change", "subject": subject, **given})


def test_an_entry_keeps_who_what_when_why_and_only_what_differs(brand):
    store = uuid7()
    with trace.continued("00-" + "a" * 32 + "-" + "b" * 16 + "-01"):
        note(
            brand,
            before={"unit_minor": 100, "list": ""},
            after={"unit_minor": 120, "list": "", "from": clock.now()},
            reason="spring",
            store_id=store,
        )
    (entry,) = audit.page(brand.id).entries
    assert (entry.actor, entry.verb, entry.subject, entry.reason) == ("amy", "price.change", "item A", "spring")
    assert entry.before == {"unit_minor": 100} and set(entry.after) == {"unit_minor", "from"}
    assert entry.store_id == store and entry.trace == "a" * 32


def test_an_entry_is_there_only_if_the_fact_is(brand):
    with pytest.raises(ZeroDivisionError), in_brand(brand.id, may_fail=True):
        note(brand)
        raise ZeroDivisionError
    assert audit.page(brand.id).entries == ()


@pytest.mark.parametrize("key", ["password", "api_key", "Secret", "webhook_secret", "token", "totp", "key_hash"])
def test_a_secret_is_never_kept(brand, key):
    note(brand, before=None, after={key: "hunter2-hunter2", "deep": {key: "hunter2-hunter2"}})
    ((stored,),) = rows_of(brand)
    assert "hunter2" not in str(stored) and audit.page(brand.id).entries[0].after[key] == audit.HIDDEN


def rows_of(brand):
    with in_brand(brand.id):
        return rows("SELECT after FROM kernel_auditentry")


def test_pages_follow_each_other_and_filters_narrow(brand):
    store = uuid7()
    for number in range(5):
        note(brand, subject=f"item {number}")
    note(brand, verb="stock.count", actor="bob", store_id=store)
    first = audit.page(brand.id, limit=4)
    second = audit.page(brand.id, limit=4, cursor=first.next)
    assert [len(first.entries), len(second.entries), second.next] == [4, 2, ""]
    assert [e.subject for e in second.entries] == ["item 1", "item 0"]
    assert [e.actor for e in audit.page(brand.id, actor="bob").entries] == ["bob"]
    assert len(audit.page(brand.id, verb="price").entries) == 5
    assert len(audit.page(brand.id, verb="stock.count").entries) == 1
    assert len(audit.page(brand.id, subject="item 3").entries) == 1
    assert len(audit.page(brand.id, stores=[store]).entries) == 1
    assert audit.page(brand.id, stores=[]).entries == ()
    hour = timedelta(hours=1)
    assert audit.page(brand.id, since=clock.now() + hour).entries == ()
    assert len(audit.page(brand.id, since=clock.now() - hour, until=clock.now() + hour).entries) == 6
    with pytest.raises(BadValue):
        audit.page(brand.id, cursor="nonsense")


@pytest.mark.parametrize("verb", ["UPDATE kernel_auditentry SET actor = 'x'", "DELETE FROM kernel_auditentry"])
def test_what_was_recorded_stays(brand, verb):
    note(brand)
    with in_brand(brand.id), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(verb)


def test_another_brands_trail_is_not_there(brand, make_brand):
    note(brand)
    assert audit.page(make_brand().id).entries == ()


def test_endless_input_is_cut(brand):
    note(brand, subject="s" * 999, reason="r" * 999, after={f"k{n}": "v" * 999 for n in range(99)})
    (entry,) = audit.page(brand.id).entries
    assert (len(entry.subject), len(entry.reason), len(entry.after), len(entry.after["k0"])) == (200, 500, 60, 500)
