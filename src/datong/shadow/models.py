"""Tables of shadow mode: observations of other systems, and what was found in them. Nothing of the hub refers here."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Project(TenantModel):
    id = TenantKey()
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    timezone = models.CharField(max_length=40)
    keep_days = models.SmallIntegerField(default=30)
    tolerances = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)


class System(TenantModel):
    """A system that runs today; the token of its address says which brand, the secret is sealed."""

    id = TenantKey()
    project = TenantForeignKey(Project)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    sells = models.BooleanField()
    books = models.BooleanField()
    keeps_stock = models.BooleanField()
    interval_s = models.IntegerField(default=300)
    price_group = models.CharField(max_length=40, default="")
    books_of = models.JSONField(default=list)
    ref_prefixes = models.JSONField(default=list)
    connector = models.CharField(max_length=20, default="")
    token = models.CharField(max_length=64, default="")
    sealed = models.BinaryField(default=b"")
    settings = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "project", "code"], name="shadow_system_code")]


class Feed(TenantModel):
    """A file or a delivery as it came: one content is taken once. `body` is kept of deliveries, not of files."""

    id = TenantKey()
    project = TenantForeignKey(Project)
    system_id = models.UUIDField()  # nil for a mapping file, which is of no one system
    kind = models.CharField(max_length=10)
    door = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sha256 = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    rows = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    problems = models.JSONField(default=list)
    body = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "project", "system_id", "kind", "sha256"],
                name="shadow_feed_once",
            )
        ]


class Order(TenantModel):
    """An order as one system shows it. Contacts are keyed hashes: enough to compare, nothing to read."""

    id = TenantKey()
    project_id = KeyPart()
    system_id = KeyPart()
    native_id = models.CharField(max_length=120)
    ref = models.CharField(max_length=120)
    source = models.CharField(max_length=40, default="")
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    units = models.IntegerField()
    basket = models.CharField(max_length=32)
    store = models.CharField(max_length=60, default="")
    named = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    fulfilment = models.CharField(max_length=10, default="")
    phone_key = models.CharField(max_length=32, default="")
    email_key = models.CharField(max_length=32, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    promised_at = models.DateTimeField(null=True)
    feed_id = KeyPart()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "project_id", "system_id", "native_id"], name="shadow_order_once"
            )
        ]
        indexes = [
            models.Index(fields=["brand_id", "project_id", "placed_at"], name="shadow_order_day"),
            models.Index(fields=["brand_id", "project_id", "ref"], name="shadow_order_ref"),
        ]


class Line(TenantModel):
    pk = models.CompositePrimaryKey("brand_id", "order_id", "line_no")
    order_id = KeyPart()
    line_no = models.SmallIntegerField()
    project_id = KeyPart()
    sku = models.CharField(max_length=60)
    units = models.IntegerField()
    unit_minor = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "project_id"], name="shadow_line_of")]


class Stock(TenantModel):
    """What a system said lay at a place at a moment."""

    pk = models.CompositePrimaryKey("brand_id", "project_id", "system_id", "store", "sku", "at")
    project_id = KeyPart()
    system_id = KeyPart()
    store = models.CharField(max_length=60)
    sku = models.CharField(max_length=60)
    at = models.DateTimeField()
    units = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "project_id", "at"], name="shadow_stock_at")]


class Price(TenantModel):
    pk = models.CompositePrimaryKey("brand_id", "project_id", "system_id", "store", "sku", "since")
    project_id = KeyPart()
    system_id = KeyPart()
    store = models.CharField(max_length=60, default="")
    sku = models.CharField(max_length=60)
    since = models.DateTimeField()
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)


class Member(TenantModel):
    pk = models.CompositePrimaryKey("brand_id", "project_id", "system_id", "native_id")
    project_id = KeyPart()
    system_id = KeyPart()
    native_id = models.CharField(max_length=120)
    name = models.CharField(max_length=120, default="")
    phone = models.CharField(max_length=40, default="")
    email = models.CharField(max_length=200, default="")
    phone_verified = models.BooleanField(default=False)
    email_verified = models.BooleanField(default=False)
    link = models.CharField(max_length=120, default="")
    phone_key = models.CharField(max_length=32, default="")
    email_key = models.CharField(max_length=32, default="")


class Item(TenantModel):
    """A system's SKU and what it is everywhere. `how`: file, gtin or sku; `others`: systems that know the item too."""

    pk = models.CompositePrimaryKey("brand_id", "project_id", "system_id", "sku")
    project_id = KeyPart()
    system_id = KeyPart()
    sku = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    gtin = models.CharField(max_length=14, default="")
    title = models.CharField(max_length=200, default="")
    how = models.CharField(max_length=5, default="sku")
    others = models.SmallIntegerField(default=0)


class Run(TenantModel):
    """One look at some days; the findings are the latest run's, its figures stay."""

    id = TenantKey()
    project = TenantForeignKey(Project)
    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    seconds = models.FloatField()
    orders = models.IntegerField()
    figures = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)


class Finding(TenantModel):
    id = TenantKey()
    project = TenantForeignKey(Project)
    run_id = models.UUIDField()
    mark = models.CharField(max_length=300)
    kind = models.CharField(max_length=12)
    severity = models.CharField(max_length=6)
    rank = models.SmallIntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    store = models.CharField(max_length=60, default="")
    item = models.CharField(max_length=60, default="")
    title = models.CharField(max_length=200, default="")
    systems = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    rows = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "project", "mark"], name="shadow_finding_once")]
        indexes = [
            models.Index(fields=["brand_id", "project", "kind", "-amount_minor", "id"], name="shadow_finding_kind")
        ]


class Explained(TenantModel):
    """A person's word on a finding; by its mark, so that it outlives the run."""

    pk = models.CompositePrimaryKey("brand_id", "project_id", "mark")
    project_id = KeyPart()
    mark = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
