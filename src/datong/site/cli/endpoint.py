"""`datong endpoint`: the addresses that shops and platforms deliver their orders to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import typer
from django.conf import settings as django_settings
from django.http.request import validate_host

from datong.kernel.errors import BadValue, NotFound
from datong.site.cli.asking import secrets_of
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, brand_of, channel_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.integration.types import Endpoint

app = typer.Typer(help="Addresses that shops and platforms deliver to.", no_args_is_help=True)

LOCAL = ("localhost", "127.0.0.1", "[::1]")
URL_IS_SIGNED = "marketplace"
"""Its senders may sign the address they call, which a server behind a proxy cannot know by itself."""

Secrets = Annotated[
    list[str] | None,
    typer.Option("--secret", help="name=@FILE, name=env:VARIABLE or name=- (standard input). Repeat. Else asked for."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--setting", help="name=value, name=@FILE (its text), or name={...} (JSON). Repeat."),
]
Host = Annotated[str, typer.Option(help="The name under which the shop reaches this installation: hub.example.com.")]
Address = Annotated[str, typer.Argument(help="The address, or how its token begins.")]


@app.command()
def create(
    connector: Annotated[str, typer.Argument(help="shopify, woocommerce, wechat_shop, marketplace, pos, native.")],
    channel: Annotated[str, typer.Option(help="Code of the channel its orders come by.")],
    secret: Secrets = None,
    setting: Settings = None,
    host: Host = "",
    brand: BrandOption = "",
) -> None:
    """Open an address and print it; enter it at the shop. Secrets are sealed and never shown again."""
    with ready(upgrade=is_embedded()):
        from datong.integration.api import SECRETS, create_endpoint, update_endpoint  # Django is set up by now

        if connector not in SECRETS:
            raise NotFound(f"no connector {connector!r}; there are {', '.join(SECRETS)}")
        of = brand_of(brand)
        door = channel_of(of.id, channel)
        told = settings_of(setting or [])
        secrets = secrets_of(secret or [], SECRETS[connector])
        endpoint = create_endpoint(of.id, door.id, connector, secrets=secrets, settings=told, by=who())
        address = _address(endpoint, host)
        if connector == URL_IS_SIGNED and host and "public_url" not in told:
            update_endpoint(endpoint.token, settings=told | {"public_url": address}, by=who())
        print(address)
        _say_host(host)


@app.command()
def update(address: Address, secret: Secrets = None, setting: Settings = None, brand: BrandOption = "") -> None:
    """Change settings of an address, each by itself, or replace all its secrets."""
    with ready(upgrade=is_embedded()):
        from datong.integration.api import SECRETS, update_endpoint

        endpoint = _endpoint(brand_of(brand).id, address)
        secrets = secrets_of(secret, SECRETS[endpoint.connector]) if secret else None
        settings = {**endpoint.settings, **settings_of(setting)} if setting else None
        update_endpoint(endpoint.token, settings=settings, secrets=secrets, by=who())
    out.print(f"{endpoint.connector}: changed", highlight=False)


@app.command("list")
def list_(brand: BrandOption = "", host: Host = "", as_json: AsJson = False) -> None:
    """The addresses, oldest first, closed ones too; secrets are not shown."""
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_channels
        from datong.integration.api import list_endpoints

        of = brand_of(brand)
        codes = {each.id: each.code for each in list_channels(of.id)}
        found = [(codes[each.channel_id], each, _address(each, host)) for each in list_endpoints(of.id)]
    if as_json:
        print(json.dumps([_as_json(*each) for each in found], ensure_ascii=False))
        return
    cells = [(code, each.connector, "open" if each.active else "closed", address) for code, each, address in found]
    listing(("channel", "connector", "", "address"), cells)


@app.command()
def close(address: Address, brand: BrandOption = "") -> None:
    """Close an address: who delivers there is refused; what came in stays."""
    with ready(upgrade=is_embedded()):
        from datong.integration.api import close_endpoint

        endpoint = close_endpoint(_endpoint(brand_of(brand).id, address).token, by=who())
    out.print(f"{endpoint.connector}: closed", highlight=False)


def settings_of(given: list[str]) -> dict[str, Any]:
    """name=value as text, name=@FILE as that file's text; true, false and what is in brackets are JSON."""
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise BadValue("--setting", each, "name=value")
        if value.startswith("@"):
            try:
                found[name] = Path(value[1:]).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadValue("--setting", each, f"a text file that can be read ({type(error).__name__})") from None
        elif value[:1] in ("{", "[") or value in ("true", "false"):
            try:
                found[name] = json.loads(value)
            except ValueError as error:
                raise BadValue("--setting", each, f"JSON ({error})") from None
        else:
            found[name] = value
    return found


def _address(endpoint: Endpoint, host: str) -> str:
    return f"{_origin(host)}/hooks/{endpoint.token}"


def _origin(host: str) -> str:
    """https://HOST unless `host` brings its own scheme; without `host`, the first name the server is called by."""
    name = host or next((each for each in django_settings.ALLOWED_HOSTS if _is_public(each)), "HOST")
    return name.rstrip("/") if "://" in name else f"https://{name.rstrip('/')}"


def _is_public(name: str) -> bool:
    return name not in LOCAL and name[:1] not in (".", "*")


def _say_host(host: str) -> None:
    """What has to be true for the shop to get through."""
    name = urlsplit(_origin(host)).hostname or ""
    if not host and name == "host":
        err.print("HOST is the public name of this installation: --host prints it in its place", highlight=False)
    elif not validate_host(name, django_settings.ALLOWED_HOSTS):
        err.print(f"datong serve must know the name: DATONG_HOSTS=localhost,127.0.0.1,{name}", highlight=False)
    err.print("orders are placed by datong worker; run it beside datong serve", highlight=False)


def _endpoint(brand_id: UUID, address: str) -> Endpoint:
    from datong.integration.api import list_endpoints

    start = address.rstrip("/").rpartition("/")[2]
    known = list_endpoints(brand_id)
    found = [each for each in known if start and each.token.startswith(start)]
    if len(found) != 1:
        wanted = "more than one address begins" if found else "no address begins"
        raise NotFound(f"{wanted} with {start!r}; datong endpoint list shows all {len(known)}")
    return found[0]


def _as_json(code: str, endpoint: Endpoint, address: str) -> dict[str, object]:
    return {
        "channel": code,
        "connector": endpoint.connector,
        "open": endpoint.active,
        "address": address,
        "settings": dict(endpoint.settings),
    }
