"""Who the real customer numbers are, made up: one persona each, and one for each guest basket.

Names and streets are invented, telephone numbers are 555-01xx (set aside for fiction), e-mail is at example.com;
city, state and ZIP code are those of a real store, since that is the neighbourhood the persona lives in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from datong.brand.types import AddressText
from datong.site.demo.dice import beside, dice, token
from datong.site.demo.files import words
from datong.site.demo.retail.states import area_codes
from datong.site.demo.types import Basket, Format, Persona, Shop

NEAREST_M, FARTHEST_M = 500, 12_000
NUMBERS_A_CODE = 99  # the hundredth is the marketplaces' relay number

FIRST, LAST, STREETS, WAYS = words("retail_people.txt")


def people_of(baskets: Iterable[Basket], shops: Sequence[Shop]) -> dict[str, Persona]:
    """A persona for every customer number and every guest basket, by persona key (see `key_of`).

    Homes are near a store drawn evenly from all but the airport kiosks, so many live where many stores are.
    Telephone numbers are unique; e-mail addresses and signs follow from the key.
    """
    homes = [shop for shop in shops if shop.format is not Format.KIOSK]
    in_state: defaultdict[str, int] = defaultdict(int)
    people = {}
    for key in sorted({key_of(basket) for basket in baskets}):
        throws = dice("persona", key)
        home = throws.choice(homes)
        state = home.address.region
        people[key] = _person(key, home, _phone(state, in_state[state]))
        in_state[state] += 1
    return people


def key_of(basket: Basket) -> str:
    """The real customer number, or the invoice for a guest."""
    return basket.customer or f"guest-{basket.invoice}"


def _phone(state: str, position: int) -> str:
    codes = area_codes(state)
    code, last = divmod(position, NUMBERS_A_CODE)
    if code >= len(codes):
        raise ValueError(f"{state} has {len(codes) * NUMBERS_A_CODE} fictitious numbers, wanted one more")
    return f"+1{codes[code]}55501{last:02}"


def _person(key: str, home: Shop, phone: str) -> Persona:
    throws = dice("person", key)
    first, last = throws.choice(FIRST), throws.choice(LAST)
    street = f"{throws.randint(12, 9899)} {throws.choice(STREETS)} {throws.choice(WAYS)}"
    town = home.address
    return Persona(
        key=key,
        name=f"{first} {last}",
        phone=phone,
        email=f"{first}.{last}.{key}@example.com".lower(),
        openid="o" + token("openid", key, length=27),
        unionid="u" + token("unionid", key, length=27),
        app_user=f"app-{key}",
        card=f"88{int(token('card', key, length=12), 16) % 10**10:010}",
        address=AddressText(street, town.city, town.region, town.postcode, "US"),
        place=beside(home.place, throws, from_m=NEAREST_M, to_m=FARTHEST_M),
        home_shop=home.code,
        guest=key.startswith("guest-"),
    )
