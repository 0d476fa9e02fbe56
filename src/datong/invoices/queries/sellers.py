"""Who issues, and under which tax category what is sold stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from datong.brand.api import tree
from datong.invoices.types import OWN, Seller, Series, StoredMode, TaxCode
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.secrets import unseal

SELLERS = """
    SELECT company_id, title, tax_no, provider, address, account, clerk, stored, tax_code, item_name, open,
           postal, note, series, credit_series
      FROM invoices_seller WHERE brand_id = %(brand)s ORDER BY company_id
"""


def sellers(brand_id: UUID) -> list[Seller]:
    """All who issue invoices, the brand itself first."""
    with in_brand(brand_id):
        return [_seller(row) for row in rows(SELLERS, {"brand": brand_id})]


def _seller(row: tuple[Any, ...]) -> Seller:
    company, title, tax_no, provider, address, account, clerk, stored, *rest = row
    return Seller(company, title, tax_no, provider, address, account, clerk, StoredMode(stored), *rest)


def seller_for(brand_id: UUID, store_id: UUID | None) -> Seller:
    """Who issues for a store: its company when it has one, else the brand. NotFound while nobody does."""
    company = OWN
    if store_id is not None:
        company = next((c.id for c in tree(brand_id).companies if store_id in c.stores), OWN)
    found = {seller.company_id: seller for seller in sellers(brand_id)}
    if company not in found or not found[company].open:
        raise NotFound("no invoices are issued for this store")
    return found[company]


SERIES = """
    SELECT s.company_id, s.series, s.last,
           (SELECT count(*) FROM invoices_document d
             WHERE d.brand_id = s.brand_id AND d.company_id = s.company_id AND d.series = s.series
               AND d.nth IS NOT NULL), s.last_at
      FROM invoices_series s WHERE s.brand_id = %(brand)s ORDER BY 1, 2 LIMIT 1000
"""


def series_of(brand_id: UUID) -> list[Series]:
    """Every series of plain invoices with its last number and how many documents bear one."""
    with in_brand(brand_id):
        return [Series(*row) for row in rows(SERIES, {"brand": brand_id})]


SEALED = "SELECT secret FROM invoices_seller WHERE brand_id = %(brand)s AND company_id = %(company)s"


def secret_of(brand_id: UUID, company_id: UUID) -> str:
    """What opens the provider's door; empty when nothing was given, as for plain invoices."""
    with in_brand(brand_id):
        found = rows(SEALED, {"brand": brand_id, "company": company_id})
    if not found:
        raise NotFound(f"no invoices are issued by {company_id}")
    return unseal(found[0][0]) if found[0][0] else ""


CODES = "SELECT about, key, tax_code FROM invoices_taxcode WHERE brand_id = %(brand)s ORDER BY 1, 2 LIMIT 20000"


def tax_codes(brand_id: UUID) -> dict[tuple[str, str], str]:
    """Tax categories by ('sku' or 'category', its key)."""
    with in_brand(brand_id):
        return {(about, key): code for about, key, code in rows(CODES, {"brand": brand_id})}


LISTED = """
    SELECT t.about, t.key, t.tax_code, coalesce(i.title, '')
      FROM invoices_taxcode t
      LEFT JOIN catalog_item i ON i.brand_id = t.brand_id AND t.about = 'sku' AND i.sku = t.key
     WHERE t.brand_id = %(brand)s AND (t.about, t.key) > (%(about)s, %(key)s)
       AND (%(search)s = '' OR starts_with(t.tax_code, %(search)s) OR strpos(lower(t.key), lower(%(search)s)) > 0
            OR strpos(lower(coalesce(i.title, '')), lower(%(search)s)) > 0)
     ORDER BY t.about, t.key LIMIT %(limit)s
"""


def list_tax_codes(brand_id: UUID, *, search: str = "", after: str = "", limit: int = 100) -> tuple[list[TaxCode], str]:
    """Categories first, then products, by key, and what to go on `after`; `search`: the code's beginning, a part of
    the key or of the product's name."""
    about, _, key = after.partition(":")
    with in_brand(brand_id):
        told = {"brand": brand_id, "about": about, "key": key, "search": search.strip()[:100], "limit": limit + 1}
        found = [TaxCode(*row) for row in rows(LISTED, told)]
    page = found[:limit]
    return page, f"{page[-1].about}:{page[-1].key}" if len(found) > limit else ""


FOR = """
    SELECT i.sku, coalesce(s.tax_code, (
        SELECT c.tax_code FROM invoices_taxcode c
         WHERE c.brand_id = %(brand)s AND c.about = 'category'
           AND (i.category = c.key OR starts_with(i.category, c.key || '/'))
         ORDER BY length(c.key) DESC LIMIT 1))
      FROM catalog_item i
      LEFT JOIN invoices_taxcode s ON s.brand_id = i.brand_id AND s.about = 'sku' AND s.key = i.sku
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
"""


def codes_for(brand_id: UUID, skus: Collection[str]) -> dict[str, str]:
    """The tax category of each of these products that has one: its own, else that of its nearest category."""
    with in_brand(brand_id):
        found = rows(FOR, {"brand": brand_id, "skus": sorted(set(skus))})
    return {sku: code for sku, code in found if code}
