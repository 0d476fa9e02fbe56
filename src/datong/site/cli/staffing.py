"""`datong user` for who comes and who goes: roles and how far they reach, invitations, sessions, leaving."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from datong.access.types import NewInvitation, Role, ScopeKind, Staff
from datong.brand.types import Brand
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, among, brand_of, stores_of, user_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

HERE = "http://127.0.0.1:8000"

Username = Annotated[str, typer.Argument(help="2 to 64 letters, digits or . _ - @ +")]
RoleOption = Annotated[
    Role, typer.Option(help="owner and hq see and do everything; the others as the roles' table says.")
]
Stores = Annotated[list[str] | None, typer.Option("--store", help="Reaches this store, by its code; repeat it.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="Reaches this region's stores; repeat it.")]
Companies = Annotated[list[str] | None, typer.Option("--company", help="Reaches this company's stores; repeat it.")]
Host = Annotated[str, typer.Option(help="Where the console is, for the link.")]
Days = Annotated[int, typer.Option(min=1, max=30, help="How long the link is good.")]


def invite(
    role: RoleOption,
    brand: BrandOption = "",
    email: Annotated[str, typer.Option(help="For whom it is; nothing is sent.")] = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    store: Stores = None,
    region: Regions = None,
    company: Companies = None,
    days: Days = 7,
    host: Host = HERE,
) -> None:
    """Hold a role ready for somebody: prints a link that works once, where they choose name and password."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import invite as hold

        owner = brand_of(brand)
        scope, over = reach_of(owner.id, role, store, region, company)
        made = hold(
            owner.id, role, by=keyboard(owner.id), email=email, name=name, scope=scope, scope_ids=over,
            locale=language_of(owner.locale), days=days,
        )  # fmt: skip
    print_invitation(host, made, owner)


def uninvite(
    invitation: Annotated[str, typer.Argument(help="Its id: datong user list")], brand: BrandOption = ""
) -> None:
    """Take an open invitation back: its link opens nothing any more."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import list_invitations, revoke_invitation

        owner = brand_of(brand)
        found = [
            each for each in list_invitations(owner.id) if invitation and str(each.id).endswith(invitation.lower())
        ]
        if len(found) != 1:
            raise NotFound(f"no open invitation {invitation!r}; datong user list shows those there are")
        revoke_invitation(owner.id, found[0].id, by=keyboard(owner.id))
    out.print("taken back", highlight=False)


def list_(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """Who works for a brand, as what, how far they reach, and the invitations that are open."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import last_seen, list_invitations, list_staff

        owner = brand_of(brand)
        people, waiting = list_staff(owner.id), list_invitations(owner.id)
        seen = last_seen([each.user_id for each in people])
        places = _names(owner.id)
        rows = [
            {"username": each.username, "name": each.name, "role": each.role.value, "reaches": _said(each, places),
             "last_seen": _when(seen.get(each.user_id))}
            for each in people
        ]  # fmt: skip
        invited = [
            {"id": str(each.id), "for": each.email or each.name, "role": each.role.value,
             "expires": _when(each.expires_at)}
            for each in waiting
        ]  # fmt: skip
    if as_json:
        print(json.dumps({"staff": rows, "invitations": invited}, ensure_ascii=False))
        return
    listing(("username", "name", "role", "reaches", "last seen"), [tuple(row.values()) for row in rows])
    if invited:
        out.print("")
        listing(
            ("invitation", "for", "role", "expires"), [(row["id"][-12:], *list(row.values())[1:]) for row in invited]
        )


