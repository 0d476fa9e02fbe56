"""Lines that were sold with what they cost; stores' business days; what providers said of theirs."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class SaleLine(TenantModel):
    """A line whose goods were handed over: revenue without tax, cost at that moment (null: nobody knows).

    `account`: where the ledger has that revenue.
    """

    pk = models.CompositePrimaryKey("brand_id", "order_id", "line_no")
    order_id = KeyPart()
    line_no = models.SmallIntegerField()
    item_id = models.UUIDField(null=True)
    sku = models.CharField(max_length=64)
    channel_id = models.UUIDField()
    store_id = models.UUIDField(null=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    units = models.IntegerField()
    revenue_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True)
    account = models.CharField(max_length=120, default="income:sales")

    class Meta:
        indexes = [models.Index(fields=["brand_id", "day"], name="books_saleline_day")]


class Day(TenantModel):
    """A store's business day that was counted at least; an open one has no row."""

    pk = models.CompositePrimaryKey("brand_id", "store_id", "day")
    store_id = KeyPart()
    day = models.DateField()
    state = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    expected_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField(default=0)
    pieces = models.JSONField()
    note = models.CharField(max_length=300, default="")
    counted_by = models.CharField(max_length=120)
    counted_at = models.DateTimeField()
    closed_by = models.CharField(max_length=120, default="")
    closed_at = models.DateTimeField(null=True)
    locked_by = models.CharField(max_length=120, default="")
    locked_at = models.DateTimeField(null=True)


class Match(TenantModel):
    """A provider's or platform's own figure for a day, beside ours at that moment. Only added; the newest counts."""

    id = TenantKey(append_only=True)
    day = models.DateField()
    account = models.CharField(max_length=120)
    ours_minor = models.BigIntegerField()
    theirs_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300, default="")
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "day", "account", "id"], name="books_match_of")]


class Statement(TenantModel):
    """A provider's statement as it was read; the same file for the same account is the same statement."""

    id = TenantKey()
    account = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField()
    file = models.CharField(max_length=200)
    shape = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    digest = models.BinaryField(max_length=32)
    theirs_minor = models.BigIntegerField()
    ours_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    fee_posted = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "account", "digest"], name="books_statement_once")]


class StatementEntry(TenantModel):
    """An order on both sides of a statement; who settled a difference, and why."""

    id = TenantKey()
    statement_id = models.UUIDField()
    verdict = models.CharField(max_length=12)
    fix = models.CharField(max_length=12)
    ref = models.CharField(max_length=120)
    theirs_minor = models.BigIntegerField(null=True)
    ours_minor = models.BigIntegerField(null=True)
    fee_minor = models.BigIntegerField()
    order_id = models.UUIDField(null=True)
    settled_by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=300, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "statement_id", "verdict", "id"], name="books_entry_of")]


class Royalty(TenantModel):
    """What a company pays the brand of its net sales from a day on, in hundredths of a percent."""

    pk = models.CompositePrimaryKey("brand_id", "company_id", "valid_from")
    company_id = KeyPart()
    valid_from = models.DateField()
    rate_bp = models.IntegerField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class Shift(TenantModel):
    """A person's time at a till; the id is the till's own. Known by its end only as long as `opened_at` is null."""

    id = TenantKey()
    till_id = models.UUIDField()
    till = models.CharField(max_length=80)
    store_id = models.UUIDField()
    channel = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    float_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=120, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, default="")
    counted_minor = models.BigIntegerField(null=True)
    posted_minor = models.BigIntegerField(default=0)
    pieces = models.JSONField()
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["brand_id", "store_id", "id"], name="books_shift_of_store")]


class DrawerMove(TenantModel):
    """Cash that came into a drawer or left it, signed. Only added; the id is the till's own."""

    id = TenantKey(append_only=True)
    shift_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, default="")
    subject_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "shift_id", "id"], name="books_move_of_shift")]
