"""Orders for the tests: one plain example, and a Hypothesis strategy of what every format can carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context
from datong.kernel.geo import Point
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

CHANNEL = UUID(int=7)
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def context(**fields: Any) -> Context:
    defaults: dict[str, Any] = {
        "channel_id": CHANNEL,
        "channel_code": "c",
        "currency": "CNY",
        "country": "CN",
        "timezone": "Asia/Shanghai",
        "secrets": {
            "secret": "s3cret",
            "token": "tok",
            "aes_key": AES_KEY,
            "appid": "wx1",
            "appsecret": "as",
            "app_key": "k",
        },
    }
    return Context(**(defaults | fields))


def example(**fields: Any) -> OrderIntent:
    """Two milk teas and a cake, paid on a platform, delivered in Hangzhou."""
    lines = (IntentLine(1, "TEA-1", 2, 1800, 0, "奶茶"), IntentLine(2, "CAKE", 1, 2500, 0, "蛋糕"))
    plain = OrderIntent(
        channel_id=CHANNEL,
        external_id="8001",
        placed_at=datetime(2026, 11, 22, 4, 30, tzinfo=UTC),
        currency="CNY",
        lines=lines,
        fulfilment=FulfilmentKind.DELIVERY,
        payment=PaymentMethod.PLATFORM,
        paid=True,
        store_code="S01",
        destination=Destination(AddressText("文三路 100 号", country="CN"), Point(120.1221, 30.2741)),
        contact=Contact("张(女士)", "+8613212345749;ext=1234", "", True),
        identities=(Identity(IdentityKind.BUYER, "c:u99", True),),
        amounts=Amounts(
            goods=6100,
            paid=5700,
            platform_subsidy=300,
            merchant_subsidy=700,
            delivery=500,
            packaging=100,
            commission=900,
        ),
        note="少冰",
    )
    return replace(plain, **fields)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="*＊●•×%+@#;"),
    min_size=1,
    max_size=20,
)
words = words.map(str.strip).filter(bool)
skus = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
phones = st.integers(13000000000, 13999999999).map(lambda n: f"+86{n}")
relays = st.builds(lambda p, e: f"{p};ext={e}", phones, st.integers(1000, 9999))
moments = st.integers(1_577_836_800, 1_893_456_000).map(lambda s: datetime.fromtimestamp(s, UTC))
places = st.builds(Point, st.floats(100, 121).map(lambda x: round(x, 5)), st.floats(22, 40).map(lambda x: round(x, 5)))


@st.composite
def lines(draw: Any, *, discounts: bool = True) -> tuple[IntentLine, ...]:
    found = []
    for no in range(1, draw(st.integers(1, 5)) + 1):
        units, price = draw(st.integers(1, 99)), draw(st.integers(0, 10**6))
        off = draw(st.integers(0, units * price)) if discounts else 0
        found.append(IntentLine(no, draw(skus), units, price, off, draw(words)))
    return tuple(found)


@st.composite
def intents(draw: Any, *, discounts: bool = True, relay: bool = False, packaging: bool = True) -> OrderIntent:
    """A paid, delivered order whose amounts add up."""
    made = draw(lines(discounts=discounts))
    goods = sum((x.unit_minor or 0) * x.units - x.discount_minor for x in made)
    platform = draw(st.integers(0, goods))
    merchant = draw(st.integers(0, goods - platform))
    boxes, delivery = draw(st.integers(0, 500)) if packaging else 0, draw(st.integers(0, 2000))
    paid = goods - platform - merchant + boxes + delivery
    amounts = Amounts(goods, paid, platform, merchant, boxes, delivery, draw(st.integers(0, paid + platform)))
    placed = draw(moments)
    return OrderIntent(
        channel_id=CHANNEL,
        external_id=str(draw(st.integers(1, 10**18))),
        placed_at=placed,
        currency="CNY",
        lines=made,
        fulfilment=FulfilmentKind.DELIVERY,
        payment=PaymentMethod.PLATFORM,
        paid=True,
        store_code=draw(skus),
        destination=Destination(AddressText(draw(words), country="CN"), draw(places)),
        contact=Contact(draw(words), draw(relays if relay else phones), "", relay),
        identities=(Identity(IdentityKind.BUYER, f"c:{draw(st.integers(1, 10**9))}", True),),
        amounts=amounts,
        promised_at=draw(st.none() | st.just(placed + timedelta(minutes=40))),
        note=draw(st.just("") | words),
    )
