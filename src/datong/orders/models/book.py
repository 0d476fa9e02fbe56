"""Tables of the order book. Hot tables have a foreign key to the order only; the rest `datong doctor` proves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Claim(TenantModel):
    """Once-only: the first intent under a channel's external id. Never partitioned, never archived."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "external_id")
    channel_id = KeyPart()
    external_id = models.CharField(max_length=128)
    intent_hash = models.BinaryField(max_length=32)
    order_id = models.UUIDField()


class Order(TenantModel):
    """One order, whatever its door. What changes about it later is rows of Event; `state` is their fold."""

    id = TenantKey(partitioned=True)
    number = models.CharField(max_length=24)
    channel_id = models.UUIDField()
    external_id = models.CharField(max_length=128)
    customer_id = models.UUIDField(null=True)
    store_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12)
    fulfilment = models.CharField(max_length=12)
    payment = models.CharField(max_length=20)
    paid = models.BooleanField()
    model = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    quote_id = models.UUIDField(null=True)
    quoted_minor = models.BigIntegerField(null=True)
    amounts = models.JSONField(null=True)
    delivery_minor = models.BigIntegerField(default=0, db_default=0)
    units = models.IntegerField()
    exceptions = models.SmallIntegerField(default=0)
    placed_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True)
    contact_name = models.CharField(max_length=120, default="")
    contact_phone = models.CharField(max_length=40, default="")
    contact_email = models.CharField(max_length=254, default="")
    contact_masked = models.BooleanField(default=False)
    address = models.CharField(max_length=300, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    distance_m = models.IntegerField(null=True)
    note = models.CharField(max_length=500, default="")
    referred_store_id = models.UUIDField(null=True)
    inbox_id = models.UUIDField(null=True)
    trace = models.CharField(max_length=55, default="")
    entry_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    associate = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "channel_id", "id"], name="orders_order_by_channel"),
            models.Index(fields=["brand_id", "store_id", "id"], name="orders_order_by_store"),
            models.Index(fields=["brand_id", "customer_id", "id"], name="orders_order_by_customer"),
            models.Index(
                fields=["brand_id", "number"], opclasses=["uuid_ops", "text_pattern_ops"], name="orders_order_number"
            ),
            models.Index(
                fields=["brand_id", "contact_phone"], name="orders_order_phone", condition=~Q(contact_phone="")
            ),
            models.Index(fields=["brand_id", "external_id"], name="orders_order_by_external"),
            models.Index(
                fields=["brand_id", "state", "id"],
                name="orders_order_open",
                condition=Q(state__in=["backorder", "review"]),
            ),
            models.Index(fields=["brand_id", "id"], name="orders_order_hand", condition=Q(exceptions__gt=0)),
            models.Index(
                fields=["brand_id", "id"],
                name="orders_order_unpaid",
                condition=Q(payment="prepaid", paid=False, state__in=["assigned", "backorder", "review"]),
            ),
        ]


class Line(TenantModel):
    """One line as booked, with our quote beside it; `parts` only when what left the shelf is not the item itself."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "line_no")
    order = TenantForeignKey(Order, partition_key=True, append_only=True)
    line_no = models.SmallIntegerField()
    item_id = models.UUIDField(null=True)
    sku = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    units = models.IntegerField()
    unit_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    quoted_unit_minor = models.BigIntegerField(null=True)
    promotions = models.JSONField(default=list)
    options = models.JSONField(default=list)
    parts = models.JSONField(null=True)
    tax_class = models.CharField(max_length=40, db_default="")
    tax_ppm = models.IntegerField(db_default=0)


class Tax(TenantModel):
    """What one jurisdiction gets of an order, as it was taxed when it was taken: rate, what it was laid on, the tax."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "n")
    order = TenantForeignKey(Order, partition_key=True, append_only=True)
    n = models.SmallIntegerField()
    part = models.CharField(max_length=10)
    tax_class = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=40)
    rate_ppm = models.IntegerField()
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()


class Allocation(TenantModel):
    """Which store serves how many units of a line; a split order has several for a line's order."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "line_no", "store_id")
    order = TenantForeignKey(Order, partition_key=True)
    line_no = models.SmallIntegerField()
    store_id = models.UUIDField()
    units = models.IntegerField()


class Withdrawal(TenantModel):
    """Units taken out of a line before they were handed over; `key` is the asker's, so that twice is once.

    `amount_minor` is what went back for all that was asked under the key; `refund_id` is null when that was nothing.
    """

    pk = models.CompositePrimaryKey("brand_id", "order_id", "line_no", "key")
    order = TenantForeignKey(Order, partition_key=True, append_only=True)
    line_no = models.SmallIntegerField()
    key = models.CharField(max_length=120)
    units = models.IntegerField()
    amount_minor = models.BigIntegerField()
    refund_id = models.UUIDField(null=True)
    at = models.DateTimeField()


class Event(TenantModel):
    """A state change or a finding on an order: who, when, why. The timeline, and invariant 6."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "seq")
    order = TenantForeignKey(Order, partition_key=True, append_only=True)
    seq = KeyPart()
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=12, default="")
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()


class Decision(TenantModel):
    """Why this store: run, rule, score parts, and the candidates refused with the condition that refused each."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "seq")
    order = TenantForeignKey(Order, partition_key=True, append_only=True)
    seq = KeyPart()
    rule = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    chosen = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()


class Finding(TenantModel):
    """Something on a taken order that needs a hand. Open until a person or a rule closes it."""

    id = TenantKey()
    order_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, default="")
    resolution = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "order_id"], name="orders_finding_of"),
            models.Index(fields=["brand_id", "kind", "id"], name="orders_finding_open", condition=Q(closed_at=None)),
        ]


class SourcingRule(TenantModel):
    """One rule of the brand's ordered list: which orders, which places, how they are scored."""

    id = TenantKey()
    position = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True)
    settings = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "position"], name="orders_sourcingrule_position")]


class StoreDay(TenantModel):
    """Online orders a store has taken on a day (the brand's), counted in the transaction that assigns: the limit."""

    pk = models.CompositePrimaryKey("brand_id", "store_id", "day")
    store_id = KeyPart()
    day = models.DateField()
    orders = models.IntegerField(default=0)
