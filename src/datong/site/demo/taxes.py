"""Sales tax of the demo brands: real jurisdictions and rates, each with where it was read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.catalog import api as catalog
from datong.catalog.types import Jurisdiction, TaxLevel, TaxRate

MN = ("MN", "Minnesota")
METRO = "Minnesota Department of Revenue: metro area sales taxes, from 1 October 2023"
LOCAL = "Minnesota Department of Revenue: local sales and use taxes; 9.025 % together in Minneapolis"
MINNEAPOLIS = ("55401-55419", "55440-55442", "55454-55455", "55487")
HENNEPIN = (*MINNEAPOLIS, "55305", "55343-55347", "55369", "55391", "55420-55447")
BOTH = ("Minneapolis", "Saint Paul")
SEVEN = ("550-551", "553-554")
COUNTY, DISTRICT = TaxLevel.COUNTY, TaxLevel.DISTRICT
JURISDICTIONS = (
    Jurisdiction("US-MN", "Minnesota", TaxLevel.REGION, "US", MN, source="Minnesota Statutes 297A.62: 6.875 %"),
    Jurisdiction("US-MN-hennepin", "Hennepin County", COUNTY, "US", MN, BOTH[:1], HENNEPIN, True, LOCAL),
    Jurisdiction("US-MN-transit", "Hennepin County Transit", COUNTY, "US", MN, BOTH[:1], HENNEPIN, True, LOCAL),
    Jurisdiction("US-MN-metro-transport", "Metro Area Transportation", DISTRICT, "US", MN, BOTH, SEVEN, True, METRO),
    Jurisdiction("US-MN-metro-housing", "Metro Area Housing", DISTRICT, "US", MN, BOTH, SEVEN, True, METRO),
    Jurisdiction("US-MN-mpls", "Minneapolis", TaxLevel.CITY, "US", MN, BOTH[:1], MINNEAPOLIS, True, LOCAL),
)
RATES = (
    ("US-MN", 68_750, 2009, 7),
    ("US-MN-hennepin", 1_500, 2007, 1),
    ("US-MN-transit", 5_000, 2017, 10),
    ("US-MN-metro-transport", 7_500, 2023, 10),
    ("US-MN-metro-housing", 2_500, 2023, 10),
    ("US-MN-mpls", 5_000, 1987, 2),
)
VAT = (("standard", 130_000), ("reduced", 90_000), ("services", 60_000), ("zero", 0))
"""China's value added tax of a general taxpayer: goods, farm produce and transport, services (notice 39 of 2019 of the
Ministry of Finance, in force from 1 April 2019)."""


def put_taxes(brand_id: UUID, country: str, tax_bps: int, since: datetime, *, by: str) -> None:
    """The brand's own flat rate everywhere, and above it what its country really levies, inside its prices."""
    flat = TaxRate("standard", tax_bps * 100, since)
    if country == "US":
        zone = ZoneInfo("America/Chicago")
        catalog.put_jurisdictions(brand_id, JURISDICTIONS, by=by)
        real = [
            TaxRate("standard", ppm, datetime(year, month, 1, tzinfo=zone), code) for code, ppm, year, month in RATES
        ]
    else:
        begins = datetime(2019, 4, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
        # What the tea house sells is a service of catering: its menu is of the class `standard`, at 6 per cent.
        real = [TaxRate(name, tax_bps * 100 if name == "standard" else ppm, begins, "CN") for name, ppm in VAT]
        real.append(TaxRate("goods", 130_000, begins, "CN"))
    catalog.put_tax_rates(brand_id, [flat, *real], inclusive=True, by=by)
