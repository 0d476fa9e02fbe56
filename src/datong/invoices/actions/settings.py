"""Who issues invoices, by which provider, and under which tax categories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from datong.invoices import ports, rules
from datong.invoices.types import Seller
from datong.kernel import audit
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.secrets import seal

PUT = """
    INSERT INTO invoices_seller (brand_id, company_id, title, tax_no, provider, address, account, clerk, stored,
                                 tax_code, item_name, open, secret, postal, note, series, credit_series)
    VALUES (%(brand)s, %(company_id)s, %(title)s, %(tax_no)s, %(provider)s, %(address)s, %(account)s, %(clerk)s,
            %(stored)s, %(tax_code)s, %(item_name)s, %(open)s, %(secret)s, %(postal)s, %(note)s,
            %(series)s, %(credit_series)s)
    ON CONFLICT (brand_id, company_id) DO UPDATE
       SET title = excluded.title, tax_no = excluded.tax_no, provider = excluded.provider,
           address = excluded.address, account = excluded.account, clerk = excluded.clerk, stored = excluded.stored,
           tax_code = excluded.tax_code, item_name = excluded.item_name, open = excluded.open,
           postal = excluded.postal, note = excluded.note, series = excluded.series,
           credit_series = excluded.credit_series,
           secret = CASE WHEN excluded.secret = ''::bytea THEN invoices_seller.secret ELSE excluded.secret END
"""


def put_seller(brand_id: UUID, seller: Seller, *, secret: str = "", by: str) -> None:
    """Say who issues invoices and by which provider; an empty secret keeps the one there is. Raises BadInput."""
    rules.check_seller(seller, plain=ports.is_plain(seller.provider))
    if seller.provider not in ports.issuers():
        raise BadValue("provider", seller.provider, "one of " + ", ".join(sorted(ports.issuers())))
    with in_brand(brand_id):
        told = {**asdict(seller), "stored": seller.stored.value, "secret": seal(secret) if secret else b""}
        execute(PUT, {"brand": brand_id, **told})
        after = {"tax_no": seller.tax_no, "provider": seller.provider, "stored": seller.stored, "open": seller.open}
        audit.record(brand=brand_id, actor=by, verb="invoice.seller", subject=seller.title, after=after)


PUT_CODES = """
    INSERT INTO invoices_taxcode (brand_id, about, key, tax_code)
    SELECT %(brand)s, * FROM unnest(%(abouts)s::text[], %(keys)s::text[], %(codes)s::text[])
    ON CONFLICT (brand_id, about, key) DO UPDATE SET tax_code = excluded.tax_code
"""
DROP_CODES = """
    DELETE FROM invoices_taxcode t USING unnest(%(abouts)s::text[], %(keys)s::text[]) g(about, key)
     WHERE t.brand_id = %(brand)s AND t.about = g.about AND t.key = g.key
"""
MAX_CODES = 5_000


def put_tax_codes(brand_id: UUID, codes: Mapping[tuple[str, str], str], *, by: str) -> int:
    """Tax categories (税收分类编码) by ('sku' or 'category', its key); an empty one is taken away. All or none.

    Raises BadInput, which names each that cannot be used.
    """
    problems = [
        Problem(f"{about} {key}"[:80], "bad_value", "sku or category, its key, and 19 digits", code[:40])
        for (about, key), code in codes.items()
        if about not in ("sku", "category") or not 0 < len(key) <= 200 or not re.fullmatch(r"([0-9]{19})?", code)
    ]
    if problems or len(codes) > MAX_CODES:
        raise BadInput(f"{len(problems)} tax categories cannot be used", *problems[:100])
    with in_brand(brand_id):
        gone = sorted(pair for pair, code in codes.items() if not code)
        if gone:
            execute(DROP_CODES, {"brand": brand_id, "abouts": [a for a, _ in gone], "keys": [k for _, k in gone]})
        pairs = sorted(pair for pair, code in codes.items() if code)
        columns = {"abouts": [a for a, _ in pairs], "keys": [k for _, k in pairs], "codes": [codes[p] for p in pairs]}
        execute(PUT_CODES, {"brand": brand_id, **columns})
        audit.record(brand=brand_id, actor=by, verb="invoice.tax_codes", subject=f"{len(codes)} tax categories")
    return len(codes)
