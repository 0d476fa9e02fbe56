"""`datong key`: keys by which programs call the API."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from datong.access.types import Client, Scope
from datong.kernel.errors import NotFound
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, among, brand_of, channel_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="Keys for the API.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A name by which the program is known.")],
    channel: Annotated[str, typer.Option(help="Code of the channel its orders come by.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do. Repeat.")],
    brand: BrandOption = "",
) -> None:
    """Hand out a key. It is printed this once: only its hash is kept."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import create_client  # Django is set up by now

        of = brand_of(brand)
        made = create_client(of.id, channel_of(of.id, channel).id, name, scope, by=who())
    print(made.key)
    err.print("this is the only time it is shown; send it as Authorization: Bearer KEY", highlight=False)


@app.command("list")
def list_(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """The keys' names and scopes, revoked ones too, oldest first."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import list_clients
        from datong.brand.api import list_channels

        of = brand_of(brand)
        codes = {each.id: each.code for each in list_channels(of.id)}
        rows = [_as_json(each, codes[each.channel_id]) for each in list_clients(of.id)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    listing(("name", "channel", "", "last used", "id", "scopes"), [_cells(row) for row in rows])


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The name of the key, or its id.")], brand: BrandOption = ""
) -> None:
    """Take a key back: the next call with it is refused."""
    with ready(upgrade=is_embedded()):
        from datong.access.api import list_clients, revoke_client

        of = brand_of(brand)
        live = [each for each in list_clients(of.id) if not each.revoked_at]
        found = [each for each in live if key in (each.name, str(each.id))]
        if not found:
            raise NotFound(f"no live key {key!r}; {among(key, [each.name for each in live])}")
        if len(found) > 1:
            raise NotFound(f"{len(found)} keys are called {key!r}; say which by its id: datong key list")
        revoke_client(of.id, found[0].id, by=who())
    out.print(f"{found[0].name}: revoked", highlight=False)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    state = "revoked" if row["revoked_at"] else "live"
    return row["name"], row["channel"], state, row["last_used_at"] or "never", row["id"], ", ".join(row["scopes"])


def _as_json(client: Client, channel: str) -> dict[str, Any]:
    return {
        "id": str(client.id),
        "name": client.name,
        "channel": channel,
        "scopes": sorted(client.scopes),
        "created_at": client.created_at.isoformat(),
        "last_used_at": client.last_used_at and client.last_used_at.isoformat(timespec="minutes"),
        "revoked_at": client.revoked_at and client.revoked_at.isoformat(),
    }
