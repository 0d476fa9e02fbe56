"""Sales tax: jurisdictions, dated rates, and customers who are free of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from msgspec import json

from datong.catalog import rules
from datong.catalog.actions.common import DEFAULT, chunks, stamp, tell
from datong.catalog.actions.prices import lists_of, put_price_lists
from datong.catalog.queries.quoting import list_rules
from datong.catalog.queries.taxes import list_jurisdictions
from datong.catalog.types import Certificate, Jurisdiction, PriceList, TaxRate
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound

PUT_JURISDICTIONS = """
    INSERT INTO catalog_jurisdiction (brand_id, code, name, level, country, regions, cities, postcodes, stacks, source)
    SELECT %(brand)s, j.code, j.name, j.level, j.country,
           ARRAY(SELECT jsonb_array_elements_text(j.regions)), ARRAY(SELECT jsonb_array_elements_text(j.cities)),
           ARRAY(SELECT jsonb_array_elements_text(j.postcodes)), j.stacks, j.source
      FROM jsonb_to_recordset(%(rows)s::jsonb)
           j(code text, name text, level text, country text, regions jsonb, cities jsonb, postcodes jsonb,
             stacks bool, source text)
    ON CONFLICT (brand_id, code) DO UPDATE
       SET name = excluded.name, level = excluded.level, country = excluded.country, regions = excluded.regions,
           cities = excluded.cities, postcodes = excluded.postcodes, stacks = excluded.stacks,
           source = excluded.source
"""


def put_jurisdictions(brand_id: UUID, found: Sequence[Jurisdiction], *, by: str = "import") -> int:
    """Add jurisdictions, or change those of the same codes. Orders keep what they were taxed by.

    Raises BadInput naming the fields, BadValue for more than a brand may have.
    """
    rules.check_jurisdictions(found)
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        known = {each.code for each in list_jurisdictions(brand_id)} | {each.code for each in found}
        if len(known) > rules.MAX_JURISDICTIONS:
            raise BadValue("jurisdictions", len(known), f"at most {rules.MAX_JURISDICTIONS} of a brand")
        _write(brand_id, found)
        names = (f"jurisdiction {each.code}" for each in found)
        tell(brand_id, "jurisdictions", len(found), by, verb="tax.jurisdictions", of=names)
    return len(found)


def _write(brand_id: UUID, found: Sequence[Jurisdiction]) -> None:

    if found:
        execute(PUT_JURISDICTIONS, {"brand": brand_id, "rows": json.encode(found).decode()})


PUT_LEVIES = """
    INSERT INTO catalog_levy (brand_id, tax_class, jurisdiction, valid_from, rate_ppm)
    SELECT %(brand)s, * FROM unnest(%(classes)s::text[], %(codes)s::text[], %(froms)s::timestamptz[], %(ppm)s::int[])
    ON CONFLICT (brand_id, tax_class, jurisdiction, valid_from) DO UPDATE SET rate_ppm = excluded.rate_ppm
"""
INCLUSIVE = "UPDATE catalog_pricelist SET tax_inclusive = %(inclusive)s WHERE brand_id = %(brand)s"
LEVIES = "SELECT count(*) FROM catalog_levy WHERE brand_id = %(brand)s"


def put_tax_rates(
    brand_id: UUID, rates: Sequence[TaxRate], *, inclusive: bool | None = None, by: str = "import"
) -> int:
    """Add dated tax rates; a country or a region that is named by its ISO 3166 code is opened with its first rate.

    `inclusive` says whether all the brand's price lists contain the tax or have it come on top; None leaves them. A
    rate of the same class, jurisdiction and moment is corrected; orders keep what they were taxed by. Raises BadInput
    naming the fields.
    """
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        known = {each.code: each for each in list_jurisdictions(brand_id)}
        rules.check_tax_rates(rates, known)
        opened = sorted({r.jurisdiction for r in rates} - set(known) - {""})
        _write(brand_id, [rules.plain_jurisdiction(code) for code in opened])
        for part in chunks(rates):
            columns = {
                "classes": [rate.tax_class for rate in part],
                "codes": [rate.jurisdiction for rate in part],
                "froms": [rate.valid_from for rate in part],
                "ppm": [rate.rate_ppm for rate in part],
            }
            execute(PUT_LEVIES, {"brand": brand_id, **columns})
        count = rows(LEVIES, {"brand": brand_id})[0][0]
        if count > rules.MAX_RATES:
            raise BadValue("tax_rates", count, f"at most {rules.MAX_RATES} of a brand")
        lists_of(brand_id)
        if inclusive is not None:
            execute(INCLUSIVE, {"brand": brand_id, "inclusive": inclusive})
        names = (f"tax class {rate.tax_class}" for rate in rates)
        after = {"inclusive": inclusive, "rates": [f"{r.tax_class} {r.jurisdiction} {r.rate_ppm}" for r in rates[:20]]}
        tell(brand_id, "tax_rates", len(rates), by, verb="tax.put", of=names, after=after)
    return len(rates)


REMOVE = """
    DELETE FROM catalog_levy l
     USING unnest(%(classes)s::text[], %(codes)s::text[], %(froms)s::timestamptz[]) g(tax_class, jurisdiction, at)
     WHERE l.brand_id = %(brand)s AND l.tax_class = g.tax_class AND l.jurisdiction = g.jurisdiction
       AND l.valid_from = g.at
