"""Names on the command line and the records they mean; a name that is nobody's is answered with those there are."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated
from uuid import UUID

import typer

from datong.brand.types import Brand, Channel, Store
from datong.kernel.errors import BadValue, NotFound

BrandOption = Annotated[
    str,
    typer.Option("--brand", envvar="DATONG_BRAND", help="Slug of the brand; may be left out while there is only one."),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]

MAX_NAMED = 12


def brand_of(slug: str) -> Brand:
    """The brand with this slug; '' means the only one there is. Raises BadValue."""
    from datong.brand.api import list_brands  # Django is set up by the time a command asks

    brands = list_brands()
    found = [each for each in brands if slug in ("", each.slug)]
    if len(found) != 1:
        known = ", ".join(each.slug for each in brands)
        raise BadValue("--brand", slug, f"one of: {known}" if known else "a brand; make one with: datong brand create")
    return found[0]


def channel_of(brand_id: UUID, code: str) -> Channel:
    """The brand's channel with this code. Raises NotFound."""
    from datong.brand.api import list_channels

    channels = list_channels(brand_id)
    for each in channels:
        if each.code == code:
            return each
    if not channels:
        raise NotFound(f"no channel {code!r}; there are none yet: datong channel add")
    raise NotFound(f"no channel {code!r}; there are {', '.join(each.code for each in channels)}")


def stores_of(brand_id: UUID, codes: Iterable[str]) -> list[Store]:
    """The brand's stores with these codes, in their order. Raises NotFound."""
    from datong.brand.api import list_stores

    known = {store.code: store for store in list_stores(brand_id)}
    for code in codes:
        if code not in known:
            raise NotFound(f"no store {code!r}; {among(code, known)}")
    return [known[code] for code in codes]


def user_of(username: str, brand_id: UUID) -> UUID:
    """The log-in with this name. Raises NotFound, which names the brand's staff."""
    from datong.access.api import list_staff, user_id_of

    user_id = user_id_of(username)
    if user_id is None:
        known = [staff.username for staff in list_staff(brand_id)]
        raise NotFound(f"no user {username!r}; {among(username, known)}")
    return user_id


def among(wanted: str, known: Iterable[str]) -> str:
    """'there are a, b'; of many, those that come nearest to `wanted`."""
    names = sorted(known)
    if not names:
        return "there are none yet"
    if len(names) <= MAX_NAMED:
        return f"there are {', '.join(names)}"
    near = get_close_matches(wanted, names, MAX_NAMED) or names[:MAX_NAMED]
    return f"there are {', '.join(near)} and {len(names) - len(near):,} more"


def who() -> str:
    """Who is at the keyboard, for the record of a change."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # a container without a user entry
        return "command line"
