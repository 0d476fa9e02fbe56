"""Tables of the brand: the tenant itself (global), stores, channels, gazetteer."""

from __future__ import annotations

from django.db import models

from datong.kernel.ids import uuid7
from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Brand(models.Model):
    """A tenant. One of the few global tables: a door must find its brand before it is inside one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    timezone = models.CharField(max_length=60)
    tokens = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)


class Store(TenantModel):
    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    lon = models.FloatField()
    lat = models.FloatField()
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    postcode = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=40)
    timezone = models.CharField(max_length=60)
    hours = models.JSONField()
    tier = models.SmallIntegerField(null=True)
    services = models.JSONField(default=list)
    serves_radius_m = models.IntegerField(default=0)
    area = models.JSONField(default=list)
    order_limit = models.IntegerField(null=True)
    lends_stock = models.BooleanField(default=True)
    open = models.BooleanField(default=True)
    serving_cost_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="brand_store_code")]


class Channel(TenantModel):
    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    role = models.TextField(default="")
    open = models.BooleanField(default=True)
    price_list = models.CharField(max_length=40, default="")
    price_policy_note = models.TextField(default="")
    buffer_units = models.IntegerField(default=0)
    stores = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "code"], name="brand_channel_code"),
            models.CheckConstraint(condition=models.Q(buffer_units__gte=0), name="brand_channel_buffer"),
        ]


class Place(TenantModel):
    """A row of the gazetteer: where a postcode or a 'city, region' lies."""

    pk = models.CompositePrimaryKey("brand_id", "country", "key")
    country = models.CharField(max_length=2)
    key = models.CharField(max_length=120)
    lon = models.FloatField()
    lat = models.FloatField()


class Region(TenantModel):
    """A named group of stores, in another one or at the top."""

    id = TenantKey()
    name = models.CharField(max_length=80)
    parent_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "name"], name="brand_region_name")]


class Company(TenantModel):
    """A company that runs stores of the brand."""

    id = TenantKey()
    name = models.CharField(max_length=120)
    legal_id = models.CharField(max_length=60, default="")
    sharing = models.CharField(max_length=10, default="full")
    contact = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "name"], name="brand_company_name")]


class Belonging(TenantModel):
    """The region a store is in and the company that runs it; a store has at most one of each."""

    pk = models.CompositePrimaryKey("brand_id", "store_id")
    store_id = KeyPart()
    region_id = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "region_id"], name="brand_belonging_region"),
            models.Index(fields=["brand_id", "company_id"], name="brand_belonging_company"),
        ]


class Entry(TenantModel):
    """A way in (入口): a QR code, an account, a pin, a link."""

    id = TenantKey()
    code = models.CharField(max_length=16)
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    opens = models.CharField(max_length=10)
    target = models.CharField(max_length=120, default="")
    store_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    place = models.CharField(max_length=40, default="")
    associate = models.CharField(max_length=120, default="")
    customer_id = models.UUIDField(null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="brand_entry_code")]
        indexes = [models.Index(fields=["brand_id", "store_id", "id"], name="brand_entry_store")]


class Visit(TenantModel):
    """Somebody came by an entry: a random mark of a browser, no address, nobody's name."""

    id = TenantKey(partitioned=True, append_only=True)
    entry_id = models.UUIDField()
    visitor = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "entry_id", "id"], name="brand_visit_entry"),
            models.Index(fields=["brand_id", "visitor", "id"], name="brand_visit_visitor"),
        ]


class Visitor(TenantModel):
    """Whose browser it is, once they said so: the one row by which visits are anybody's, deleted to forget it."""

    pk = models.CompositePrimaryKey("brand_id", "visitor")
    visitor = KeyPart()
    customer_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "customer_id"], name="brand_visitor_customer")]
