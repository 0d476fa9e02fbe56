"""`datong channel sync`: what goes back to the channels."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from datong.kernel.errors import NotFound
from datong.site.cli.asking import secrets_of
from datong.site.cli.endpoint import Secrets, Settings, settings_of
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, brand_of, channel_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import out

app = typer.Typer(help="What goes back to the channels: stock, prices, how orders go on.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The channel's code.")]


@app.command()
def connect(
    code: Code,
    platform: Annotated[str, typer.Argument(help="shopify, woocommerce, marketplace, wechat_shop.")],
    url: Annotated[str, typer.Argument(help="Its address: https://my-shop.myshopify.com.")],
    secret: Secrets = None,
    setting: Settings = None,
    location: Annotated[
        list[str] | None,
        typer.Option("--location", help="STORE=THEIR-LOCATION, a figure for each; *=THEIR-LOCATION, one sum. Repeat."),
    ] = None,
    watch_only: Annotated[
        bool, typer.Option("--watch-only", help="For shadow mode: nothing is sent to it, its orders are not taken.")
    ] = False,
    brand: BrandOption = "",
) -> None:
    """Connect a channel and read its products; what carries one of our SKUs is told from then on."""
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_stores  # Django is set up by now
        from datong.sync.api import SECRETS, learn
        from datong.sync.api import connect as connect_channel
        from datong.sync.api import pause as pause_channel
        from datong.sync.types import Platform

        if platform not in SECRETS:
            raise NotFound(f"no platform {platform!r}; there are {', '.join(SECRETS)}")
        of = brand_of(brand)
        channel = channel_of(of.id, code)
        settings = settings_of(setting or [])
        stores = {store.code: str(store.id) for store in list_stores(of.id)}
        places = {}
        for each in location or []:
            store, _, ref = each.partition("=")
            if store != "*" and store not in stores:
                raise NotFound(f"no store {store!r}")
            places[stores.get(store, "")] = ref
        if places:
            settings |= {"places": places, "mode": "sum" if set(places) == {""} else "location"}
        secrets = secrets_of(secret or [], SECRETS[Platform(platform)])
        if watch_only:
            settings["pull"] = False
        connect_channel(of.id, channel.id, platform, url, secrets=secrets, settings=settings, by=who())
        if watch_only:
            pause_channel(of.id, channel.id, by=who())
            out.print(f"{code}: connected to be watched; nothing is sent to it", highlight=False)
            return
        learned = learn(of.id, channel.id, by=who())
    out.print(f"{code}: connected; {learned.linked} of {learned.seen} products are linked", highlight=False)
    for sku, title in learned.unknown:
        out.print(f"  not ours: {sku} {title}", highlight=False)


@app.command("list")
def list_(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """The connected channels: what waits, what failed, the lag over the last hour."""
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_channels
        from datong.sync.api import Figures, figures, list_links

        of = brand_of(brand)
        codes = {channel.id: channel.code for channel in list_channels(of.id)}
        known = figures(of.id)
        rows = []
        for link in list_links(of.id):
            now = known.get(link.channel_id, Figures())
            rows.append(
                {
                    "channel": codes.get(link.channel_id, ""),
                    "platform": link.platform.value,
                    "state": "paused" if link.paused_at else "silent" if link.failures else "told",
                    "waiting": now.waiting,
                    "failed": now.failed,
                    "lag_p50_ms": now.lag_p50_ms,
                    "lag_p95_ms": now.lag_p95_ms,
                    "error": link.error,
                }
            )
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    names = ("channel", "platform", "state", "waiting", "failed", "lag_p50_ms", "lag_p95_ms", "error")
    listing(names, [tuple("" if row[n] is None else str(row[n]) for n in names) for row in rows])


@app.command()
def learn(code: Code, brand: BrandOption = "") -> None:
    """Read a channel's products again and link them by SKU."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import learn as learn_channel

        of = brand_of(brand)
        learned = learn_channel(of.id, channel_of(of.id, code).id, by=who())
    out.print(f"{code}: {learned.linked} of {learned.seen} linked, {learned.new} new, {learned.reused} used again")


@app.command()
def pause(code: Code, brand: BrandOption = "") -> None:
    """Tell a channel nothing until it is resumed; what changes is remembered."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import pause as pause_channel

        of = brand_of(brand)
        pause_channel(of.id, channel_of(of.id, code).id, by=who())
    out.print(f"{code} is told nothing", highlight=False)


@app.command()
def resume(code: Code, brand: BrandOption = "") -> None:
    """Tell a channel again, at once."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import resume as resume_channel

        of = brand_of(brand)
        resume_channel(of.id, channel_of(of.id, code).id, by=who())
    out.print(f"{code} is told again", highlight=False)


@app.command()
def resend(code: Code, brand: BrandOption = "") -> None:
    """Send everything that failed again."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import resend as send_again

        of = brand_of(brand)
        count = send_again(of.id, channel_of(of.id, code).id, all_failed=True, by=who())
    out.print(f"{code}: {count} go again", highlight=False)
