"""Whose tax is due where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from datong.brand.types import AddressText
from datong.catalog.types import WHOLE_WORLD, Certificate, Jurisdiction, RateUsed, Taxed, TaxRate

MAX_REMEMBERED = 10_000


class TaxMap:
    """The jurisdictions of a brand and their dated rates, ready to be asked; as immutable as the book it is part of.

    `country` is where an address lies that does not say so.
    """

    def __init__(
        self, jurisdictions: Iterable[Jurisdiction] = (), rates: Iterable[TaxRate] = (), country: str = ""
    ) -> None:
        self.country = country.upper()
        self.jurisdictions: Mapping[str, Jurisdiction] = {"": WHOLE_WORLD, **{j.code: j for j in jurisdictions}}
        self.rates: dict[tuple[str, str], list[TaxRate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.valid_from, reverse=True):
            self.rates.setdefault((rate.jurisdiction, rate.tax_class), []).append(rate)
        self._areas: dict[tuple[str, str], list[Jurisdiction]] = {}
        for each in self.jurisdictions.values():
            for region in each.regions or ("",):
                self._areas.setdefault((each.country.upper(), _plain(region)), []).append(each)
        self._countries = {country for country, _ in self._areas}
        self._places: dict[AddressText, tuple[Jurisdiction, ...]] = {}

    @property
    def classes(self) -> frozenset[str]:
        """The tax classes that have a rate somewhere."""
        return frozenset(tax_class for _, tax_class in self.rates)

    @property
    def local(self) -> bool:
        """Whether it matters where within the world something is sold."""
        return len(self.jurisdictions) > 1

    def at(self, place: AddressText) -> tuple[Jurisdiction, ...]:
        """The jurisdictions an address lies in, the narrowest first; of those as narrow, what stacks first."""
        key = AddressText("", place.city, place.region, place.postcode, place.country)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= MAX_REMEMBERED:
                self._places.clear()
            found = self._places[key] = self._find(key)
        return found

    def _find(self, place: AddressText) -> tuple[Jurisdiction, ...]:
        country, region = self._region(place)
        near = (*self._areas.get((country, region), ()), *self._areas.get((country, ""), ()), WHOLE_WORLD)
        here = {j.code: j for j in near if region or not j.regions}
        inside = [j for j in here.values() if covers(j, place)]
        return tuple(sorted(inside, key=lambda j: (-j.level.rank, not j.stacks, j.code)))

    def _region(self, place: AddressText) -> tuple[str, str]:
        """The country and the region of an address, however it writes them: 'US-MN', 'MN' in US, a bare 'US'."""
        country, region = place.country.upper(), _plain(place.region)
        prefix, dash, rest = region.partition("-")
        if dash and len(prefix) == 2 and country in ("", prefix.upper()):
            return prefix.upper(), rest
        if not country and region.upper() in self._countries and (self.country, region) not in self._areas:
            return region.upper(), ""
        return country or self.country, region

    def taxed(self, tax_class: str, place: AddressText, at: datetime, exempt: Collection[str] = ()) -> Taxed:
        """The rates for a class at an address at a moment; those of jurisdictions in `exempt` ('' all) are not due."""
        rates = []
        for jurisdiction in self.at(place):
            rate = self._in_force(jurisdiction.code, tax_class, at)
            if rate is None:
                continue
            if not exempt or not ({"", jurisdiction.code} & set(exempt)):
                rates.append(RateUsed(jurisdiction.code, rate.rate_ppm))
            if not jurisdiction.stacks:
                break
        return Taxed(tax_class, tuple(rates))

    def _in_force(self, code: str, tax_class: str, at: datetime) -> TaxRate | None:
        held = self.rates.get((code, tax_class), ())
        return next((rate for rate in held if rate.valid_from <= at), None)


def covers(jurisdiction: Jurisdiction, place: AddressText) -> bool:
    """Whether an address of its region lies in a jurisdiction: by postcode where both have one, else by city."""
    if not jurisdiction.postcodes and not jurisdiction.cities:
        return True
    postcode = place.postcode.replace(" ", "").upper()
    if postcode and jurisdiction.postcodes:
        return any(_within(postcode, span) for span in jurisdiction.postcodes)
    return _plain(place.city) in map(_plain, jurisdiction.cities) if place.city else False


def _within(postcode: str, span: str) -> bool:
    low, _, high = span.replace(" ", "").upper().partition("-")
    return low <= postcode[: len(low)] and postcode[: len(high or low)] <= (high or low)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


NO_TAXES = TaxMap()


def exempt_of(certificates: Iterable[Certificate], day: date) -> frozenset[str]:
    """The jurisdictions a customer with these certificates pays nothing to on a day; '' stands for all of them."""
    return frozenset(
        code
        for one in certificates
        if one.ended_at is None and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
        for code in one.jurisdictions
    )
