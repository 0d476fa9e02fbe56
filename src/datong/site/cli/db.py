"""`datong db`: the database itself."""

from __future__ import annotations

import os
import signal
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from rich.prompt import Confirm

from datong.kernel import embedded, roles
from datong.kernel.catalogue import tables
from datong.kernel.distribute import plan
from datong.site.backup import backup as write_backup
from datong.site.backup import restore as read_backup
from datong.site.backup import tool, without_password
from datong.site.bootstrap import prepare
from datong.site.cli.letters import dead_letters
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, fail, out

app = typer.Typer(help="The database: address, shell, backup, schema.", no_args_is_help=True)
app.command("dead-letters")(dead_letters)


class Role(StrEnum):
    """Who to be: the owner of the tables, the application, the relay, or the embedded server's superuser."""

    owner = "owner"
    app = "app"
    relay = "relay"
    root = "root"


As = Annotated[Role, typer.Option("--as", help="The role to connect as.")]


@app.command()
def url(role: As = Role.owner) -> None:
    """Print the address of the database (with its password); the embedded server is started and stays up."""
    if role is Role.root:
        _only_embedded()
    if is_embedded():
        embedded.ensure()
    print(_url(role))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context, role: As = Role.owner) -> None:
    """Open a psql shell; further arguments are psql's own (datong db psql -- -c 'SELECT 1')."""
    ours = is_embedded()
    if role is Role.root:
        _only_embedded()
    with ready():
        conninfo, environment = without_password(_url(role))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the shell
        done = subprocess.run([tool("psql", embedded=ours), conninfo, *context.args], env=environment, check=False)
    raise typer.Exit(done.returncode)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Written when whole; an existing file is kept.")]) -> None:
    """Write the whole database to FILE (PostgreSQL's custom format)."""
    ours = is_embedded()
    with ready(), err.status("Writing the backup"):
        size = write_backup(_url(Role.owner), file, embedded=ours)
    out.print(f"{file}: {size:,} bytes", highlight=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What datong db backup wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace the whole database by the backup in FILE."""
    ours = is_embedded()
    with ready():
        where = conninfo_to_dict(_url(Role.owner))
        what = f"{where['dbname']} on {where.get('host', 'this machine')}"
        if not yes and not Confirm.ask(f"Replace everything in {what} by {file}?", default=False, console=err):
            raise typer.Exit(1)
        with err.status("Reading the backup"):
            read_backup(_url(Role.owner), file, embedded=ours)
    out.print(f"{what} is what {file} holds", highlight=False)


@app.command()
def migrate() -> None:
    """Bring roles, tables and partitions to this version; safe to repeat."""
    with ready(upgrade=True):
        out.print("The schema is up to date")


@app.command()
def distribute(
    run: Annotated[
        bool, typer.Option("--run", help="Carry it out (the server must be Citus), statement by statement.")
    ] = (False),
) -> None:
    """Print the plan that spreads this schema over several machines (Citus) by brand."""
    if run and is_embedded():
        fail("the embedded server is one machine", "set DATABASE_URL to a Citus coordinator")
    with (
        ready(),
        psycopg.connect(_url(Role.owner), autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        for statement in plan(tables(cursor), settings.GLOBAL_TABLES):
            print(statement, flush=True)
            if run and not statement.startswith("--"):
                cursor.execute(statement.encode())


@app.command()
def start() -> None:
    """Start the embedded server and leave it running."""
    _only_embedded()
    server = embedded.ensure()
    out.print(f"PostgreSQL listens on {server.host}:{server.port}, data in {server.home}", highlight=False)


@app.command()
def stop() -> None:
    """Stop the embedded server."""
    _only_embedded()
    out.print("Stopped" if embedded.stop() else "It was not running")


def _only_embedded() -> None:
    if not is_embedded():
        fail("DATABASE_URL names a server that is not ours to start, stop or be the superuser of", "unset DATABASE_URL")


def _url(role: Role) -> str:
    """The address for a role; the server runs."""
    prepare()
    owner = os.environ["DATABASE_URL"]
    if role is Role.owner:
        return owner
    if role is Role.root:
        return embedded.join().superuser_url
    return make_conninfo(owner, user=roles.role(role), password=roles.password(role, settings.SECRET_KEY))
