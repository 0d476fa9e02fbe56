"""Made-up regulars of the tea chain. Their numbers begin with +86 154, which no operator has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datong.site.demo.dice import beside, dice, token
from datong.site.demo.files import words
from datong.site.demo.types import Format, Persona, Shop

REGULARS = 2_000
NEAREST_M, FARTHEST_M = 150, 2_300
FAMILY, GIVEN = words("tea_people.txt")


def person(key: str, shops: Sequence[Shop], *, guest: bool = False) -> Persona:
    """The person called `key`, who lives or works near a store that delivers."""
    throws = dice("tea person", key)
    home = throws.choice([shop for shop in shops if shop.format is not Format.KIOSK])
    road = home.address.line.rstrip("0123456789号")
    flat = f"{throws.randrange(1, 30)}幢{throws.randrange(1, 19)}0{throws.randrange(1, 5)}室"
    line = f"{road}{throws.randrange(1, 999)}号{flat}"
    return Persona(
        key=key,
        name=throws.choice(FAMILY) + throws.choice(GIVEN),
        phone=f"+86154{int(token('phone', key, length=12), 16) % 10**8:08}",
        email=f"{key}@example.com",
        openid="o" + token("openid", key, length=27),
        unionid="u" + token("unionid", key, length=27),
        app_user=f"mp-{key}",
        card=f"66{int(token('card', key, length=12), 16) % 10**10:010}",
        address=replace(home.address, line=line),
        place=beside(home.place, throws, from_m=NEAREST_M, to_m=FARTHEST_M),
        home_shop=home.code,
        guest=guest,
    )


def regulars(shops: Sequence[Shop]) -> tuple[Persona, ...]:
    return tuple(person(f"m{number:04}", shops) for number in range(1, REGULARS + 1))
