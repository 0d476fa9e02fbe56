"""People come in from a file: known by verified signs, else new; what is odd is told; all of it can be undone."""

from __future__ import annotations

import pytest

from datong.customers import api as customers
from datong.customers.types import CustomerPage, Identity, IdentityKind, Means, Purpose, Said, Sighting
from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.imports.types import RunState
from datong.kernel import keepers
from datong.kernel.ids import uuid7

HEADINGS = "number,name,phones,phone_proof,emails,company,birthday,tags,notes,consents,consent_at,consent_proof\n"
ANN = (
    "M-1,Ann Lee,+8613800138000,SMS code 2023,ann@example.com; not-mail,Leaf Ltd,1990-12-24,tea; regular,Window seat,"
    "marketing email,2023-05-01,Form 3\n"
)
PROVEN = "number,name,phones,phone_proof\n"
BO = "M-2,Bo Wu,12-34,,,,,,,,,\n"


def person(desk: Desk, kind: IdentityKind, value: str) -> CustomerPage | None:
    found = customers.owners_of_signs(desk.brand.id, [(kind.value, value)])
    return customers.customer_page(desk.brand.id, found[kind.value, value].customer_id) if found else None


def test_people_come_in_with_signs_details_and_consents(desk: Desk) -> None:
    run = desk.take("customers", HEADINGS + ANN + BO)
    assert (run.state, run.counts.new, run.counts.bad, run.counts.found) == (RunState.DONE, 2, 0, 2)
    told = [(f.line, f.column, f.code, f.blocks) for f in desk.faults(run)]
    assert told == [(2, "emails", "kept_as_given", False), (3, "phones", "kept_as_given", False)]
    ann = person(desk, IdentityKind.PHONE, "+8613800138000")
    assert ann is not None
    assert (ann.name, {(i.kind.value, i.proof) for i in ann.identities}) == (
        "Ann Lee", {("member", "member number"), ("phone", "SMS code 2023")},
    )  # fmt: skip
    contacts = {(c.kind.value, c.value, c.fault) for c in customers.contacts_of(desk.brand.id, ann.id)}
    assert contacts == {("email", "ann@example.com", ""), ("email", "not-mail", "no e-mail address")}
    details = customers.details_of(desk.brand.id, ann.id)
    assert (details.company, details.birthday and details.birthday.isoformat(), details.tags) == (
        "Leaf Ltd", "1990-12-24", ("tea", "regular"),
    )  # fmt: skip
    (word,) = customers.consents_of(desk.brand.id, ann.id)
    assert (word.purpose, word.means, word.said, word.at.date().isoformat(), word.proof) == (
        Purpose.MARKETING, Means.EMAIL, Said.GIVEN, "2023-05-01", "Form 3",
    )  # fmt: skip
    assert [touch.text for touch in customers.touches_of(desk.brand.id, ann.id)] == ["Window seat"]


def test_the_same_file_again_changes_nothing_and_a_dry_run_never_does(desk: Desk) -> None:
    dry = desk.check("customers", HEADINGS + ANN + BO)
    assert (dry.counts.new, person(desk, IdentityKind.MEMBER, "M-1")) == (2, None)
    desk.take("customers", HEADINGS + ANN + BO)
    again = desk.take("customers", HEADINGS + ANN + BO, again=True)
    assert (again.counts.new, again.counts.changed, again.counts.same) == (0, 0, 2)
    nameless = HEADINGS + ",Cy,13900139000,,,,,,,,,\n"
    assert desk.take("customers", nameless).counts.new == 1
    assert desk.take("customers", nameless, again=True).counts.same == 1


def test_a_verified_sign_finds_who_is_known_and_an_unverified_one_only_tells_of_them(desk: Desk) -> None:
    sign = Identity(IdentityKind.PHONE, "+8613800138000", True)
    (who,) = customers.identify([Sighting(uuid7(), (sign,), "Ann L.")], brand=desk.brand.id)
    assert who is not None
    loose = desk.check("customers", "name,phones\nAnn,+8613800138000\n")
    assert (loose.counts.new, [(f.code, f.facts["name"]) for f in desk.faults(loose)]) == (1, [("may_be", "Ann L.")])
    run = desk.take("customers", "name,phones,phone_proof\nAnn Lee,+8613800138000,SMS\n")
    assert (run.counts.new, run.counts.changed) == (0, 1)
    assert customers.customer_page(desk.brand.id, who.customer_id).name == "Ann Lee"


def test_rows_that_share_a_verified_sign_are_refused_and_people_it_joins_are_proposed(desk: Desk) -> None:
    run = desk.check("customers", PROVEN + "A,Ann,+8613800138000,SMS\nB,Bo,+8613800138000,SMS\n")
    assert desk.told(run) == [(3, "phones", "shared_sign")]
    desk.take("customers", PROVEN + "A,Ann,+8613800138000,SMS\n")
    desk.take("customers", "number,name\nB,Bo\n")
    joined = desk.take("customers", "number,phones,phone_proof,company\nB,+8613800138000,SMS,Leaf\n")
    assert [(f.code, f.facts["name"]) for f in desk.faults(joined)] == [("several_people", "Ann")]
    assert customers.count_proposals(desk.brand.id) == 1


