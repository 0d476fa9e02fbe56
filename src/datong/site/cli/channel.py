"""`datong channel`: the doors of a brand, what each is for and who answers for it."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

import typer

from datong.brand.types import Channel, ChannelKind
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.site.cli import sync
from datong.site.cli.checks import say_check
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, brand_of, channel_of, stores_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="Channels: doors through which orders come.", no_args_is_help=True)
app.add_typer(sync.app, name="sync")

Code = Annotated[str, typer.Argument(help="The channel's code: web, meituan, till.")]


@app.command()
def add(
    code: Code,
    name: Annotated[str, typer.Argument(help="The name people know it by.")],
    kind: Annotated[ChannelKind, typer.Option(help="What it is.")],
    role: Annotated[str, typer.Option(help="What it is for, in a sentence.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it: a name, or a username.")] = "",
    buffer: Annotated[int, typer.Option(min=0, help="Units left on every shelf to the other channels.")] = 0,
    store: Annotated[
        list[str] | None, typer.Option("--store", help="Code of a store that may serve it; none: every store. Repeat.")
    ] = None,
    brand: BrandOption = "",
) -> None:
    """Add a channel; it is open at once."""
    if not code.isprintable() or not 1 <= len(code.strip()) <= 40 or code != code.strip():
        raise BadValue("CODE", code, "1 to 40 printable characters such as web or till")
    if not name.isprintable() or not 1 <= len(name.strip()) <= 120:
        raise BadValue("NAME", name, "1 to 120 printable characters")
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_channels, register_channel  # Django is set up by now
        from datong.kernel.db import in_brand

        of = brand_of(brand)
        if code in [each.code for each in list_channels(of.id)]:
            raise Conflict(f"there is a channel {code} already")
        stores = tuple(each.id for each in stores_of(of.id, store or []))
        channel = Channel(uuid7(), code, name.strip(), kind, role=role.strip(), buffer_units=buffer, stores=stores)
        with in_brand(of.id):
            register_channel(of.id, channel, who=who())
            if owner:
                _own(of.id, channel.id, owner)
    out.print(f"{code}: {channel.name} is open", highlight=False)
    err.print(f"next: datong endpoint create CONNECTOR --channel {code} --brand {of.slug}", highlight=False)


@app.command("list")
def list_(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """The channels with role and owner, and what a record lacks."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import owners
        from datong.brand.api import gaps, list_channels

        of = brand_of(brand)
        channels, owner_of = list_channels(of.id), owners(of.id)
        lacks: dict[UUID, list[str]] = {}
        for gap in gaps(channels, owner_of):
            lacks.setdefault(gap.channel_id, []).append(gap.what)
    rows = [_as_json(each, owner_of, lacks) for each in channels]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    listing(
        ("code", "name", "kind", "", "owner", "role", "lacks"),
        [
            (
                row["code"],
                row["name"],
                row["kind"],
                "open" if row["open"] else "closed",
                row["owner"],
                row["role"],
                ", ".join(row["lacks"]),
            )
            for row in rows
        ],
    )


@app.command()
def close(code: Code, brand: BrandOption = "") -> None:
    """Take no more orders by a channel."""
    _switch(code, brand, to_open=False)


@app.command()
def open(code: Code, brand: BrandOption = "") -> None:
    """Take orders by a channel again."""
    _switch(code, brand, to_open=True)


@app.command()
def owner(
    code: Code,
    name: Annotated[str, typer.Argument(help="Who answers for it: a name, or a username.")],
    brand: BrandOption = "",
) -> None:
    """Make somebody responsible for a channel, in place of who was."""
    with ready(upgrade=is_embedded()):
        of = brand_of(brand)
        called = _own(of.id, channel_of(of.id, code).id, name)
    out.print(f"{code}: {called} answers for it", highlight=False)


@app.command()
def check(code: Code, brand: BrandOption = "", as_json: AsJson = False) -> None:
    """Lay both sides of a channel's connection side by side: what does not fit, each with its fix."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import check_channel

        of = brand_of(brand)
        found = check_channel(of.id, channel_of(of.id, code).id, by=who())
    say_check(found, as_json=as_json)


@app.command()
def pull(code: Code, brand: BrandOption = "", full: Annotated[bool, typer.Option(help="All of it.")] = False) -> None:
    """Read a channel's own list of orders now; what its messages lost is taken."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import pull as read_list

        of = brand_of(brand)
        done = read_list(of.id, channel_of(of.id, code).id, full=full or None)
    out.print(f"{code}: {done.listed} orders listed, {done.handed} handed to the inbox", highlight=False)
    if done.problem:
        err.print(done.problem, highlight=False)
        raise typer.Exit(1)


def _switch(code: str, brand: str, *, to_open: bool) -> None:
    with ready(upgrade=is_embedded()):
        from datong.brand.api import update_channel

        of = brand_of(brand)
        update_channel(of.id, channel_of(of.id, code).id, who=who(), open=to_open)
    out.print(f"{code} is {'open' if to_open else 'closed'}", highlight=False)


def _own(brand_id: UUID, channel_id: UUID, name: str) -> str:
    """Record the owner; somebody of the staff is recorded with their log-in."""
    from datong.access.api import list_staff, own_channel

    staff = next((each for each in list_staff(brand_id) if each.username == name.strip().lower()), None)
    called = (staff.name or staff.username) if staff else name
    own_channel(brand_id, channel_id, called, by=who(), user_id=staff.user_id if staff else None)
    return called


def _as_json(channel: Channel, owner_of: dict[UUID, str], lacks: dict[UUID, list[str]]) -> dict[str, Any]:
    return {
        "code": channel.code,
        "name": channel.name,
        "kind": channel.kind.value,
        "open": channel.open,
        "role": channel.role,
        "owner": owner_of.get(channel.id, ""),
        "buffer_units": channel.buffer_units,
        "lacks": lacks.get(channel.id, []),
    }
