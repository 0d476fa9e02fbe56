"""The second factor: codes of RFC 6238 good once in all processes, recovery codes good once, secrets sealed."""

import base64

import pytest
from allauth.mfa.models import Authenticator

from datong.access import api
from datong.access.models import User
from datong.access.types import Role
from datong.kernel import audit
from datong.kernel.errors import BadValue, Conflict
from datong.site.testing.codes import totp


@pytest.fixture
def user(brand):
    made = api.create_user(f"ann.{brand.slug}")
    api.assign(brand.id, made, Role.HQ, by="t")
    return User.objects.get(pk=made)


def test_the_codes_of_this_test_are_those_of_the_rfc():
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [totp(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_an_app_is_taken_when_a_code_proves_it_and_its_codes_are_good_once(user, brand):
    secret, url, picture = api.new_totp(user)
    assert url.startswith(f"otpauth://totp/ann.{brand.slug}?secret={secret}&issuer=Datong") and "<svg" in picture
    with pytest.raises(BadValue):
        api.add_totp(user, secret, "000000" if totp(secret) != "000000" else "111111")
    assert not api.has_factor(user.pk)
    codes = api.add_totp(user, secret, totp(secret))
    assert api.has_factor(user.pk) and len(set(codes)) == 10
    code = totp(secret)
    assert [api.check_code(user.pk, code), api.check_code(user.pk, code)] == ["code", ""]
    assert [api.check_code(user.pk, codes[0]), api.check_code(user.pk, codes[0])] == ["recovery", ""]
    with pytest.raises(Conflict):
        api.add_totp(user, secret, totp(secret))
    assert {f.kind: f.left for f in api.factors_of(user.pk)} == {"totp": 0, "recovery_codes": 9}
    assert [e.verb for e in audit.page(brand.id, verb="factor").entries] == ["factor.add"]


def test_what_is_stored_is_sealed(user):
    secret, _, _ = api.new_totp(user)
    codes = api.add_totp(user, secret, totp(secret))
    stored = " ".join(str(row.data) for row in Authenticator.objects.filter(user=user))
    assert secret not in stored and not [code for code in codes if code in stored]


def test_a_code_is_taken_once_by_many_processes(committed_db, make_brand, in_parallel):
    brand = make_brand()
    made = api.create_user("ann")
    api.assign(brand.id, made, Role.HQ, by="t")
    user = User.objects.get(pk=made)
    secret, _, _ = api.new_totp(user)
    api.add_totp(user, secret, totp(secret))
    code = totp(secret)
    assert sorted(in_parallel(4, lambda: api.check_code(made, code))) == ["", "", "", "code"]


def test_a_brand_demands_it_of_a_role_until_there_is_one(user, brand):
    assert not api.staff_of(user, brand.id).lacks_factor
    api.demand_factors(brand.id, [Role.HQ, Role.FINANCE], by="olga")
    assert api.factor_roles(brand.id) == {Role.HQ, Role.FINANCE}
    assert api.staff_of(user, brand.id).lacks_factor
    secret, _, _ = api.new_totp(user)
    api.add_totp(user, secret, totp(secret))
    assert not api.staff_of(user, brand.id).lacks_factor
    (factor,) = [f for f in api.factors_of(user.pk) if f.kind == "totp"]
    api.drop_factor(user, factor.id)
    assert api.factors_of(user.pk) == [] and api.staff_of(user, brand.id).lacks_factor


def test_a_lost_factor_is_reset_by_somebody_else_and_that_is_in_the_trail(user, brand):
    secret, _, _ = api.new_totp(user)
    api.add_totp(user, secret, totp(secret))
    api.reset_factors(brand.id, user.pk, by="olga")
    assert api.factors_of(user.pk) == []
    assert audit.page(brand.id, verb="factor.reset").entries[0].actor == "olga"


def test_an_answer_to_the_second_step_or_a_broken_one_logs_nobody_in_and_ends_the_challenge(user, rf):
    class Session(dict):  # what a request's session is to allauth
        modified = False

    for asked, answer in ((lambda r: api.ask_passkey(r, user), {}), (api.ask_anyone, {}), (api.ask_anyone, "x")):
        request = rf.get("/login/passkey/")
        request.session, request.user = Session(), user
        asked(request)
        assert len(request.session) == 1
        assert api.passkey_user(request, answer) is None
        assert request.session == {}


def test_the_challenge_of_a_log_in_alone_demands_that_the_person_is_checked(user, rf):
    request = rf.get("/login/passkey/")
    request.session, request.user = {}, user
    assert api.ask_anyone(request)["publicKey"]["userVerification"] == "required"
    made = api.begin_passkey(request, user)["publicKey"]["authenticatorSelection"]
    assert (made["residentKey"], made["userVerification"]) == ("required", "required")
    made = api.begin_passkey(request, user, alone=False)["publicKey"]["authenticatorSelection"]
    assert (made["residentKey"], made["userVerification"]) == ("discouraged", "preferred")