def test_undo_takes_back_people_and_words_and_leaves_who_has_dealt_since(desk: Desk) -> None:
    run = desk.take("customers", HEADINGS + ANN + BO)
    ann = person(desk, IdentityKind.MEMBER, "M-1")
    assert ann is not None
    back = desk.undo(run)
    assert (back.state, back.left, person(desk, IdentityKind.MEMBER, "M-1")) == (RunState.UNDONE, 0, None)
    once_more = desk.take("customers", HEADINGS + ANN + BO)
    assert [w.said for w in customers.consents_of(desk.brand.id, ann.id)] == [Said.GIVEN]
    customers.issue_card(ann.id, brand=desk.brand.id, by="bo")
    refused = desk.undo(once_more)
    assert (refused.state, refused.left) == (RunState.DONE, 1)
    assert [(f.line, f.code, f.value) for f in desk.faults(refused) if f.blocks] == [(2, "dealt_with", "Ann Lee")]
    assert desk.undo(once_more, partial=True).state is RunState.UNDONE
    assert person(desk, IdentityKind.MEMBER, "M-2") is None


def test_undo_of_a_change_puts_back_what_stood_and_keeps_what_came_since(desk: Desk) -> None:
    desk.take("customers", HEADINGS + ANN)
    run = desk.take("customers", "number,name,emails,company\nM-1,Ann Li,new@example.com,Tree Ltd\n")
    ann = person(desk, IdentityKind.MEMBER, "M-1")
    assert ann is not None and ann.name == "Ann Li"
    sighting = Sighting(
        uuid7(), (Identity(IdentityKind.MEMBER, "M-1", True), Identity(IdentityKind.EMAIL, "later@example.com", False))
    )
    customers.identify([sighting], brand=desk.brand.id)
    assert desk.undo(run).left == 0
    page = customers.customer_page(desk.brand.id, ann.id)
    contacts = {c.value for c in customers.contacts_of(desk.brand.id, ann.id)}
    assert (page.name, customers.details_of(desk.brand.id, ann.id).company) == ("Ann Lee", "Leaf Ltd")
    assert contacts == {"ann@example.com", "not-mail", "later@example.com"}


def test_a_later_no_is_not_turned_into_a_yes_by_an_older_file(desk: Desk) -> None:
    desk.take("customers", HEADINGS + ANN)
    ann = person(desk, IdentityKind.MEMBER, "M-1")
    assert ann is not None
    customers.withdraw_all(ann.id, brand=desk.brand.id, by="ann", source="page")
    run = desk.take("customers", HEADINGS + ANN, again=True)
    assert run.counts.same == 1
    assert [w.said for w in customers.consents_of(desk.brand.id, ann.id)] == [Said.WITHDRAWN]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",,,,,,,marketing email,,", [("consent_at", "needs_proof"), ("consent_proof", "needs_proof")]),
        (",,,,,,,buying fax,2023-01-01,x", [("consents", "agreed")]),
        ("A,1.38E+10,,,,,,,,", [("phones", "shortened_number")]),
        ("A,,,,1850-01-01,,,,,", [("birthday", "birthday")]),
        (",,,,,,,,,", [("", "nobody")]),
        ("A,13800138000; 13900139000; 13700137000,SMS; -,,,,,,,", [("phone_proof", "not_aligned")]),
    ],
)
def test_what_cannot_be_used_is_named_with_its_column(desk: Desk, row: str, told: list[tuple[str, str]]) -> None:
    headings = "name,phones,phone_proof,emails,birthday,tags,notes,consents,consent_at,consent_proof"
    run = desk.check("customers", f"{headings}\n{row}\n" if row.strip(",") else "name,tags\n,x\n")
    assert [(f.column, f.code) for f in desk.faults(run)] == told


def test_what_leaves_comes_back_the_same(desk: Desk) -> None:
    words = "marketing email; marketing sms=no,2023-05-01; 2023-06-01,A | B"
    two = f",Di,+8613800138001; +8613800138002,SMS; -,,,,,,{words}\n"
    desk.take("customers", HEADINGS + ANN + BO + two)
    data = b"".join(imports.export_file(desk.brand.id, "customers", "csv", "en", by="ann"))
    again = desk.check("customers", data)
    assert (again.counts.same, again.counts.bad, again.counts.new, again.counts.changed) == (3, 0, 0, 0)


def test_the_file_lets_go_of_somebody_who_is_erased(desk: Desk) -> None:
    run = desk.take("customers", HEADINGS + ANN + BO)
    ann = person(desk, IdentityKind.MEMBER, "M-1")
    assert ann is not None
    counts = keepers.erase(keepers.gather(desk.brand.id, [ann.id]))
    assert counts["imports.rows of files"] == 1
    assert [cells[:2] for _line, cells in imports.first_lines(desk.brand.id, run.id)] == [
        [None, None],
        ["M-2", "Bo Wu"],
    ]
    assert [(f.line, f.value) for f in desk.faults(run)] == [(2, ""), (3, "12-34")]
    assert desk.undo(run).left == 0
