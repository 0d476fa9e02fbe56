"""What may be said of jurisdictions, rates of tax and certificates. Each check names everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from datong.catalog.rules.checks import check_rows, check_unique
from datong.catalog.rules.promotion_checks import CODE, Found, span_faults, storable
from datong.catalog.types import FULL_PPM, Certificate, Jurisdiction, TaxLevel, TaxRate
from datong.kernel.errors import BadValue

MAX_JURISDICTIONS = 5_000
MAX_RATES = 20_000
MAX_NAMES = 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ISO = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_POSTCODES = re.compile(r"[A-Z0-9 ]{1,10}(-[A-Z0-9 ]{1,10})?")


def read_tax_rate(text: str, field: str = "rate") -> int:
    """A rate as typed, in parts per million: '6.875' or '13 %'. Raises BadValue."""
    try:
        value = Decimal(text.strip().rstrip("%％").strip()) * 10_000
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= FULL_PPM:
        raise BadValue(field, text, "a percentage from 0 to 100 with at most four decimal places")
    return int(value)


def check_jurisdictions(found: Sequence[Jurisdiction]) -> None:
    """Codes, countries, names and postcodes; raises BadInput."""
    check_rows("jurisdictions", found, _jurisdiction)
    check_unique("jurisdictions", ((each.code,) for each in found), "one row a code")


def check_tax_rates(rates: Sequence[TaxRate], known: Mapping[str, Jurisdiction] | None = None) -> None:
    """At most 100 %, moments with a zone, a jurisdiction that is known or an ISO 3166 code; raises BadInput."""

    def look(rate: TaxRate) -> Found:
        yield from _rate(rate)
        code = rate.jurisdiction
        if known is not None and code and code not in known and not _ISO.fullmatch(code):
            yield "jurisdiction", "a jurisdiction of the brand, or an ISO 3166 code such as US or US-CA", code

    check_rows("tax_rates", rates, look)
    keys = ((r.tax_class, r.jurisdiction, r.valid_from) for r in rates)
    check_unique("tax_rates", keys, "one rate a class, jurisdiction and moment")


def plain_jurisdiction(code: str) -> Jurisdiction:
    """The jurisdiction an ISO 3166 code says by itself: 'US' or 'US-CA'."""
    country, dash, region = code.partition("-")
    level = TaxLevel.REGION if dash else TaxLevel.COUNTRY
    return Jurisdiction(code, code, level, country, (region,) if dash else ())


def check_certificate(one: Certificate) -> None:
    """A number, a reason and days in their order; raises BadInput."""
    check_rows("certificate", [one], _certificate)


def _certificate(one: Certificate) -> Found:
    for field in ("number", "reason"):
        text = getattr(one, field)
        if not text.strip() or len(text) > 120 or not storable(text):
            yield field, "1 to 120 characters", text
    if one.valid_to is not None and one.valid_to < one.valid_from:
        yield "valid_to", f"{one.valid_from.isoformat()} or later", one.valid_to.isoformat()
    if not 0 < len(one.jurisdictions) <= MAX_NAMES:
        yield "jurisdictions", f"1 to {MAX_NAMES} codes, or '' for all", len(one.jurisdictions)


def _rate(rate: TaxRate) -> Found:
    if not CODE.fullmatch(rate.tax_class) or len(rate.tax_class) > 40:
        yield "tax_class", "1 to 40 printable characters", rate.tax_class
    if type(rate.rate_ppm) is not int or not 0 <= rate.rate_ppm <= FULL_PPM:
        yield "rate_ppm", f"parts per million from 0 to {FULL_PPM}", rate.rate_ppm
    yield from span_faults(rate.valid_from, None)


def _jurisdiction(each: Jurisdiction) -> Found:
    if not _CODE.fullmatch(each.code):
        yield "code", "1 to 40 letters, digits, . _ and -, such as US-MN-minneapolis", each.code
    if not each.name.strip() or len(each.name) > 120 or not storable(each.name):
        yield "name", "1 to 120 characters", each.name
    if each.level is TaxLevel.EVERYWHERE or not _COUNTRY.fullmatch(each.country):
        yield "country", "an ISO 3166 country such as US", each.country
    if (each.level in (TaxLevel.COUNTRY, TaxLevel.REGION)) and (each.postcodes or each.cities):
        yield "level", "county, city or district, where postcodes or cities say what is inside", each.level.value
    if each.level is TaxLevel.REGION and not each.regions:
        yield "regions", "how addresses write the region, such as MN and Minnesota", ""
    if each.level.rank >= TaxLevel.COUNTY.rank and not (each.postcodes or each.cities):
        yield "postcodes", "postcodes or cities that lie in it", ""
    for field in ("regions", "cities", "postcodes"):
        texts = getattr(each, field)
        if len(texts) > MAX_NAMES or any(not t.strip() or len(t) > 80 or not storable(t) for t in texts):
            yield field, f"at most {MAX_NAMES} of 1 to 80 characters", str(texts)[:80]
    for span in each.postcodes:
        if not _POSTCODES.fullmatch(span.upper()):
            yield "postcodes", "a postcode, its beginning, or a range such as 55401-55487", span
    if len(each.source) > 300 or not storable(each.source):
        yield "source", "at most 300 characters", each.source
