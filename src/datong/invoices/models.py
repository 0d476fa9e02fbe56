"""Tables of tax invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Seller(TenantModel):
    """Who issues invoices, and by which provider; the secret is sealed. The brand itself has the company id 0."""

    pk = models.CompositePrimaryKey("brand_id", "company_id")
    company_id = KeyPart()
    title = models.CharField(max_length=100)
    tax_no = models.CharField(max_length=30)
    provider = models.CharField(max_length=40)
    address = models.CharField(max_length=300)
    account = models.CharField(max_length=80)
    clerk = models.CharField(max_length=80)
    stored = models.CharField(max_length=10)
    tax_code = models.CharField(max_length=19)
    item_name = models.CharField(max_length=80)
    open = models.BooleanField()
    secret = models.BinaryField()
    postal = models.CharField(max_length=300, default="")
    note = models.CharField(max_length=300, default="")
    series = models.CharField(max_length=20, default="INV-{year}-")
    credit_series = models.CharField(max_length=20, default="CN-{year}-")


class TaxCode(TenantModel):
    """The tax category (税收分类编码) of a product, or of all of a category."""

    pk = models.CompositePrimaryKey("brand_id", "about", "key")
    about = models.CharField(max_length=10)
    key = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=19)


class Document(TenantModel):
    """An invoice or a red letter. `live`: it counts; an order has one live invoice at most.

    `base_minor` and `refunded_minor`: what the order came to and what had gone back when the invoice was made.
    """

    id = TenantKey()
    kind = models.CharField(max_length=4)
    about = models.CharField(max_length=8)
    subject_id = models.UUIDField()
    company_id = models.UUIDField()
    store_id = models.UUIDField(null=True)
    of_id = models.UUIDField(null=True)
    live = models.BooleanField(default=True)
    state = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    tax_no = models.CharField(max_length=30)
    email = models.CharField(max_length=254)
    phone = models.CharField(max_length=20)
    postal = models.CharField(max_length=300, default="")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    lines = models.JSONField()
    stored = models.JSONField(default=dict)
    reference = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    bill = models.CharField(max_length=60, default="")
    number = models.CharField(max_length=40, default="")
    issued_at = models.DateTimeField(null=True)
    pdf_url = models.CharField(max_length=500, default="")
    ofd_url = models.CharField(max_length=500, default="")
    error_code = models.CharField(max_length=40, default="")
    error = models.CharField(max_length=300, default="")
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    supplied_at = models.DateTimeField(null=True)
    taxes = models.JSONField(default=list)
    series = models.CharField(max_length=30, default="")
    nth = models.BigIntegerField(null=True)
    printed = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "company_id", "series", "nth"],
                condition=Q(nth__isnull=False),
                name="invoices_document_number",
            ),
            models.UniqueConstraint(
                fields=["brand_id", "about", "subject_id"],
                condition=Q(kind="blue", live=True),
                name="invoices_document_once",
            ),
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="invoices_document_amount"),
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "due_at"], condition=Q(due_at__isnull=False), name="invoices_document_due"
            ),
            models.Index(fields=["brand_id", "of_id"], condition=Q(of_id__isnull=False), name="invoices_document_of"),
            models.Index(fields=["brand_id", "state", "id"], name="invoices_document_state"),
            models.Index(fields=["brand_id", "subject_id"], name="invoices_document_about"),
        ]


class Series(TenantModel):
    """The last number of a seller's series of plain invoices; its row is locked until the number is written."""

    pk = models.CompositePrimaryKey("brand_id", "company_id", "series")
    company_id = KeyPart()
    series = models.CharField(max_length=30)
    last = models.BigIntegerField()
    last_at = models.DateTimeField()


class Purse(TenantModel):
    """How much of the principal ever put on a purse was invoiced when it was topped up, and when it was spent."""

    pk = models.CompositePrimaryKey("brand_id", "purse_id")
    purse_id = KeyPart()
    put_minor = models.BigIntegerField()
    at_top_up_minor = models.BigIntegerField(default=0)
    at_spending_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at_top_up_minor__gte=0)
                & Q(at_spending_minor__gte=0)
                & Q(put_minor__gte=F("at_top_up_minor") + F("at_spending_minor")),
                name="invoices_purse_never_both",
            )
        ]
