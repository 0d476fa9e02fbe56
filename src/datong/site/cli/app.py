"""The commands of `datong`, and what happens to their errors."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Annotated

import psycopg
import typer
from django.db.utils import OperationalError

from datong import __version__
from datong.kernel.embedded import DatabaseDownError
from datong.kernel.errors import DatongError
from datong.site.bench.cli import bench
from datong.site.cli import brand, channel, db, doctor, endpoint, erp, imports, key, ledger, shadow, user
from datong.site.cli.requirements import requirements
from datong.site.cli.serve import serve
from datong.site.cli.tables import export
from datong.site.cli.worker import worker
from datong.site.demo.cli import demo
from datong.site.screen import fail

app = typer.Typer(
    name="datong",
    help="One hub for every channel of a brand: one customer, one price, one stock, one order book, one ledger.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

# A command is a function with typer's options, in the module of what it runs. It is imported before Django is set up:
# models are imported inside of it, under runtime.ready().
for command in (demo, serve, worker, doctor.doctor, requirements, bench, export):
    app.command()(command)
GROUPS = {
    "brand": brand.app,
    "user": user.app,
    "channel": channel.app,
    "endpoint": endpoint.app,
    "erp": erp.app,
    "key": key.app,
    "ledger": ledger.app,
    "import": imports.app,
    "db": db.app,
    "shadow": shadow.app,
}
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def _version(asked: bool) -> None:
    if asked:
        print(f"datong {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """One hub for every channel of a brand."""


def _terminated(number: int, frame: FrameType | None) -> None:
    """End as on Ctrl-C: whatever a command has opened is closed on the way out."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; an error that has a cure is said in a sentence, not in a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except DatabaseDownError as error:
        fail(str(error), error.fix)
    except (psycopg.OperationalError, OperationalError) as error:
        fail(f"the database cannot be reached: {str(error).strip()}", "datong doctor")
    except DatongError as error:
        fail(str(error), "; ".join(problem.fix for problem in error.problems))
