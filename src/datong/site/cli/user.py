"""`datong user`: who may log in to a brand's console. Inviting, listing and letting go: `staffing`."""

from __future__ import annotations

from typing import Annotated

import typer

from datong.access.types import Role
from datong.kernel.errors import BadValue, Conflict
from datong.site.cli import staffing
from datong.site.cli.asking import ask, piped
from datong.site.cli.names import BrandOption, brand_of, user_of, who
from datong.site.cli.staffing import Companies, Host, Regions, RoleOption, Stores, Username, language_of, reach_of
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="Who may log in.", no_args_is_help=True)
for command in (staffing.invite, staffing.uninvite, staffing.leave, staffing.sessions):
    app.command()(command)
app.command("list")(staffing.list_)

Piped = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def create(
    username: Username,
    role: RoleOption = Role.HQ,
    brand: BrandOption = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    store: Stores = None,
    region: Regions = None,
    company: Companies = None,
    password_stdin: Piped = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="Only one-click links log in.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Print a one-click log-in link.")] = False,
    host: Host = staffing.HERE,
) -> None:
    """Open a log-in with a role in a brand. The password is asked for twice, and never given as an argument."""
    with ready(upgrade=is_embedded()):
        from django.db import transaction  # Django is set up by now

        from datong.access.api import assign, create_user, login_token, user_id_of

        owner = brand_of(brand)
        scope, over = reach_of(owner.id, role, store, region, company)
        if user_id_of(username) is not None:
            raise Conflict(
                f"the username {username.lower()} is taken; datong user assign gives it a role in another brand"
            )
        password = None if no_password else _password(password_stdin)
        with transaction.atomic():
            user_id = create_user(username, password=password, name=name, locale=language_of(owner.locale))
            assign(owner.id, user_id, role, by=who(), scope=scope, scope_ids=over)
        err.print(f"{username}: {role} of {owner.slug}", highlight=False)
        if link:
            _print_link(host, login_token(user_id, owner.id, by=who()))
        staffing.remind_of_owner(owner)


@app.command()
def assign(
    username: Username,
    role: RoleOption,
    brand: BrandOption = "",
    store: Stores = None,
    region: Regions = None,
    company: Companies = None,
) -> None:
    """Give a log-in that exists a role in a brand, in place of the one it had there."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import assign as give

        owner = brand_of(brand)
        scope, over = reach_of(owner.id, role, store, region, company)
        give(owner.id, user_of(username, owner.id), role, by=who(), scope=scope, scope_ids=over)
        out.print(f"{username}: {role} of {owner.slug}", highlight=False)
        staffing.remind_of_owner(owner)


@app.command()
def password(username: Username, password_stdin: Piped = False) -> None:
    """Set a password; sessions of the old one end."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import set_password, user_id_of

        user_id = user_id_of(username)
        if user_id is None:
            raise BadValue("USERNAME", username, "the name of a log-in")
        set_password(user_id, _password(password_stdin), by=who())
    out.print(f"{username} has a new password", highlight=False)


@app.command()
def link(username: Username, brand: BrandOption = "", host: Host = staffing.HERE) -> None:
    """Print a link that logs somebody in: good once, for ten minutes, until the next one is made."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import login_token, staff_of

        owner = brand_of(brand)
        user_id = user_of(username, owner.id)
        if staff_of(user_id, owner.id) is None:
            raise BadValue("USERNAME", username, f"somebody with a role in {owner.slug}: datong user assign gives one")
        _print_link(host, login_token(user_id, owner.id, by=who()))


def _password(from_stdin: bool) -> str:
    return piped("password") if from_stdin else ask("password", twice=True)


def _print_link(host: str, token: str) -> None:
    print(f"{host.rstrip('/')}/in/{token}")
    err.print("good once, for ten minutes; datong serve must run there", highlight=False)
