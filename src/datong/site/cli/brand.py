"""`datong brand`: open a brand, and fill it from files."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import available_timezones

import typer
from babel.core import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from django.db.utils import IntegrityError

from datong.brand.types import Brand
from datong.kernel.errors import BadInput, BadValue, Conflict, Problem
from datong.site.cli import goods, staffing, stores
from datong.site.cli.listing import listing
from datong.site.cli.names import AsJson
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

app = typer.Typer(help="A brand: open it, and fill it from files.", no_args_is_help=True)
for command in (stores.stores, stores.places, goods.items, goods.stock, goods.tax):
    app.command()(command)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@app.command()
def create(
    slug: Annotated[str, typer.Argument(help="Short name for addresses and commands: leaf, blue-tea.")],
    name: Annotated[str, typer.Argument(help="The name people know it by.")],
    currency: Annotated[str, typer.Option(help="ISO 4217: USD, CNY.")],
    locale: Annotated[str, typer.Option(help="Language and country: en-US, zh-CN.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1: US, CN.")],
    timezone: Annotated[str, typer.Option(help="IANA name: America/Chicago, Asia/Shanghai.")],
    owner: Annotated[str, typer.Option(help="Username of its owner; without it an invitation is printed.")] = "",
    host: staffing.Host = staffing.HERE,
    as_json: AsJson = False,
) -> None:
    """Open a brand, and print the link by which its owner gets in: an invitation, or a log-in of `--owner`."""
    wanted = _checked(slug, name.strip(), currency.upper(), locale.replace("_", "-"), country.upper(), timezone)
    with ready(upgrade=is_embedded()):
        from django.db import transaction  # Django is set up by now

        from datong.brand.api import create_brand, list_brands

        taken = f"there is a brand {slug} already: {', '.join(each.slug for each in list_brands())}"
        if slug in [each.slug for each in list_brands()]:
            raise Conflict(taken)
        try:
            with transaction.atomic():
                brand = create_brand(*wanted, {})
                link = staffing.owner_link(brand, owner, host)
        except IntegrityError:
            raise Conflict(taken) from None
    if as_json:
        print(json.dumps(_as_json(brand) | {"owner_link": link}))
        return
    out.print(f"{brand.slug}: {brand.name}, {brand.currency}", highlight=False)
    print(link)
    good = "ten minutes: datong user link makes another" if owner else "seven days"
    err.print(f"the owner gets in by this link, once, within {good}; start datong serve first", highlight=False)
    err.print(f"next: datong brand stores FILE --brand {brand.slug}", highlight=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """The brands of this installation, oldest first."""
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_brands

        brands = list_brands()
    if as_json:
        print(json.dumps([_as_json(brand) for brand in brands], ensure_ascii=False))
        return
    headings = ("slug", "name", "currency", "locale", "country", "timezone")
    listing(headings, [(b.slug, b.name, b.currency, b.locale, b.country, b.timezone) for b in brands])


def _as_json(brand: Brand) -> dict[str, object]:
    return {name: value for name, value in asdict(brand).items() if name != "tokens"} | {"id": str(brand.id)}


def _checked(
    slug: str, name: str, currency: str, locale: str, country: str, timezone: str
) -> tuple[str, str, str, str, str, str]:
    """The facts of a brand; raises BadInput with everything that is wrong with them."""
    problems = []
    if not SLUG.fullmatch(slug) or len(slug) > 60:
        problems.append(_problem("SLUG", slug, "lower-case letters, digits and single hyphens, at most 60"))
    if not 1 <= len(name) <= 120 or not name.isprintable():
        problems.append(_problem("NAME", name, "1 to 120 printable characters"))
    if currency not in list_currencies():
        problems.append(_problem("--currency", currency, "an ISO 4217 code", list_currencies()))
    if not _is_locale(locale):
        problems.append(_problem("--locale", locale, "a language and country such as en-US or zh-CN"))
    if len(country) != 2 or not country.isascii() or country not in Locale("en").territories:
        problems.append(_problem("--country", country, "an ISO 3166-1 code of two letters such as US or CN"))
    if timezone not in available_timezones():
        problems.append(_problem("--timezone", timezone, "an IANA time zone", available_timezones()))
    if len(problems) == 1:
        raise BadValue(problems[0].field, problems[0].value, problems[0].fix)
    if problems:
        wrong = "; ".join(f"{problem.field} {problem.value!r}" for problem in problems)
        raise BadInput(f"these cannot be used: {wrong}", *problems)
    return slug, name, currency, locale, country, timezone


def _problem(field: str, value: str, fix: str, known: Collection[str] = ()) -> Problem:
    near = get_close_matches(value, known, 3)
    return Problem(field, "bad_value", f"{field}: {fix}" + (f" (perhaps {', '.join(near)})" if near else ""), value)


def _is_locale(text: str) -> bool:
    try:
        return len(text) <= 20 and Locale.parse(text, sep="-") is not None
    except (UnknownLocaleError, ValueError):
        return False
