"""The taxes of a brand as its rule book keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from datong.catalog import rules
from datong.catalog.types import Jurisdiction, PriceList, TaxLevel, TaxRate, TaxRounding

Row = Mapping[str, Any]


def tax_map(jurisdictions: Iterable[Row], levies: Iterable[Row], country: str) -> rules.TaxMap:
    """The map of rows as JSON has them; `country` is the brand's own."""
    rates = [rate_of_row(row) for row in levies]
    return (
        rules.TaxMap([jurisdiction_of_row(row) for row in jurisdictions], rates, country) if rates else rules.NO_TAXES
    )


def rate_of_row(row: Row) -> TaxRate:
    begins = row["valid_from"]
    at = begins if isinstance(begins, datetime) else datetime.fromisoformat(begins)
    return TaxRate(row["tax_class"], row["rate_ppm"], at, row["jurisdiction"])


def jurisdiction_of_row(row: Row) -> Jurisdiction:
    return Jurisdiction(
        row["code"],
        row["name"],
        TaxLevel(row["level"]),
        row["country"],
        tuple(row["regions"]),
        tuple(row["cities"]),
        tuple(row["postcodes"]),
        row["stacks"],
        row["source"],
    )


def list_of_row(row: Row) -> PriceList:
    return PriceList(
        row["code"],
        row["currency"],
        row["tax_inclusive"],
        TaxRounding(row["tax_rounding"]),
        row["delivery_tax_class"],
        row["packaging_tax_class"],
    )
