"""Customers log in by a code or a link: good once, few guesses, and nobody is told who is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.brand.types import Brand
from datong.customers import api
from datong.customers.types import Identity, IdentityKind
from datong.customers.types.signin import CodeWrong
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, TooManyTries
from datong.kernel.ids import uuid7

DOOR = uuid7()
MAIL = Identity(IdentityKind.EMAIL, "Ann@Example.com")


def ask(brand: Brand, identity: Identity = MAIL, asker: str = "1.2.3.4") -> Any:
    return api.ask_sign_in(identity, brand=brand.id, asker=asker)


def enter(brand: Brand, token: str, code: str) -> tuple[UUID, str]:
    who, session = api.sign_in(token, code, brand=brand.id, channel_id=DOOR)
    return who.customer_id, session


@pytest.mark.requirement("S-10", "S-14")
def test_a_code_makes_the_contact_a_verified_identity_of_one_customer(brand: Brand) -> None:
    first, session = enter(brand, (made := ask(brand)).token, f" {made.code[:3]} {made.code[3:]} ")
    assert (again := api.session_of(session, brand=brand.id)) is not None and again.customer_id == first
    signs = [(one.kind, one.value) for one in api.customer_page(brand.id, first).identities]
    assert signs == [(IdentityKind.EMAIL, "ann@example.com")]
    who, _ = api.sign_in_by_link(ask(brand).link, brand=brand.id, channel_id=DOOR)
    assert who.customer_id == first
    api.sign_out(session, brand=brand.id)
    assert api.session_of(session, brand=brand.id) is None


def test_a_code_is_good_once_and_for_five_guesses(brand: Brand) -> None:
    made = ask(brand)
    wrong = f"{(int(made.code) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(CodeWrong):
            enter(brand, made.token, wrong)
    with pytest.raises(CodeWrong):
        enter(brand, made.token, made.code)
    other = ask(brand)
    enter(brand, other.token, other.code)
    with pytest.raises(CodeWrong):
        enter(brand, other.token, other.code)
    with pytest.raises(CodeWrong):
        api.sign_in_by_link(other.link, brand=brand.id, channel_id=DOOR)


def test_an_old_code_a_made_up_token_and_another_brands_open_nothing(
    brand: Brand, make_brand: Callable[..., Brand]
) -> None:
    made, strange = ask(brand), make_brand()
    with in_brand(brand.id):
        execute("UPDATE customers_challenge SET expires_at = %s WHERE brand_id = %s",
                [clock.now() - timedelta(seconds=1), brand.id])  # fmt: skip
    for token, at in ((made.token, brand), (made.token[:-2] + "xx", brand), (ask(brand).token, strange)):
        with pytest.raises(CodeWrong):
            enter(at, token, made.code)
    assert api.sweep_sign_ins(brand.id) == 1


def test_asking_is_the_same_for_who_is_known_and_who_is_not_and_is_limited(brand: Brand) -> None:
    known = ask(brand)
    enter(brand, known.token, known.code)
    stranger = ask(brand, Identity(IdentityKind.EMAIL, "bo@example.com"))
    assert (len(ask(brand).code), len(stranger.code)) == (6, 6)
    with in_brand(brand.id):
        stored = str(rows("SELECT to_jsonb(c)::text FROM customers_challenge c"))
    assert known.code not in stored and "ann@example" not in stored
    ask(brand), ask(brand)
    with pytest.raises(TooManyTries):
        ask(brand)
    ask(brand, asker="another address")
    with pytest.raises(TooManyTries):
        ask(brand, asker="another address")  # the mailbox is not filled from many places either
    with pytest.raises(BadValue):
        ask(brand, Identity(IdentityKind.PHONE, "12"), asker="5")
