"""The headings that are understood: our own short names first, then those of common exports, English and Chinese.

Shopify's order, inventory and customer exports, WooCommerce's order exports and Odoo's list exports can be given as
they are (help.shopify.com: "exporting orders", "inventory CSV", "customer CSV"; Odoo writes the label, of a line
with its path, `Order Lines/Quantity`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from datong.kernel.errors import BadInput, Problem
from datong.shadow.types import FeedKind

Columns = Mapping[str, tuple[str, ...]]

_SKU = ("sku", "lineitem sku", "variant sku", "item sku", "product sku", "article", "internal reference",
        "order lines/product/internal reference", "product/internal reference", "default code", "商品编码",
        "货号")  # fmt: skip
_GTIN = ("gtin", "barcode", "variant barcode", "ean", "upc", "lineitem barcode", "条码", "国际条码")
_TITLE = ("title", "lineitem name", "product name", "item name", "product", "order lines/product", "商品名称", "品名")
_STORE = ("store", "store code", "location", "warehouse", "shop", "branch", "门店", "门店编码", "仓库")
_PHONE = ("phone", "mobile", "telephone", "billing phone", "default address phone", "手机", "手机号", "电话")
_EMAIL = ("email", "e-mail", "billing email", "邮箱")

COLUMNS: Mapping[FeedKind, Columns] = {
    FeedKind.ORDERS: {
        "order": ("order", "order id", "order number", "order reference", "name", "number", "id", "receipt", "订单号",
                  "单号"),
        "ref": ("ref", "reference", "source ref", "external id", "customer reference", "source document", "origin",
                "来源单号", "外部单号"),
        "source": ("source", "channel", "sales channel", "source system", "渠道", "来源"),
        "placed": ("placed", "placed at", "created at", "order date", "date created", "date", "creation date",
                   "closed at", "下单时间", "日期"),
        "currency": ("currency", "order currency", "币种"),
        "store": _STORE,
        "sku": _SKU,
        "gtin": _GTIN,
        "title": _TITLE,
        "units": ("units", "quantity", "lineitem quantity", "qty", "item quantity", "order lines/quantity", "数量"),
        "price": ("price", "unit price", "lineitem price", "item cost", "order lines/unit price", "单价"),
        "discount": ("discount", "line discount", "lineitem discount", "优惠"),
        "status": ("status", "order status", "state", "financial status", "状态"),
        "cancelled": ("cancelled", "cancelled at", "canceled at", "取消时间"),
        "fulfilment": ("fulfilment", "fulfillment", "how", "配送方式"),
        "phone": (*_PHONE, "shipping phone"),
        "email": _EMAIL,
        "city": ("city", "shipping city", "城市"),
        "region": ("region", "state code", "shipping province", "shipping state", "province", "省"),
        "postcode": ("postcode", "zip", "shipping zip", "shipping postcode", "邮编"),
        "country": ("country", "shipping country", "国家"),
        "lon": ("lon", "longitude", "lng", "经度"),
        "lat": ("lat", "latitude", "纬度"),
        "promised": ("promised", "promised at", "deliver by", "delivery date", "期望送达时间"),
    },
    FeedKind.STOCK: {
        "sku": _SKU,
        "store": _STORE,
        "units": ("units", "available", "on hand", "available quantity", "quantity", "qty", "stock",
                  "inventoried quantity", "quantity on hand", "库存", "可售"),
        "at": ("at", "as of", "updated at", "time", "date", "时间"),
        "gtin": _GTIN,
        "title": _TITLE,
    },
    FeedKind.PRICES: {
        "sku": _SKU,
        "price": ("price", "variant price", "regular price", "sales price", "unit price", "售价", "价格"),
        "currency": ("currency", "币种"),
        "since": ("since", "from", "valid from", "start date", "生效时间"),
        "store": _STORE,
        "gtin": _GTIN,
        "title": _TITLE,
    },
    FeedKind.MEMBERS: {
        "member": ("member", "customer id", "id", "member id", "card", "card number", "reference", "会员号", "卡号"),
        "name": ("name", "full name", "display name", "姓名"),
        "first": ("first name", "billing first name"),
        "last": ("last name", "billing last name"),
        "phone": _PHONE,
        "email": _EMAIL,
        "phone_verified": ("phone verified", "手机已验证"),
        "email_verified": ("email verified", "verified email", "邮箱已验证"),
        "link": ("link", "master id", "global id", "统一会员号"),
    },
    FeedKind.ITEMS: {
        "system": ("system", "系统"),
        "sku": _SKU,
        "item": ("item", "our sku", "master sku", "统一编码"),
    },
}  # fmt: skip

NEEDED: Mapping[FeedKind, tuple[str, ...]] = {
    FeedKind.ORDERS: ("order", "placed", "sku", "units"),
    FeedKind.STOCK: ("sku", "store", "units"),
    FeedKind.PRICES: ("sku", "price"),
    FeedKind.MEMBERS: ("member",),
    FeedKind.ITEMS: ("system", "sku", "item"),
}


def places_of(kind: FeedKind, heads: Collection[str]) -> dict[str, str]:
    """Our name -> the file's heading. Raises BadInput that names each missing column, and what came near it."""
    found: dict[str, str] = {}
    for name, words in COLUMNS[kind].items():
        match = next((word for word in words if word in heads and word not in found.values()), None)
        if match:
            found[name] = match
    if kind is FeedKind.MEMBERS and found.get("member") == "id" and "customer id" in heads:
        found["member"] = "customer id"
    missing = [name for name in NEEDED[kind] if name not in found]
    if missing:
        raise BadInput(
            f"the file of {kind.value} has no column for {', '.join(missing)}",
            *(Problem(f"column {name}", "missing_column", _fix(kind, name, heads)) for name in missing),
        )
    return found


def _fix(kind: FeedKind, name: str, heads: Collection[str]) -> str:
    words = COLUMNS[kind][name]
    near = next((m for word in words for m in get_close_matches(word, heads, 1, 0.75)), None)
    hint = f"perhaps {near!r}? " if near else ""
    return f"{hint}a heading such as {', '.join(words[:4])}"
