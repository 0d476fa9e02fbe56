"""Values for quotes, sales tax and tax invoices."""

from __future__ import annotations

from typing import Any

SOME_ID = "01a20462-e8b9-788d-9889-dd2cc2cbf29f"
PLACE = {"city": "x", "region": "x", "postcode": "1", "country": "US"}
PLACES = {"certificate_id": SOME_ID, "invoice_id": SOME_ID, "top_up_id": SOME_ID}
BODIES: dict[str, Any] = {
    "change_price": {"amount_minor": 3000, "reason": "x", "valid_from": "2099-01-01T00:00:00Z"},
    "quote": {"lines": [{"sku": "LONGJING", "units": 1}], "region": "x", "place": PLACE},
    "explain_quote": {"lines": [{"sku": "LONGJING", "units": 1}], "region": "x", "place": PLACE},
    "ask_invoice": {"title": "x", "tax_no": "", "email": "x@example.com", "phone": ""},
    "ask_top_up_invoice": {"title": "x", "tax_no": "", "email": "x@example.com", "phone": ""},
    "put_tax_codes": {"tax_codes": [{"about": "sku", "key": "x", "tax_code": "1" * 19}]},
    "put_taxes": {
        "jurisdictions": [
            {
                "code": "x",
                "name": "x",
                "level": "city",
                "country": "US",
                "regions": ["x"],
                "cities": ["x"],
                "postcodes": ["1"],
                "stacks": True,
                "source": "x",
            }
        ],
        "rates": [{"jurisdiction": "x", "tax_class": "x", "rate": "6.875", "valid_from": "2026-01-01T00:00:00Z"}],
    },
    "keep_tax_certificate": {
        "customer_id": SOME_ID,
        "number": "x",
        "reason": "x",
        "valid_from": "2026-01-01",
        "valid_to": "2027-01-01",
        "jurisdictions": [""],
    },
}
