"""vCards of phones old and new come in as people and go out again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.customers import api as customers
from datong.customers.types import IdentityKind
from datong.imports import api as imports
from datong.imports.kinds.customers.leaving import people
from datong.imports.rules.vcard4 import folded
from datong.imports.rules.vcards import HEADINGS, read_cards, write_cards
from datong.imports.tests.conftest import Desk

OLD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5;=C8=FD;;;\r\n"
    "TEL;CELL;PREF:+86 138 0013 8000\r\nTEL;WORK:+86 10 6552 9988\r\nEMAIL;INTERNET:San@Example.CN\r\n"
    "BDAY:19900203\r\nADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;=E9=95=BF=E5=AE=89=E8=A1=97 1=\r\n"
    "=E5=8F=B7;=E5=8C=97=E4=BA=AC;;100000;CN\r\nEND:VCARD\r\n"
)
NEW = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo Doe\r\nN:Doe;Jo;;;\r\nORG:Acme\\, Inc;Sales\r\n"
    'TEL;TYPE="voice,home";VALUE=uri:tel:+1-555-555-5555\r\nEMAIL:jo@example.org\r\nEMAIL:jo@example.com\r\n'
    "BDAY:--0412\r\nCATEGORIES:tea,regular\r\nLANG:fr\r\nNOTE:first\\nsecond\r\nEND:VCARD\r\n"
)
BROKEN = "BEGIN:VCARD\r\nthis is no line of a card\r\nEND:VCARD\r\n"


def test_cards_of_old_and_new_phones_are_rows_with_the_lines_they_begin_at() -> None:
    table = read_cards(OLD + BROKEN + NEW, "UTF-8")
    told = [
        (line, {name: value for name, value in zip(table.headings, cells, strict=True) if value})
        for line, cells in table.rows
    ]  # noqa: E501
    assert told == [
        (1, {"name": "张三", "phones": "+86 138 0013 8000; +86 10 6552 9988", "emails": "San@Example.CN",
             "birthday": "19900203", "address": "长安街 1号, 北京, 100000, CN"}),
        (14, {"name": "Jo Doe", "company": "Acme, Inc, Sales", "phones": "+1-555-555-5555",
              "emails": "jo@example.org; jo@example.com", "language": "fr", "tags": "tea; regular",
              "notes": "first second"}),
    ]  # fmt: skip
    assert (table.notes["spoiled"], table.notes["skipped"]) == ([11], 1)


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_file_of_cards_becomes_people_and_they_leave_as_cards_that_come_back(desk: Desk, version: str) -> None:
    run = desk.take("customers", OLD + NEW, name="phone.vcf")
    assert (run.counts.new, run.counts.bad) == (2, 0)
    lines = list(people(desk.brand.id))
    assert {line["name"] for line in lines} == {"张三", "Jo Doe"}
    text = write_cards(lines, version)
    assert text.count(f"VERSION:{version}") == 2
    back = read_cards(text, "UTF-8")
    assert sorted(str(cells[1]) for _line, cells in back.rows) == ["Jo Doe", "张三"]
    assert "\r\nORG:Acme\\, Inc" in text and text.count("BEGIN:VCARD") == 2
    again = desk.check("customers", text, name="back.vcf")
    assert (again.counts.same, again.counts.new) == (2, 0)


def test_a_member_number_travels_with_the_card(desk: Desk) -> None:
    desk.take("customers", "number,name,phones,phone_proof\nM-7,Di,+8613800138007,SMS\n")
    text = write_cards(imports.kind_of("customers").export(desk.brand.id))
    assert "X-MEMBER-NUMBER:M-7" in text
    assert desk.check("customers", text, name="x.vcf").counts.same == 1
    assert customers.owners_of_signs(desk.brand.id, [(IdentityKind.MEMBER.value, "M-7")])


# What people write into fields: every sign a value must escape, Chinese, emoji, and lines long enough to be folded.
WORDS = st.text(st.sampled_from("aZ0 ,\\:'\"=-_.@/张三長安街é😀^&"), min_size=1, max_size=60)
TEXTS = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
PHONES = st.lists(st.integers(10**7, 10**14).map(lambda n: f"+{n}"), unique=True, max_size=2)
PEOPLE = st.fixed_dictionaries(
    {"name": TEXTS},
    optional={
        "company": TEXTS,
        "phones": PHONES.map("; ".join),
        "birthday": st.dates().map(lambda day: day.isoformat()),
        "address": TEXTS,
        "notes": TEXTS,
        "number": TEXTS,
        "tags": st.lists(st.sampled_from(["tea", "常客", "a b"]), unique=True, max_size=3).map("; ".join),
        "language": st.sampled_from(["zh-Hans", "fr", "en-US"]),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PEOPLE, min_size=1, max_size=2))
def test_a_card_of_version_4_is_read_back_as_it_was_written(people: list[dict[str, str]]) -> None:
    text = write_cards(people, "4.0")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    back = [dict(zip(HEADINGS, cells, strict=True)) for _line, cells in read_cards(text, "UTF-8").rows]
    wanted = []
    for one in people:
        row = {name: one.get(name) or None for name in HEADINGS}
        wanted.append({**row, "birthday": (one.get("birthday") or "").replace("-", "") or None})
    assert back == wanted


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_a_folded_line_is_the_same_line(text: str) -> None:
    line = text.replace("\r", "").replace("\n", "")
    assert folded(line).removesuffix("\r\n").replace("\r\n ", "") == line
