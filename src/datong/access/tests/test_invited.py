"""Invitations of people an import has made log-ins for: mailed in the background, never twice, a few at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.access import api
from datong.access.types import Role
from datong.kernel import clock
from datong.kernel.errors import Conflict, NotFound

PASSWORD = "a long enough one"


def hired(brand, name="mia"):
    user = api.create_user(f"{name}.{brand.slug}", name=name.title())
    api.assign(brand.id, user, Role.AGENT, by="test")
    return user


def invite(brand, user, email="mia@example.com"):
    return api.invite_login(brand.id, user, by="olga", email=email, base="https://hub.example/")


def test_the_link_of_the_mail_sets_the_first_password_and_no_other(brand):
    user = hired(brand)
    assert [invite(brand, user), invite(brand, user)] == [True, False]
    mail = api.claim_mail(brand.id)
    assert (mail.invitation.email, mail.invitation.username, mail.base) == (
        "mia@example.com", f"mia.{brand.slug}", "https://hub.example/",
    )  # fmt: skip
    assert api.claim_mail(brand.id) is None, "claimed is as good as sent"
    api.mail_sent(brand.id, mail.invitation.id)
    assert [i.mail.state for i in api.list_invitations(brand.id)] == ["sent"]
    assert api.accept(mail.token, password=PASSWORD, username="somebody else") == (user, brand.id)
    assert api.has_password(user) and api.staff_of(user, brand.id).role is Role.AGENT
    for _ in range(2):
        with pytest.raises(NotFound):
            api.accept(mail.token, password="another long one")
    assert not invite(brand, user), "somebody who can log in is not invited"


def test_two_workers_never_send_one_mail_twice(committed_db, make_brand, in_parallel):
    brand = make_brand()
    for n in range(3):
        invite(brand, hired(brand, f"n{n}"), f"n{n}@example.com")
    claimed = in_parallel(6, lambda: api.claim_mail(brand.id))
    assert sorted(mail.invitation.email for mail in claimed if mail) == [f"n{n}@example.com" for n in range(3)]


def test_not_more_than_thirty_go_in_a_minute(brand):
    for n in range(33):
        invite(brand, hired(brand, f"n{n}"), f"n{n}@example.com")
    begun = clock.now()
    with clock.held_at(begun):
        assert sum(api.claim_mail(brand.id) is not None for _ in range(33)) == 30
    with clock.held_at(begun + timedelta(seconds=61)):
        assert sum(api.claim_mail(brand.id) is not None for _ in range(5)) == 3


@pytest.mark.parametrize("certain", [True, False])
def test_only_what_certainly_did_not_go_out_is_sent_again_by_itself(brand, certain):
    invite(brand, hired(brand))
    begun = clock.now()
    mail = api.claim_mail(brand.id)
    api.mail_failed(brand.id, mail.invitation.id, "silence", certain=certain)
    (found,) = api.list_invitations(brand.id)
    assert (found.mail.state, found.mail.error) == ("waiting" if certain else "failed", "silence")
    with clock.held_at(begun + timedelta(minutes=5)):
        again = api.claim_mail(brand.id)
    assert (again is not None) is certain
    if again:
        with pytest.raises(NotFound):
            api.open_invitation(mail.token)
        assert api.open_invitation(again.token).username == f"mia.{brand.slug}"


def test_somebody_sends_it_again_and_the_first_link_is_dead(brand):
    owner_id = api.create_user(f"olga.{brand.slug}", password=PASSWORD)
    api.assign(brand.id, owner_id, Role.OWNER, by="test")
    owner = api.staff_of(owner_id, brand.id)
    user = hired(brand)
    invite(brand, user)
    first = api.claim_mail(brand.id)
    api.mail_again(brand.id, first.invitation.id, by=owner)
    with pytest.raises(Conflict):
        api.mail_again(brand.id, first.invitation.id, by=owner)
    second = api.claim_mail(brand.id)
    with pytest.raises(NotFound):
        api.open_invitation(first.token)
    assert api.uninvite_logins(brand.id, [user], by="olga") == 1
    with pytest.raises(NotFound):
        api.accept(second.token, password=PASSWORD)
    assert not api.has_password(user)
