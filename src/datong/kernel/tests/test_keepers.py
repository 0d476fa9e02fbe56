"""What a person wrote or was called is taken out of rows nobody else may change, and nothing else of them is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel import audit, keepers
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.keepers import Text, Traces

TRAIL = Text("kernel_auditentry", ("subject", "before", "after", "reason"), locked=True)
SAID = "SELECT subject, before::text, after::text, reason FROM kernel_auditentry WHERE brand_id = %s ORDER BY id"


def traces(brand: Any, *signs: str, words: tuple[str, ...] = ()) -> Traces:
    return Traces(brand.id, (), set(), set(signs), set(words))


def test_signs_go_out_of_text_and_json_in_any_case_and_as_a_number(brand: Any) -> None:
    note = {"said": "call +16125550100 or Ann@Example.com", "phone": 16125550100, "units": 16125}
    audit.record(brand=brand.id, actor="eva", verb="x.note", subject="phone +16125550100", after=note, reason="kept")
    audit.record(brand=brand.id, actor="eva", verb="x.note", subject="item TEA", after={"units": 2}, reason="kept")
    assert keepers.redact(traces(brand, "+16125550100", "ann@example.com"), TRAIL) == 1
    with in_brand(brand.id):
        first, second = rows(SAID, [brand.id])
    assert first[0] == "phone (erased)"
    assert '"phone": null' in first[2] and '"units": 16125' in first[2] and "call (erased) or (erased)" in first[2]
    assert second == ("item TEA", None, '{"units": 2}', "kept")


def test_another_brands_rows_and_columns_that_were_not_granted_stay(brand: Any, make_brand) -> None:
    other = make_brand()
    audit.record(brand=other.id, actor="eva", verb="x.note", subject="phone +16125550100")
    assert keepers.redact(traces(brand, "+16125550100"), TRAIL) == 0
    with pytest.raises(ProgrammingError, match="permission denied"), in_brand(brand.id, may_fail=True):
        keepers.redact(traces(brand, "+16125550100"), Text("kernel_auditentry", ("verb",), locked=True))
    with pytest.raises(ProgrammingError, match="permission denied"), in_brand(brand.id, may_fail=True):
        execute("UPDATE kernel_auditentry SET reason = '' WHERE brand_id = %s", [brand.id])


spoken = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=2, max_size=12)


@given(st.sets(spoken, min_size=1, max_size=3))
def test_a_pattern_finds_its_words_whatever_is_in_them(words: set[str]) -> None:
    found = re.compile(keepers.pattern_of(words), re.IGNORECASE)
    assert all(found.search(f"before {word} after") for word in words)


def test_words_are_looked_for_in_rows_of_the_person_only(brand: Any) -> None:
    audit.record(brand=brand.id, actor="eva", verb="x.note", subject="order 1", reason="for Ann Lee (and Bo's)")
    audit.record(brand=brand.id, actor="eva", verb="x.note", subject="order 2", reason="for Ann Lee")
    about = traces(brand, words=("Ann Lee", "Bo's)"))
    about.subjects = {"order 1"}
    assert keepers.erase(about)["kernel.kernel_auditentry"] == 1
    with in_brand(brand.id):
        assert [row[3] for row in rows(SAID, [brand.id])] == ["for (erased) (and (erased)", "for Ann Lee"]
    assert uuid7() not in about.things
