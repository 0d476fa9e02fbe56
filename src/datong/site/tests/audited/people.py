"""Rights: people, roles, keys, second factors, approvals, regions, companies, channels, doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from datong.access import api as access
from datong.access.types import Came, Role, Scope
from datong.brand import api as brand
from datong.brand.types import Channel, ChannelKind
from datong.brand.types.entries import Entry, EntryType, Opens
from datong.integration import api as integration
from datong.kernel.ids import uuid7
from datong.site.testing.codes import totp
from datong.site.tests.audited.world import BY, NOW, VERBS, World, verb

PASSWORD = "long enough for a password"


def user(w: World, role: Role = Role.AGENT) -> Any:
    return get_user_model().objects.get(pk=w.house.users[role])


def agent(w: World) -> UUID:
    return w.house.users[Role.AGENT]


def invited(w: World) -> Any:
    return access.invite(w.brand, Role.AGENT, by=w.owner)


def hired(w: World) -> Any:
    """An invitation of somebody who has a log-in without a password."""
    user = access.create_user(f"nell.{w.brand}"[:60])
    access.assign(w.brand, user, Role.AGENT, **BY)
    access.invite_login(w.brand, user, email="nell@example.com", base="https://hub.example", **BY)
    mail = access.claim_mail(w.brand)
    assert mail is not None
    return mail.invitation


def key(w: World) -> UUID:
    return access.create_client(w.brand, w.house.channels["web"], "till", [Scope.ORDERS_READ], by="ann").client.id


def totp_of(w: World) -> int:
    secret, _, _ = access.new_totp(user(w))
    access.add_totp(user(w), secret, totp(secret))
    return access.factors_of(agent(w))[0].id


def region(w: World) -> UUID:
    return brand.put_region(w.brand, "North", **BY).id


def firm(w: World) -> UUID:
    return brand.put_company(w.brand, "Lake LLC", **BY).id


def entry(w: World) -> UUID:
    made = Entry(uuid7(), "", EntryType.STORE, "Window", Opens.SHOP, NOW, store_id=w.near)
    return brand.make_entries(w.brand, [made], **BY)[0].id


VERBS |= {
    "access.accept": lambda w: access.accept(invited(w).token, username=f"mia.{w.brand}"[:60], password=PASSWORD),
    "access.add_totp": totp_of,
    "access.ask": lambda w: w.asked(),
    "access.assign": lambda w: access.assign(w.brand, agent(w), Role.HQ, **BY),
    "access.create_client": key,
    "access.decide": lambda w: access.decide(w.asked().id, brand=w.brand, by=w.owner, approve=True),
    "access.demand_factors": lambda w: access.demand_factors(w.brand, [Role.OWNER], **BY),
    "access.drop_factor": lambda w: access.drop_factor(user(w), totp_of(w)),
    "access.hand_over": lambda w: (w.asked(), access.hand_over(w.brand, w.house.users[Role.MANAGER], w.owner, **BY)),
    "access.invite": invited,
    "access.invite_login": hired,
    "access.mail_again": lambda w: access.mail_again(w.brand, hired(w).id, by=w.owner),
    "access.uninvite_logins": lambda w: access.uninvite_logins(w.brand, [hired(w).user_id], **BY),
    "access.let_go": lambda w: access.let_go(w.brand, agent(w), by=w.owner),
    "access.login_token": lambda w: access.login_token(agent(w), w.brand, **BY),
    "access.own_channel": lambda w: access.own_channel(w.brand, w.house.channels["market"], "Ann", **BY),
    "access.recovery_codes": lambda w: access.recovery_codes(user(w), anew=True),
    "access.reset_factors": lambda w: access.reset_factors(w.brand, agent(w), **BY),
    "access.revoke_client": lambda w: access.revoke_client(w.brand, key(w), **BY),
    "access.revoke_invitation": lambda w: access.revoke_invitation(w.brand, invited(w).invitation.id, by=w.owner),
    "access.set_limits": lambda w: access.set_limits(w.brand, "test.adjust", {Role.MANAGER: 100}, **BY),
    "access.set_password": lambda w: access.set_password(agent(w), PASSWORD, **BY),
    "access.switch_user": lambda w: access.switch_user(agent(w), active=False, **BY),
    "access.unassign": lambda w: access.unassign(w.brand, agent(w), **BY),
    "access.void": lambda w: access.void(w.asked().id, brand=w.brand, by=w.owner, note="gone"),
    "access.withdraw": lambda w: access.withdraw(w.asked().id, brand=w.brand, by=w.staff(Role.MANAGER)),
    "brand.drop_region": lambda w: brand.drop_region(w.brand, region(w), **BY),
    "brand.make_entries": entry,
    "brand.switch_entry": lambda w: brand.switch_entry(w.brand, entry(w), active=False, **BY),
    "brand.put_company": firm,
    "brand.put_region": region,
    "brand.put_stores": lambda w: brand.put_stores(w.brand, [w.house.near], who="ann"),
    "brand.remove_stores": lambda w: brand.remove_stores(w.brand, [w.far], **BY),
    "brand.register_channel": lambda w: brand.register_channel(
        w.brand, Channel(uuid7(), "app", "App", ChannelKind.APP, role="sells"), who="ann"
    ),
    "brand.set_company_stores": lambda w: brand.set_company_stores(w.brand, firm(w), [w.near], **BY),
    "brand.set_region_stores": lambda w: brand.set_region_stores(w.brand, region(w), [w.near], **BY),
    "brand.update_channel": lambda w: brand.update_channel(w.brand, w.house.channels["web"], who="ann", open=False),
    "integration.close_endpoint": lambda w: integration.close_endpoint(w.house.door, **BY),
    "integration.create_endpoint": lambda w: integration.create_endpoint(
        w.brand, w.house.channels["web"], "shopify", secrets={"secret": "x" * 20}, **BY
    ),
    "integration.replay": lambda w: integration.replay(w.brand, w.house.deliver(quantity="many").id, "ann"),
    "integration.update_endpoint": lambda w: integration.update_endpoint(w.house.door, active=False, **BY),
}


@verb("access.end_sessions")
def end_sessions(w: World) -> object:
    access.open_session("a" * 32, agent(w), Came(), "password")
    from django.contrib.sessions.models import Session

    from datong.site.tests.audited.world import LATER

    Session.objects.create(session_key="a" * 32, session_data="", expire_date=LATER)
    return access.end_sessions(agent(w), **BY)


@verb("integration.correct")
def correct(w: World) -> object:
    entry = w.house.deliver(quantity="many")
    return integration.correct(w.brand, entry.id, entry.body.replace('"many"', "1"), "ann")
