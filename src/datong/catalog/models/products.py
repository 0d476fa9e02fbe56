"""Tables of products. What a product says is one typed document; what is filtered by stands beside it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from datong.catalog.models.items import Item
from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Template(TenantModel):
    """A brand's own template; the built-in ones are data of the program."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=60)
    body = models.JSONField()


class Product(TenantModel):
    """A product as it stands; `body` is types.Product, `words` what search looks in."""

    id = TenantKey()
    code = models.CharField(max_length=60)
    template = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12)
    category = models.CharField(max_length=200)
    owner = models.CharField(max_length=80)
    version = models.IntegerField()
    tags = ArrayField(models.CharField(max_length=40), default=list)
    words = models.TextField()
    body = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="catalog_product_code")]


class ProductChange(TenantModel):
    """What a version of a product changed: who, when, why; never changed."""

    id = TenantKey(append_only=True)
    product = TenantForeignKey(Product)
    version = models.IntegerField()
    what = models.CharField(max_length=20)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    diff = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "product_id", "id"], name="catalog_change_of")]


class ItemPart(TenantModel):
    """Units of another item that one unit uses up: always ('' in `choice`) or when that choice is taken."""

    pk = models.CompositePrimaryKey("brand_id", "item_id", "choice", "part_id")
    item = TenantForeignKey(Item)
    choice = models.CharField(max_length=60)
    part_id = KeyPart()
    units = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "part_id"], name="catalog_part_of")]


class Picture(TenantModel):
    """A picture of a product, as it is served; `digest` names its bytes. One that was removed can be had back."""

    id = TenantKey()
    product = TenantForeignKey(Product)
    position = models.SmallIntegerField()
    media_type = models.CharField(max_length=20)
    width = models.IntegerField()
    height = models.IntegerField()
    alt = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "product_id", "digest"], name="catalog_picture_once"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "digest"], name="catalog_picture_digest"),
            models.Index(
                fields=["brand_id", "removed_at"], condition=Q(removed_at__isnull=False), name="catalog_picture_gone"
            ),
        ]


class PictureBytes(TenantModel):
    """The bytes, apart from what is listed; `small` is for lists."""

    pk = models.CompositePrimaryKey("brand_id", "picture_id")
    picture = TenantForeignKey(Picture)
    body = models.BinaryField()
    small = models.BinaryField(default=b"")


class Category(TenantModel):
    """A node of the category tree; an item's `category` is its code."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=200)
    title = models.CharField(max_length=120)
    titles = models.JSONField(default=dict)
    parent = models.CharField(max_length=200)
    run = models.CharField(max_length=10)
    position = models.IntegerField()


class Assortment(TenantModel):
    """Whether a place (store or channel) sells everything, a category or a product; the narrowest counts."""

    pk = models.CompositePrimaryKey("brand_id", "place", "place_id", "about", "key")
    place = models.CharField(max_length=8)
    place_id = KeyPart()
    about = models.CharField(max_length=8)
    key = models.CharField(max_length=200)
    listed = models.BooleanField()
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()


class ChoiceOff(TenantModel):
    """A choice that is off sale at a store, or (`place_id` all zeros) everywhere."""

    pk = models.CompositePrimaryKey("brand_id", "choice", "place_id")
    choice = models.CharField(max_length=60)
    place_id = KeyPart()
    until = models.DateTimeField(null=True)
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
