"""`datong user`: who may log in to a brand's console."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from datong.access.types import Role
from datong.brand.types import Store
from datong.kernel.errors import BadValue, Conflict
from datong.site.cli.asking import ask, piped
from datong.site.cli.names import BrandOption, brand_of, stores_of, user_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="Who may log in.", no_args_is_help=True)

HERE = "http://127.0.0.1:8000"

Username = Annotated[str, typer.Argument(help="2 to 64 letters, digits or . _ - @ +")]
RoleOption = Annotated[Role, typer.Option(help="hq sees and does everything.")]
Stores = Annotated[list[str] | None, typer.Option("--store", help="Code of a store of a store's staff; repeat it.")]
Piped = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Host = Annotated[str, typer.Option(help="Where the console is, for the link.")]


OF_STORES = (Role.STORE, Role.MANAGER, Role.CASHIER, Role.REGION)


@app.command()
def create(
    username: Username,
    role: RoleOption = Role.HQ,
    brand: BrandOption = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    store: Stores = None,
    password_stdin: Piped = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="Only one-click links log in.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Print a one-click log-in link.")] = False,
    host: Host = HERE,
) -> None:
    """Open a log-in with a role in a brand. The password is asked for twice, and never given as an argument."""
    with ready(upgrade=is_embedded()):
        from django.db import transaction  # Django is set up by now

        from datong.access.api import assign, create_user, login_token, user_id_of

        owner = brand_of(brand)
        places = [each.id for each in _places(owner.id, role, store or [])]
        if user_id_of(username) is not None:
            raise Conflict(
                f"the username {username.lower()} is taken; datong user assign gives it a role in another brand"
            )
        password = None if no_password else _password(password_stdin)
        with transaction.atomic():
            user_id = create_user(username, password=password, name=name, locale=_language(owner.locale))
            assign(owner.id, user_id, role, by=who(), store_ids=places)
        err.print(f"{username}: {role} of {owner.slug}", highlight=False)
        if link:
            _print_link(host, login_token(user_id, owner.id))


@app.command()
def assign(username: Username, role: RoleOption, brand: BrandOption = "", store: Stores = None) -> None:
    """Give a log-in that exists a role in a brand, in place of the one it had there."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import assign as give

        owner = brand_of(brand)
        places = [each.id for each in _places(owner.id, role, store or [])]
        give(owner.id, user_of(username, owner.id), role, by=who(), store_ids=places)
    out.print(f"{username}: {role} of {owner.slug}", highlight=False)


@app.command()
def password(username: Username, password_stdin: Piped = False) -> None:
    """Set a password; sessions of the old one end."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import set_password, user_id_of

        user_id = user_id_of(username)
        if user_id is None:
            raise BadValue("USERNAME", username, "the name of a log-in")
        set_password(user_id, _password(password_stdin))
    out.print(f"{username} has a new password", highlight=False)


@app.command()
def link(username: Username, brand: BrandOption = "", host: Host = HERE) -> None:
    """Print a link that logs somebody in: good once, for ten minutes, until the next one is made."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import login_token, staff_of

        owner = brand_of(brand)
        user_id = user_of(username, owner.id)
        if staff_of(user_id, owner.id) is None:
            raise BadValue("USERNAME", username, f"somebody with a role in {owner.slug}: datong user assign gives one")
        _print_link(host, login_token(user_id, owner.id))


def _places(brand_id: UUID, role: Role, codes: list[str]) -> list[Store]:
    if role in OF_STORES and not codes:
        raise BadValue("--store", "", "the code of at least one store for store staff")
    if role not in OF_STORES and codes:
        raise BadValue("--store", ", ".join(codes), f"nothing: {role} sees every store")
    return stores_of(brand_id, codes)


def _password(from_stdin: bool) -> str:
    return piped("password") if from_stdin else ask("password", twice=True)


def _language(locale: str) -> str:
    """The console's language for people of a brand."""
    return "zh-hans" if locale.lower().startswith("zh") else "en"


def _print_link(host: str, token: str) -> None:
    print(f"{host.rstrip('/')}/in/{token}")
    err.print("good once, for ten minutes; datong serve must run there", highlight=False)
