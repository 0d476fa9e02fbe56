"""Nouns of sales tax (税): jurisdictions (税收辖区), rates (税率), what is taxed at which, certificates (免税证明)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

FULL_PPM = 1_000_000
"""A rate of 100 %. Rates are parts per million: 6.875 % is 68,750."""


class TaxLevel(StrEnum):
    """How far a jurisdiction reaches, the widest first."""

    EVERYWHERE = "everywhere"
    COUNTRY = "country"
    REGION = "region"  # state, province
    COUNTY = "county"
    CITY = "city"
    DISTRICT = "district"  # a special district within or across cities

    @property
    def rank(self) -> int:
        return list(TaxLevel).index(self)


class TaxRounding(StrEnum):
    """Half up, once a line, or once for all that is taxed alike on the document."""

    LINE = "line"
    DOCUMENT = "document"


class TaxedPart(StrEnum):
    GOODS = "goods"
    DELIVERY = "delivery"
    PACKAGING = "packaging"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Who levies a tax, and on which addresses. `regions` and `cities` are the spellings an address may have.

    Below a region an address belongs to it by its postcode (`55401`, `55401-55487`, or a beginning such as `554`), or,
    where one of the two has no postcode, by its city. `stacks`: its rate comes on top of the wider ones (a US county
    on its state); otherwise its rate stands in their place. `source` says where the rates were read, and when.
    """

    code: str
    name: str
    level: TaxLevel
    country: str = ""
    regions: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    stacks: bool = False
    source: str = ""


WHOLE_WORLD = Jurisdiction("", "Everywhere", TaxLevel.EVERYWHERE)


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate for a tax class in a jurisdiction ('' everywhere), parts per million, from a moment on."""

    tax_class: str
    rate_ppm: int
    valid_from: datetime
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class RateUsed:
    jurisdiction: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Taxed:
    """At what something is taxed: its class, and the rates that hold there and then, the narrowest first."""

    tax_class: str = ""
    rates: tuple[RateUsed, ...] = ()

    @property
    def ppm(self) -> int:
        return sum(rate.rate_ppm for rate in self.rates)


UNTAXED = Taxed()


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one jurisdiction gets of an order: `base_minor` is the amount without tax that the rate was laid on."""

    part: TaxedPart
    tax_class: str
    jurisdiction: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A customer who pays no tax: of these jurisdictions ('' in the list: of all), from a day until a day.

    `ended_at`: it was taken back before its time. `number` is the certificate's own.
    """

    id: UUID
    customer_id: UUID
    number: str
    reason: str
    valid_from: date
    valid_to: date | None = None
    jurisdictions: tuple[str, ...] = ("",)
    kept_by: str = ""
    ended_at: datetime | None = None
