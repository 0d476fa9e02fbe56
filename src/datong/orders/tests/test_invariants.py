"""Whatever is done to a shop, in whatever order, the invariants hold: recomputed from the raw rows after every step."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import audit, receive, release
from datong.inventory.types import StockRow
from datong.ledger.api import check
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import open_shop, phone
from datong.orders.types import Accepted, Amounts, Refused, Repeated
from datong.payments.types import PaymentMethod

LINES = st.lists(st.tuples(st.sampled_from(["TEA", "CUP", "FIX", "GONE"]), st.integers(1, 4)), min_size=1, max_size=3)
MONEY = st.integers(0, 5000)
SETTLED = st.builds(
    Amounts,
    MONEY,
    MONEY,
    platform_subsidy=MONEY,
    merchant_subsidy=MONEY,
    packaging=MONEY,
    delivery=MONEY,
    commission=MONEY,
)


@st.composite
def orders(draw, shop):
    """An order of any kind: own, platform's, till's, pickup; often under an id that was used before."""
    kind = draw(st.sampled_from(["own", "platform", "till", "pickup"]))
    external_id = f"E{draw(st.integers(1, 6))}"
    lines = draw(LINES)
    if kind == "till":
        return shop.till_sale(
            *lines, external_id=external_id, store_code=draw(st.sampled_from(["NEAR", "FAR", "NONE"]))
        )
    if kind == "platform":
        priced = [(sku, units, draw(MONEY)) for sku, units in lines]
        named = draw(st.sampled_from(["", "NEAR"]))
        return shop.sold_elsewhere(*priced, external_id=external_id, amounts=draw(SETTLED), store_code=named)
    plain = shop.intent(*lines, external_id=external_id, identities=(phone(f"+161255501{draw(st.integers(10, 12))}"),))
    if kind == "pickup":
        at = draw(st.sampled_from(["NEAR", "FAR"]))
        payment = PaymentMethod.PAY_AT_STORE
        return replace(plain, fulfilment=FulfilmentKind.PICKUP, store_code=at, payment=payment)
    return plain


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_invariants_hold_whatever_comes_through_the_doors(db, make_brand, data):
    shop = open_shop(make_brand(), units=6)
    first: dict[tuple, tuple] = {}
    for _ in range(data.draw(st.integers(1, 6))):
        step = data.draw(st.sampled_from(["place", "place", "place", "receive", "release", "lost", "retry"]))
        if step == "place":
            batch = data.draw(st.lists(orders(shop), min_size=1, max_size=4))
            known = set(first)
            for intent, outcome in zip(batch, shop.place(*batch), strict=True):
                remember(first, intent, outcome, known)
        elif step == "receive":
            receive(shop.brand.id, [StockRow(shop.near.id, shop.items["TEA"].id, 3)])
        elif step == "retry":
            api.retry_waiting(brand=shop.brand.id)
        elif first:
            order = data.draw(st.sampled_from([answer.order_id for _, answer in first.values()]))
            if step == "release" or api.order_page(shop.brand.id, order).state == "assigned":
                release([order], brand=shop.brand.id, how="clashed")
                api.resource([order], brand=shop.brand.id, actor="test", why="hold_lost")
        supply.forget(shop.brand.id)  # the test's transaction is open: its own events cannot be read yet
        assert audit(shop.brand.id).sound
        assert check(shop.brand.id) == []
        proven = api.proof(shop.brand.id)
        assert proven.sound and proven.orders == len(first), proven


def remember(first, intent, outcome, known):
    """Invariant 1: same channel and id, same answer; a different order is a conflict; a refusal claims nothing."""
    key = (intent.channel_id, intent.external_id)
    if key not in first:
        assert isinstance(outcome, Refused) or (isinstance(outcome, Accepted) and not outcome.repeat)
        if isinstance(outcome, Accepted):
            first[key] = intent, outcome
    elif replace(intent, placed_at=first[key][0].placed_at) == first[key][0] and isinstance(outcome, Accepted):
        assert outcome.order_id == first[key][1].order_id and outcome.repeat
    elif isinstance(outcome, Refused):
        assert key not in known  # a twin of the same batch that could not have been taken in any case
    else:
        assert isinstance(outcome, Repeated) and outcome.order_id == first[key][1].order_id
