"""Addresses of the pages of shadow mode, sales tax and tax invoices, with something on each."""

from __future__ import annotations

from datetime import date

from datong.catalog import api as catalog
from datong.catalog.types import Certificate
from datong.channels.console.invoices.asking import address
from datong.channels.tests.conftest import House
from datong.channels.tests.test_shadow_pages import finding_of, open_project
from datong.invoices.api import put_tax_codes
from datong.kernel.ids import uuid7
from datong.orders.api import order_page
from datong.payments.types import PaymentMethod
from datong.shadow.types import Kind
from datong.site.testing.china import application


def taxes(house: House) -> dict[str, list[str]]:
    brand = house.brand.id
    house.client().post("/prices/taxes/", {"jurisdiction": "US-MN", "tax_class": "standard", "rate": "6.875"})
    catalog.keep_certificate(brand, Certificate(uuid7(), uuid7(), "ST3-1", "school", date(2020, 1, 1)), by="ann")
    put_tax_codes(brand, {("sku", "CUP"): "1080413000000000000"}, by="ann")
    order = house.place(house.intent(payment=PaymentMethod.PREPAID, paid=True)).order_id
    return {
        "taxes": ["/prices/taxes/", "/prices/taxes/?basket=2+CUP&region=MN"],
        "tax-certificates": ["/prices/taxes/certificates/"],
        "invoice-ask": [address(brand, order)],
        "invoices": ["/invoices/"],
        "invoice-codes": ["/invoices/tax-categories/"],
        "invoice-sellers": ["/invoices/sellers/"],
        "invoice": [f"/invoices/{application(brand, order)}/"],
        "order-receipt": [f"/orders/{order_page(brand, order).number}/receipt/"],
    }


def beside(house: House) -> dict[str, list[str]]:
    project = open_project(house)
    return {
        "shadow-findings": [f"/shadow/{project.id}/findings/"],
        "shadow-finding": [finding_of(house, project, Kind.OVERSELL)],
        "shadow-sources": [f"/shadow/{project.id}/sources/"],
    }
