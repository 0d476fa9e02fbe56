"""`datong erp`: ERPs that tell goods, stock and prices and are told orders and settlement."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from datong.site.cli.asking import secrets_of
from datong.site.cli.checks import say_check
from datong.site.cli.endpoint import Secrets, Settings, settings_of
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson, BrandOption, brand_of, who
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="ERPs: goods, stock and prices in, orders and settlement out.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="A short code of your own for this ERP.")]


@app.command()
def connect(
    code: Code,
    mapping: Annotated[
        str, typer.Option(help="sap, haiding, odoo; or a name of yours beside --setting mapping_toml=@FILE.")
    ],
    setting: Settings = None,
    secret: Secrets = None,
    brand: BrandOption = "",
) -> None:
    """Connect an ERP, or set it up anew. It is read dry until `datong erp live`."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import put_erp  # Django is set up by now

        of = brand_of(brand)
        settings = settings_of(setting or [])
        secrets = secrets_of(secret, ()) if secret else {}
        erp = put_erp(of.id, code, mapping, settings=settings, secrets=secrets, by=who())
    out.print(f"{erp.code}: connected by the mapping {erp.mapping}, not live yet", highlight=False)
    err.print(f"next: datong erp check {erp.code} --brand {of.slug}", highlight=False)


@app.command("list")
def list_(brand: BrandOption = "", as_json: AsJson = False) -> None:
    """The ERPs of a brand and how they are doing."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import list_erps

        found = list_erps(brand_of(brand).id)
    rows = [
        {
            "code": e.code,
            "mapping": e.mapping,
            "live": e.live,
            "heard_at": e.heard_at.isoformat() if e.heard_at else None,
            "error": e.error,
        }
        for e in found
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    cells = [(e.code, e.mapping, "live" if e.live else "dry", str(e.heard_at or ""), e.error) for e in found]
    listing(("code", "mapping", "", "last heard", "trouble"), cells)


@app.command()
def check(code: Code, brand: BrandOption = "", as_json: AsJson = False) -> None:
    """Try the way, the version and what is waiting, changing nothing: what does not fit, each with its fix."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import check_erp

        found = check_erp(brand_of(brand).id, code, by=who())
    say_check(found, as_json=as_json)


@app.command()
def live(code: Code, brand: BrandOption = "") -> None:
    """Check once more, then let what the ERP tells change things."""
    _switch(code, brand, to=True)


@app.command()
def dry(code: Code, brand: BrandOption = "") -> None:
    """Let nothing of what the ERP tells change things any more."""
    _switch(code, brand, to=False)


@app.command()
def run(code: Code, brand: BrandOption = "") -> None:
    """A round now: read what is waiting, tell what was not told."""
    with ready(upgrade=is_embedded()):
        from datong.sync.api import run_erp

        done = run_erp(brand_of(brand).id, code)
    for t in done.taken:
        said = "read before" if t.again else f"{t.rows} rows, {t.changed} changed, {len(t.problems)} to correct"
        out.print(f"{t.name}: {said}", highlight=False)
    for s in done.sent:
        out.print(f"{s.what}: {s.count} told{f' ({s.name})' if s.name and s.count else ''}", highlight=False)
    if done.problem:
        err.print(done.problem, highlight=False)
        raise typer.Exit(1)


def _switch(code: str, brand: str, *, to: bool) -> None:
    with ready(upgrade=is_embedded()):
        from datong.sync.api import erp_live

        erp_live(brand_of(brand).id, code, live=to, by=who())
    out.print(f"{code} is {'live' if to else 'dry'}", highlight=False)
