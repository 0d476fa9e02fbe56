from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.kernel.errors import BadInput
from datong.matching import api
from datong.matching.rules import apart, model
from datong.matching.rules.engines import Pairs
from datong.matching.rules.people import Signs, groups, of_persons, people, plausible, unlike
from datong.matching.types import Field


def scored(a, b, weight, near_mail=None, **parts) -> Pairs:
    parts = {name: np.array(values, np.float32) for name, values in parts.items()}
    mail = np.array(near_mail or [0] * len(a), np.float32)
    return Pairs(np.array(a), np.array(b), np.array(weight, float), parts, mail)


def of(*rows: tuple[str | None, str | None, str | None, str | None]) -> Signs:
    """(given, family, birth, verified telephone) a record."""
    return Signs(*(list(column) for column in zip(*rows, strict=True)))


def test_headings_are_understood_in_english_and_chinese_and_the_truth_is_no_field():
    found = api.read_headings([" First_Name", "姓", "手机号", "email"], {}, truth="email")
    assert found == {Field.GIVEN: " First_Name", Field.FAMILY: "姓", Field.PHONE: "手机号"}


def test_a_mapped_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(BadInput) as told:
        api.read_headings(["who", "mail"], {"email": "e", "shoe": "who"})
    assert [(p.field, p.code, p.fix) for p in told.value.problems] == [
        ("map/shoe", "bad_value", f"one of {', '.join(Field)}"),
        ("map/email", "not_found", "one of the columns who, mail"),
    ]


def test_words_are_made_comparable_and_a_name_in_full_is_two():
    with api.open_duckdb() as connection:
        connection.execute("""CREATE TABLE raw AS SELECT * FROM (VALUES
            (0, 'José  ÁLVAREZ', ' Jo@X.example', '+55 (11) 9'), (1, '张三丰', '', NULL)) t(i, name, email, phone)""")
        have = api.fold(connection, api.read_headings(["name", "email", "phone"], {}))
        rows = connection.execute("SELECT given, family, email, phone FROM people ORDER BY unique_id").fetchall()
    assert rows == [("jose", "alvarez", "jo@x.example", "55119"), ("三丰", "张", None, None)]
    assert have == ["given", "family"]  # a field that says one thing of everybody tells nobody apart


def test_of_two_blocks_only_the_wider_is_used():
    assert model.implied(("birth", "given"), ("birth",))
    assert model.implied(("email",), ("split_part(email, '@', 1)",))
    assert not model.implied(("birth",), ("birth", "given"))
    assert not model.fits(("substr(birth, 1, 4)", "family"), ["family"])


@pytest.mark.parametrize(
    ("one", "other", "plainly_two"),
    [
        ("anna", "ben", True),
        ("robert", "rob", False),
        ("charlotte", "chartotle", False),
        ("robert", "r", False),
        ("anna", None, False),
        ("anna", "anna", False),
    ],
)
def test_a_slip_of_the_pen_is_no_other_name(one, other, plainly_two):
    assert unlike(one, other) is unlike(other, one) is plainly_two


def test_two_verified_telephones_of_different_people_never_meet():
    signs = of(
        ("anna", "lee", None, "1"), ("ben", "lee", None, "2"), ("anna", "lee", None, None), ("lee", "anna", None, "3")
    )
    assert apart(signs, 0, 1)
    assert not apart(signs, 0, 2)
    assert not apart(signs, 0, 3)  # given and family in each other's place
    # A record without a telephone would chain the two: the surer pair wins, the other waits for nobody.
    labels = people(4, np.array([0, 1]), np.array([2, 2]), np.array([9.0, 8.0]), signs)
    assert labels[0] == labels[2] != labels[1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] != e[1]), max_size=30))
def test_whatever_the_pairs_nobody_is_with_somebody_plainly_other(edges):
    signs = of(*((("anna", "ben", None)[n % 3], "lee", None, str(n % 4) if n % 4 else None) for n in range(12)))
    a, b = (np.array([edge[side] for edge in edges], int) for side in (0, 1))
    edges_apart = {(x, y) for x in range(12) for y in range(12) if apart(signs, x, y)}
    keep = np.array([(x, y) not in edges_apart for x, y in edges], bool)
    labels = people(12, a[keep], b[keep], np.arange(int(keep.sum()), dtype=float), signs)
    assert not any(labels[x] == labels[y] for x, y in edges_apart)
    joined = groups(12, a[keep], b[keep])
    assert all(joined[x] == joined[y] for x in range(12) for y in range(12) if labels[x] == labels[y])


def test_an_unlike_given_name_needs_a_personal_sign_that_agrees():
    pairs = scored([0, 1, 2], [3, 4, 5], [20.0, 20.0, 20.0], given=[-4, -4, 3], email=[12, 12, 12], birth=[0, 9, -5])
    assert plausible(pairs).tolist() == [False, True, True]


def test_an_address_says_a_household_and_no_more():
    # prior -15: family, street and house bring the odds to even; the given name alone decides.
    pairs = scored([0], [1], [20.0], given=[2.0], family=[10.0], street=[11.0], house=[12.0])
    assert of_persons(pairs).weight.tolist() == [2.0]


def test_an_e_mail_that_is_alike_is_made_of_the_name_and_counts_once():
    pairs = scored([0, 1], [2, 3], [5.0, 5.0], near_mail=[9.0, 0.0], given=[6.0, 6.0], email=[9.0, 9.0])
    assert of_persons(pairs).weight.tolist() == [-1.0, 5.0]


def test_scores_are_of_pairs_of_all_pairs_of_groups_and_of_whole_groups():
    truth = np.array([0, 0, 0, 1, 1, 2])
    pairs = api.of_pairs(np.array([1, 0, 2]), np.array([0, 1, 3]), truth)
    assert (pairs.precision, pairs.recall) == (0.5, 0.25)  # one pair twice, one wrong
    found = api.of_groups(np.array([0, 0, 1, 1, 2, 3]), truth)
    assert (found.precision, found.recall) == (0.5, 0.25)
    whole = api.of_whole_groups(np.array([0, 0, 0, 1, 2, 3]), truth)
    assert (whole.precision, whole.recall) == (0.5, 2 / 3)
    assert api.of_pairs(np.array([], int), np.array([], int), truth).f1 == 0.0