def leave(
    username: Username,
    brand: BrandOption = "",
    successor: Annotated[str, typer.Option(help="Who answers for their open requests from now on: a username.")] = "",
    keep_keys: Annotated[bool, typer.Option("--keep-keys", help="Leave the API keys they made alive.")] = False,
    reason: Annotated[str, typer.Option(help="Goes into the audit trail.")] = "",
) -> None:
    """Let somebody go: role, sessions and the keys they made end at once; open requests go to a successor."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import leaving, let_go, staff_of

        owner = brand_of(brand)
        user_id = user_of(username, owner.id)
        heir = staff_of(user_of(successor, owner.id), owner.id) if successor else None
        if successor and heir is None:
            raise BadValue("--successor", successor, f"somebody with a role in {owner.slug}")
        keys = () if keep_keys else [key.id for key in leaving(owner.id, user_id).keys]
        left = let_go(owner.id, user_id, by=keyboard(owner.id), successor=heir, revoke_keys=keys, reason=reason)
    out.print(f"{username} is out: every session has ended", highlight=False)
    for key in left.keys:
        err.print(f"key {key.name}: {'kept' if keep_keys else 'revoked'}", highlight=False)
    if left.requests and heir:
        err.print(f"{len(left.requests)} open requests: {heir.username} answers for them", highlight=False)
    if left.channels:
        err.print(f"{len(left.channels)} channels have no owner now: datong channel list", highlight=False)


def sessions(
    username: Username,
    brand: BrandOption = "",
    end: Annotated[
        str, typer.Option(metavar="ID", help="Log out the one with this ID (its last characters do); all: every one.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Where somebody is logged in: how, since when, last seen when and from where. `--end` ends one, or all."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import end_sessions, sessions_of, staff_of

        owner = brand_of(brand)
        user_id = user_of(username, owner.id)
        if staff_of(user_id, owner.id) is None:
            raise BadValue("USERNAME", username, f"somebody with a role in {owner.slug}")
        found = sessions_of(user_id)
        if end:
            chosen = [each.id for each in found if end == "all" or str(each.id).endswith(end.lower())]
            if end != "all" and len(chosen) != 1:
                raise NotFound(f"no session {end!r}; {among(end, [str(each.id)[-12:] for each in found])}")
            count = end_sessions(user_id, by=who(), one=None if end == "all" else chosen[0])
            out.print(f"{count} ended; the next click there asks to log in", highlight=False)
            return
    rows = [
        {"id": str(each.id), "since": _when(each.at), "last_seen": _when(each.seen_at), "from": each.address,
         "by": each.how, "browser": each.agent}
        for each in found
    ]  # fmt: skip
    if as_json:
        print(json.dumps(rows))
        return
    headings = ("session", "since", "last seen", "from", "by", "browser")
    listing(headings, [(row["id"][-12:], *list(row.values())[1:-1], row["browser"][:60]) for row in rows])


def keyboard(brand_id: UUID) -> Staff:
    """Whoever is at the keyboard of the machine, who may do what an owner may."""
    return Staff(UUID(int=0), brand_id, who(), Role.OWNER)


def reach_of(
    brand_id: UUID, role: Role, stores: list[str] | None, regions: list[str] | None, companies: list[str] | None
) -> tuple[ScopeKind, tuple[UUID, ...]]:
    """How far a role reaches, as the options say; raises BadValue when that does not fit the role, NotFound."""
    from datong.access.api import check_assignment
    from datong.brand.api import tree

    given = [
        option for option, named in (("--store", stores), ("--region", regions), ("--company", companies)) if named
    ]
    if len(given) > 1:
        raise BadValue(given[1], ", ".join(given), "one of --store, --region and --company, not several")
    scope, over = ScopeKind.BRAND, list[UUID]()
    if stores:
        scope, over = ScopeKind.STORE, [each.id for each in stores_of(brand_id, stores)]
    elif regions:
        scope = ScopeKind.REGION
        over = _among("region", regions, [(each.name, each.id) for each in tree(brand_id).regions])
    elif companies:
        there = [(name, each.id) for each in tree(brand_id).companies for name in (each.name, each.legal_id) if name]
        scope, over = ScopeKind.COMPANY, _among("company", companies, there)
    try:
        return check_assignment(role, (), scope, over)
    except BadInput as error:
        option = given[0] if given else "--store, --region or --company"
        raise BadValue(option, "", error.problems[0].fix) from None


def _among(kind: str, wanted: Iterable[str], there: list[tuple[str, UUID]]) -> list[UUID]:
    found: list[UUID] = []
    for name in wanted:
        ids = {id_ for known, id_ in there if known.casefold() == name.strip().casefold()}
        if len(ids) != 1:
            raise NotFound(f"no {kind} {name!r}; {among(name, {known for known, _ in there})}")
        found.extend(ids)
    return found


def print_invitation(host: str, made: NewInvitation, brand: Brand) -> None:
    """The link on standard output, what it is on the other."""
    print(f"{host.rstrip('/')}/join/{made.token}/")
    until = made.invitation.expires_at.strftime("%Y-%m-%d")
    said = f"{made.invitation.role} of {brand.slug}: good once, until {until}; datong serve must run there"
    err.print(said, highlight=False)


def owner_link(brand: Brand, username: str, host: str) -> str:
    """The way in for a new brand's owner: an invitation, or a one-click log-in of a name that is made if need be."""
    from datong.access.api import assign, create_user, invite, login_token, user_id_of

    host, language = host.rstrip("/"), language_of(brand.locale)
    if not username:
        made = invite(brand.id, Role.OWNER, by=keyboard(brand.id), locale=language)
        return f"{host}/join/{made.token}/"
    user_id = user_id_of(username) or create_user(username, locale=language)
    assign(brand.id, user_id, Role.OWNER, by=who(), reason="the brand was opened")
    return f"{host}/in/{login_token(user_id, brand.id, by=who())}"


def remind_of_owner(brand: Brand) -> None:
    """Say it when a brand has no owner: nobody can set its limits then."""
    from datong.access.api import list_staff

    if not any(each.role is Role.OWNER for each in list_staff(brand.id)):
        err.print(f"{brand.slug} has no owner, who alone sets limits: datong user invite --role owner", highlight=False)


def language_of(locale: str) -> str:
    """The console's language for people of a brand."""
    return "zh-hans" if locale.lower().startswith("zh") else "en"


def _names(brand_id: UUID) -> dict[UUID, str]:
    """What reach is called: codes of stores, names of regions and companies."""
    from datong.brand.api import list_stores, tree

    found = tree(brand_id)
    named = {each.id: each.name for each in found.regions} | {each.id: each.name for each in found.companies}
    return named | {each.id: each.code for each in list_stores(brand_id)}


def _said(staff: Staff, names: dict[UUID, str]) -> str:
    if staff.scope is ScopeKind.BRAND:
        return "everything"
    known = sorted(names.get(each, str(each)) for each in staff.scope_ids)
    return f"{staff.scope}: {', '.join(known[:5])}{' ...' if len(known) > 5 else ''}"


def _when(at: object) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if isinstance(at, datetime) else ""
