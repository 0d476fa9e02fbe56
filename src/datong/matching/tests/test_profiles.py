from __future__ import annotations

from uuid import UUID

import pytest

from datong.customers.types import Identity, IdentityKind, Profile
from datong.kernel.ids import uuid7
from datong.matching.rules import evidence, fold_name, keys_of, row_of, weigh

BRAND = uuid7()


def somebody(name: str, *signs: Identity) -> Profile:
    one = uuid7()
    return Profile(one, one, name, signs)


def phone(value: str, verified: bool = False) -> Identity:
    return Identity(IdentityKind.PHONE, value, verified)


def email(value: str, verified: bool = False) -> Identity:
    return Identity(IdentityKind.EMAIL, value, verified)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("José  ÁLVAREZ", ("jose", "alvarez")),
        ("张三丰", ("三丰", "张")),
        ("Ann", ("ann", "")),
        ("Mary Jane O'Neil", ("mary", "neil")),
        ("·", ("", "")),
    ],
)
def test_a_name_is_given_and_family(name, folded):
    assert fold_name(name) == folded


def test_keys_tell_nothing_and_are_each_brand_s_own():
    ann = somebody("Ann Lee", phone("+8613800138000"), email("ann.lee@x.example"))
    keys = keys_of(ann, BRAND)
    assert sorted(keys.values()) == [
        "digits 00138000",
        "email ann.lee@x.example",
        "name ann lee",
        "phone +8613800138000",
        "user ann.lee",
    ]
    assert not keys.keys() & keys_of(ann, UUID(int=1)).keys()
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_an_equal_phone_and_a_like_name_are_more_likely_one_person_than_two():
    one, other = somebody("Ann Lee", phone("+8613800138000", True)), somebody("Anne Lee", phone("+8613800138000"))
    found = weigh(one, other)
    assert found.parts == {"prior": -14.0, "name": 4.0, "phone": 12.0}
    assert found.weight == 2.0
    assert (found.a, found.b) == tuple(sorted((one.id, other.id)))
    assert evidence(one, other).value == "+8613800138000"


def test_a_family_s_e_mail_makes_nobody_one():
    fam = email("fam@x.example", True)
    assert weigh(somebody("Ann Lee", fam), somebody("Tom Lee", fam)) is None


def test_two_verified_phones_and_unlike_names_are_two_whatever_else_they_share():
    shared = phone("+8613800138000")
    one, other = somebody("Ann Lee", phone("+8613", True), shared), somebody("Tom Hu", phone("+8614", True), shared)
    assert weigh(one, other) is None


def test_what_many_share_says_less():
    one, other = somebody("Ann Lee", email("info@x.example")), somebody("Ann Lee", email("info@x.example"))
    assert weigh(one, other).weight == 7.0
    assert weigh(one, other, {"email info@x.example": 16}).parts["email"] == 9.0


def test_an_e_mail_like_the_name_counts_once():
    one, other = somebody("Ann Lee", email("annlee@x.example")), somebody("Ann Lee", email("annlee@y.example"))
    assert weigh(one, other).parts == {"prior": -14.0, "name": 9.0, "email": 5.0, "twice": -5.0}


def test_a_phone_mistyped_in_one_place_is_near_and_one_with_two_other_digits_is_not():
    def bits(other: str) -> float:
        return weigh(somebody("Ann Lee", phone("+13125550123")), somebody("Ann Lee", phone(other))).parts["phone"]

    assert [bits(n) for n in ("+13125550124", "+13125550132", "+1312555012", "+13125559923")] == [5.0, 5.0, 5.0, -2.0]


def test_a_row_of_a_run_takes_the_verified_phone_before_another():
    ann = somebody("Ann Lee", phone("+1"), phone("+2", True), phone("+3"))
    assert row_of(ann) == ("ann", "lee", "+2", 1, None, None)
