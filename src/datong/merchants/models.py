"""Tables of merchants: contracts by version, entries between companies, disputes, settlement runs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Contract(TenantModel):
    """A version of a company's contract; it ends where the next begins, so that no two overlap. Never changed."""

    id = TenantKey(append_only=True)
    company_id = models.UUIDField()
    valid_from = models.DateField()
    terms = models.JSONField()
    asked_by = models.CharField(max_length=120)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "company_id", "valid_from"], name="merchants_contract_from")
        ]


class Run(TenantModel):
    """A settlement: proposed, posted by a second person, paid; or refused, or taken back before it was paid."""

    id = TenantKey()
    until = models.DateField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, default="")
    posted_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    paid_ref = models.CharField(max_length=120, default="")
    paid_by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=300, default="")
    posted = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "id"], name="merchants_run_newest")]


class RunItem(TenantModel):
    """What a settlement comes to between a company and the brand (or `counter_id`). Never changed."""

    id = TenantKey(append_only=True)
    run = TenantForeignKey(Run)
    company_id = models.UUIDField()
    counter_id = models.UUIDField(null=True)
    entries = models.IntegerField()
    owes_minor = models.BigIntegerField()
    gets_minor = models.BigIntegerField()
    bank = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "run", "company_id"], name="merchants_runitem_of"),
            models.Index(fields=["brand_id", "company_id", "id"], name="merchants_runitem_company"),
        ]


class Entry(TenantModel):
    """A line between two companies: the transfer of this id on the account of the pair; only `run_id` changes."""

    id = TenantKey()
    source_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    company_id = models.UUIDField()
    counter_id = models.UUIDField(null=True)
    owes = models.BooleanField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    points = models.BigIntegerField(default=0)
    basis_minor = models.BigIntegerField(default=0)
    subject_id = models.UUIDField()
    store_id = models.UUIDField(null=True)
    contract_id = models.UUIDField(null=True)
    day = models.DateField()
    at = models.DateTimeField()
    words = models.CharField(max_length=60, default="")
    run_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "source_id", "seq"], name="merchants_entry_once"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "company_id", "currency", "day", "id"], name="merchants_entry_of"),
            models.Index(
                fields=["brand_id", "currency", "day"], name="merchants_entry_open", condition=Q(run_id__isnull=True)
            ),
            models.Index(fields=["brand_id", "run_id", "company_id", "id"], name="merchants_entry_run"),
            models.Index(fields=["brand_id", "subject_id", "id"], name="merchants_entry_subject"),
        ]


class Dispute(TenantModel):
    """A line that was contested, and the answer."""

    id = TenantKey()
    entry = TenantForeignKey(Entry)
    company_id = models.UUIDField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    answer = models.CharField(max_length=300, default="")
    answered_by = models.CharField(max_length=120, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "entry"], name="merchants_dispute_once")]
        indexes = [
            models.Index(fields=["brand_id", "company_id", "id"], name="merchants_dispute_of"),
            models.Index(fields=["brand_id", "id"], name="merchants_dispute_open", condition=Q(state="open")),
        ]


class Draft(TenantModel):
    """Terms that somebody asked for; they are a contract when a second person has agreed. Never changed."""

    id = TenantKey(append_only=True)
    company_id = models.UUIDField()
    valid_from = models.DateField()
    terms = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class CardBatch(TenantModel):
    """A delivery of a partner's cards that we sell."""

    id = TenantKey()
    company_id = models.UUIDField()
    name = models.CharField(max_length=120)
    deal = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    face_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    licence = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True)
    refund_days = models.SmallIntegerField()
    active = models.BooleanField()
    codes_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)


class CardSale(TenantModel):
    """Cards that were sold together, once for their key. Never changed."""

    id = TenantKey(append_only=True)
    batch = TenantForeignKey(CardBatch)
    key = models.CharField(max_length=200)
    customer_id = models.UUIDField(null=True)
    cards = models.SmallIntegerField()
    method = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    store_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="merchants_cardsale_once")]
        indexes = [
            models.Index(
                fields=["brand_id", "customer_id", "id"],
                name="merchants_cardsale_of",
                condition=Q(customer_id__isnull=False),
            )
        ]


class PartnerCard(TenantModel):
    """A card of a delivery: its code sealed, and whose it is by its last sale."""

    id = TenantKey()
    batch = TenantForeignKey(CardBatch)
    code_hash = models.CharField(max_length=64)
    code_end = models.CharField(max_length=4)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10)
    sale_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code_hash"], name="merchants_partnercard_code")]
        indexes = [
            models.Index(fields=["brand_id", "batch", "state", "id"], name="merchants_partnercard_of"),
            models.Index(
                fields=["brand_id", "sale_id"], name="merchants_partnercard_sale", condition=Q(sale_id__isnull=False)
            ),
        ]


class CardReturn(TenantModel):
    """A card that came back, and the partner's word that it was not spent. Never changed."""

    id = TenantKey(append_only=True)
    card = TenantForeignKey(PartnerCard)
    sale_id = models.UUIDField()
    proof = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)


class Advert(TenantModel):
    """A slot of a door that a company bought, what is shown there, and how far it was charged."""

    id = TenantKey()
    company_id = models.UUIDField()
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    channel = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=500)
    language = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField()
    basis = models.CharField(max_length=10)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cap_minor = models.BigIntegerField(null=True)
    ended_on = models.DateField(null=True)
    charged_minor = models.BigIntegerField(default=0)
    charged_through = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="merchants_advert_code")]


class AdvertDay(TenantModel):
    """A business day of an advert: how often it was seen, and what was charged."""

    pk = models.CompositePrimaryKey("brand_id", "advert_id", "day")
    advert = TenantForeignKey(Advert)
    day = models.DateField()
    views = models.BigIntegerField(default=0)
    charged_minor = models.BigIntegerField(default=0)


class AdvertSeen(TenantModel):
    """That somebody saw an advert within an hour, by a hash that differs every day; thrown away after two days."""

    pk = models.CompositePrimaryKey("brand_id", "advert_id", "hour", "visitor")
    advert = TenantForeignKey(Advert)
    hour = models.DateTimeField()
    visitor = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "hour"], name="merchants_advertseen_old")]
