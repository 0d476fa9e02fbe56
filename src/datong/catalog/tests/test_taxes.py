"""Whose tax is due where, how much, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.brand.types import AddressText
from datong.catalog import api, rules
from datong.catalog.types import (
    Certificate,
    Jurisdiction,
    PriceList,
    RateUsed,
    Taxed,
    TaxedPart,
    TaxLevel,
    TaxRate,
    TaxRounding,
    given_back,
    shares_of,
    tax_each,
    tax_of,
)
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOON - timedelta(days=9)
STATE = Jurisdiction("US-MN", "Minnesota", TaxLevel.REGION, "US", ("MN", "Minnesota"))
COUNTY = Jurisdiction(
    "US-MN-hennepin",
    "Hennepin",
    TaxLevel.COUNTY,
    "US",
    ("MN", "Minnesota"),
    postcodes=("55401-55419", "553"),
    stacks=True,
)
CITY = Jurisdiction(
    "US-MN-mpls", "Minneapolis", TaxLevel.CITY, "US", ("MN", "Minnesota"), ("Minneapolis",), ("55401-55419",), True
)
RATES = [
    TaxRate("standard", 68_750, SINCE, "US-MN"),
    TaxRate("standard", 1_500, SINCE, "US-MN-hennepin"),
    TaxRate("standard", 5_000, SINCE, "US-MN-mpls"),
    TaxRate("standard", 6_000, NOON, "US-MN-mpls"),
]
MAP = rules.TaxMap([STATE, COUNTY, CITY], RATES, "US")
DOWNTOWN = AddressText("1 Nicollet Mall", "Minneapolis", "MN", "55402", "US")


def used(place: AddressText, at: datetime = NOON - timedelta(hours=1), map_: rules.TaxMap = MAP, **kw) -> list:
    return [(rate.jurisdiction, rate.rate_ppm) for rate in map_.taxed("standard", place, at, **kw).rates]


def test_state_county_and_city_stack_where_the_address_lies_in_all_of_them():
    assert used(DOWNTOWN) == [("US-MN-mpls", 5_000), ("US-MN-hennepin", 1_500), ("US-MN", 68_750)]
    assert MAP.taxed("standard", DOWNTOWN, NOON).ppm == 76_250  # the city's new rate holds from its moment on
    assert used(replace(DOWNTOWN, postcode="55311-0417", city="Maple Grove")) == [
        ("US-MN-hennepin", 1_500),
        ("US-MN", 68_750),
    ]
    assert used(replace(DOWNTOWN, postcode="", region="us-mn", country="")) == [
        ("US-MN-mpls", 5_000),
        ("US-MN", 68_750),
    ]
    assert used(replace(DOWNTOWN, region="Minnesota", country="us"))[-1] == ("US-MN", 68_750)
    assert used(AddressText(region="WI", country="US", city="Minneapolis")) == []
    assert used(replace(DOWNTOWN, country="CA")) == []
    assert MAP.taxed("clothing", DOWNTOWN, NOON).rates == ()


def test_the_nearest_rate_that_does_not_stack_stands_in_the_place_of_the_wider_ones():
    day = timedelta(days=1)
    rates = [
        TaxRate("standard", 100, NOON - 9 * day),
        TaxRate("standard", 200, NOON - 9 * day, "US"),
        TaxRate("standard", 250, NOON - day, "US"),
        TaxRate("standard", 725, NOON - 5 * day, "US-CA"),
        TaxRate("standard", 900, NOON + day, "US-CA"),
    ]
    plain = rules.TaxMap([rules.plain_jurisdiction("US"), rules.plain_jurisdiction("US-CA")], rates, "CN")

    def at(region: str, when: datetime = NOON) -> int:
        return plain.taxed("standard", AddressText(region=region), when).ppm

    assert (at("US-CA"), at("US-CA", NOON + day)) == (725, 900)
    assert (at("US-NY"), at("US"), at("US-NY", NOON - 2 * day)) == (250, 250, 200)
    assert (at("CN"), at("")) == (100, 100)
    assert rules.NO_TAXES.taxed("standard", AddressText(region="CN"), NOON).ppm == 0


def test_who_is_free_of_a_jurisdiction_pays_the_others():
    assert used(DOWNTOWN, exempt={"US-MN"}) == [("US-MN-mpls", 5_000), ("US-MN-hennepin", 1_500)]
    assert used(DOWNTOWN, exempt={""}) == []


def test_rounding_by_line_and_by_document_differ_and_each_is_exact():
    taxed = Taxed("standard", (RateUsed("US-MN", 68_750),))
    amounts = [(taxed, 107)] * 3  # 7.35625 each, 22.06875 together
    by_line = tax_each(amounts, inclusive=False, rounding=TaxRounding.LINE)
    by_document = tax_each(amounts, inclusive=False, rounding=TaxRounding.DOCUMENT)
    assert (by_line, by_document) == ([7, 7, 7], [8, 7, 7])
    assert tax_of(11_300, 130_000, inclusive=True) == 1_300
    shares = shares_of(TaxedPart.GOODS, [(taxed, 107, 8)], inclusive=False)
    assert [(s.jurisdiction, s.base_minor, s.tax_minor) for s in shares] == [("US-MN", 107, 8)]


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.lists(st.integers(0, 200_000), max_size=4)), max_size=8),
    st.booleans(),
    st.sampled_from(TaxRounding),
)
def test_the_shares_of_the_jurisdictions_are_the_tax_of_the_lines_to_the_cent(found, inclusive, rounding):
    amounts = [
        (Taxed("c", tuple(RateUsed(f"j{n}", ppm) for n, ppm in enumerate(rates))), minor) for minor, rates in found
    ]
    taxes = tax_each(amounts, inclusive=inclusive, rounding=rounding)
    lines = [(taxed, minor, tax) for (taxed, minor), tax in zip(amounts, taxes, strict=True)]
    shares = shares_of(TaxedPart.GOODS, lines, inclusive=inclusive)
    assert sum(share.tax_minor for share in shares) == sum(taxes)
    assert all(share.tax_minor >= 0 for share in shares)
    for alike in {taxed for taxed, _ in amounts}:
        total, tax = (sum(line[n] for line in lines if line[0] == alike) for n in (1, 2))
        slack = 1 if rounding is TaxRounding.DOCUMENT else len(lines)
        assert abs(tax - tax_of(total, alike.ppm, inclusive=inclusive)) < slack


@given(st.lists(st.integers(0, 10**6), max_size=5), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_all_refunds_together_take_back_the_tax_to_the_cent(taxes, refunds):
    total, before = sum(refunds), 0
    back = [0] * len(taxes)
    for amount in refunds:
        parts = given_back(taxes, before, amount, total)
        assert all(part >= 0 for part in parts)
        back = [sum(pair) for pair in zip(back, parts, strict=True)]
        before += amount
    assert back == taxes


def test_a_certificate_holds_between_its_days_until_it_is_ended():
    one = Certificate(uuid7(), uuid7(), "ST3-1", "school", date(2026, 1, 1), date(2026, 12, 31), ("US-MN",))
    assert rules.exempt_of([one], date(2026, 12, 31)) == {"US-MN"}
    assert rules.exempt_of([one], date(2027, 1, 1)) == rules.exempt_of([one], date(2025, 12, 31)) == frozenset()
    assert rules.exempt_of([replace(one, ended_at=NOON)], date(2026, 6, 1)) == frozenset()


def test_a_rate_as_typed_keeps_its_third_decimal():
    assert (rules.read_tax_rate("6.875"), rules.read_tax_rate("13 %")) == (68_750, 130_000)
    for wrong in ("", "x", "-1", "100.0001", "0.00001", "NaN"):
        with pytest.raises(BadInput):
            rules.read_tax_rate(wrong)


def test_what_cannot_be_a_jurisdiction_is_refused_by_field(brand):
    wrong = Jurisdiction("US MN", "", TaxLevel.CITY, "us", postcodes=("55401_2",))
    with pytest.raises(BadInput) as refused:
        api.put_jurisdictions(brand.id, [wrong])
    assert {p.field.rsplit("/", 1)[-1] for p in refused.value.problems} == {"code", "name", "country", "postcodes"}
    with pytest.raises(BadInput) as refused:
        api.put_tax_rates(brand.id, [TaxRate("standard", 1, NOON, "nowhere")])
    assert refused.value.problems[0].field == "tax_rates/0/jurisdiction"
    assert api.list_jurisdictions(brand.id) == []


def test_taxes_are_kept_changed_and_read_back(brand):
    api.put_jurisdictions(brand.id, [STATE, COUNTY, CITY])
    api.put_jurisdictions(brand.id, [replace(COUNTY, name="Hennepin County")])
    api.put_tax_rates(brand.id, RATES, inclusive=False)
    api.put_tax_rates(brand.id, [TaxRate("standard", 7_000, NOON, "US-MN-mpls"), TaxRate("food", 0, NOON, "US-WI")])
    assert {j.code: j.name for j in api.list_jurisdictions(brand.id)}["US-MN-hennepin"] == "Hennepin County"
    taxes = api.taxes_of(brand.id)
    assert taxes.taxed("standard", DOWNTOWN, NOON).ppm == 77_250
    assert taxes.taxed("food", AddressText(region="US-WI"), NOON).rates == (RateUsed("US-WI", 0),)
    terms = PriceList("", "USD", False, TaxRounding.DOCUMENT, "standard", "")
    api.put_tax_terms(brand.id, terms, by="ann")
    assert api.list_rules(brand.id).lists[""] == replace(terms, currency=brand.currency)