"""


def remove_tax_rates(brand_id: UUID, rates: Sequence[TaxRate], *, by: str, reason: str = "") -> int:
    """Take dated rates away that were put by mistake: the ones before hold again. Orders keep their taxes."""
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        columns = {
            "classes": [rate.tax_class for rate in rates],
            "codes": [rate.jurisdiction for rate in rates],
            "froms": [rate.valid_from for rate in rates],
        }
        gone = execute(REMOVE, {"brand": brand_id, **columns})
        names = (f"tax class {rate.tax_class}" for rate in rates)
        after = {"rates": [f"{r.tax_class} {r.jurisdiction} {r.valid_from.isoformat()}" for r in rates[:20]]}
        tell(brand_id, "tax_rates", gone, by, verb="tax.remove", of=names, after=after, reason=reason)
        return gone


def put_tax_terms(brand_id: UUID, wanted: PriceList, *, by: str) -> None:
    """How a market is taxed: whether a price list contains tax, how it is rounded, at which classes fees are taxed.

    Holds for quotes from now on; orders keep theirs. Raises NotFound for a list the brand does not have, BadInput.
    """
    with in_brand(brand_id):
        lists_of(brand_id)
        stamp(brand_id, "rules")
        known = list_rules(brand_id).lists.get(wanted.code)
        if known is None:
            raise NotFound(f"no price list {wanted.code or DEFAULT!r}")
        put_price_lists(brand_id, [replace(wanted, currency=known.currency)], by=by)


KEEP = """
    INSERT INTO catalog_taxcertificate (brand_id, id, customer_id, number, reason, jurisdictions, valid_from, valid_to,
                                        kept_by, kept_at)
    VALUES (%(brand)s, %(id)s, %(customer)s, %(number)s, %(reason)s, %(codes)s::text[], %(from)s, %(to)s, %(by)s,
            %(now)s)
    ON CONFLICT (brand_id, id) DO NOTHING
"""


def keep_certificate(brand_id: UUID, one: Certificate, *, by: str) -> bool:
    """Record that a customer pays no tax to these jurisdictions between two days; False when this id was kept before.

    Raises BadInput for what is wrong with it, and for jurisdictions the brand does not have.
    """
    rules.check_certificate(one)
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        known = {each.code: each for each in list_jurisdictions(brand_id)}
        for code in one.jurisdictions:
            if code and code not in known:
                raise BadValue("jurisdictions", code, "a jurisdiction of the brand, or '' for all")
        given = {"id": one.id, "customer": one.customer_id, "number": one.number, "reason": one.reason}
        days = {"codes": list(one.jurisdictions), "from": one.valid_from, "to": one.valid_to}
        made = execute(KEEP, {"brand": brand_id, **given, **days, "by": by[:120], "now": clock.now()})
        if made:
            after = {"valid_from": one.valid_from, "valid_to": one.valid_to, "jurisdictions": list(one.jurisdictions)}
            of = f"customer {one.customer_id}"
            audit.record(brand=brand_id, actor=by, verb="tax.certificate", subject=of, after=after)
        return bool(made)


END = """
    UPDATE catalog_taxcertificate SET ended_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND ended_at IS NULL RETURNING customer_id
"""
KNOWN = "SELECT 1 FROM catalog_taxcertificate WHERE brand_id = %(brand)s AND id = %(id)s"


def end_certificate(brand_id: UUID, certificate_id: UUID, *, by: str, reason: str = "") -> bool:
    """A certificate holds no longer; False when it had been ended before. NotFound when there is none."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "id": certificate_id}
        ended = rows(END, {**key, "now": clock.now()})
        if not ended and not rows(KNOWN, key):
            raise NotFound(f"no tax certificate {certificate_id}")
        if ended:
            stamp(brand_id, "rules")
            of = f"customer {ended[0][0]}"
            audit.record(brand=brand_id, actor=by, verb="tax.certificate_end", subject=of, reason=reason)
        return bool(ended)
