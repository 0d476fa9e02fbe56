"""A member at the till: recognised by the card, paying from the balance with and without network, discounts by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from datong.access.api import assign, create_user, decide, staff_of
from datong.access.types import ApprovalState, Role, Staff
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.customers.types.cards import CardKey
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.tills import api
from datong.tills.tests.conftest import Counter
from datong.tills.types import FactState
from datong.wallet import api as wallet
from datong.wallet.types.paying import PayAsk, TakeKind, Tender
from datong.wallet.types.stored import Opening, PurseKind

pytestmark = pytest.mark.django_db
TEA, CUP = ("TEA", 1, 500), ("CUP", 1, 1200)


@pytest.fixture
def ann(counter: Counter) -> tuple[UUID, UUID, CardKey]:
    """Somebody with 10.00 on a purse and a card on the phone: the record, the purse, the phone's key."""
    brand, by = counter.shop.brand.id, {"by": "kim"}
    sign = Identity(IdentityKind.CARD, "sign-ann", verified=True)
    [who] = customers.identify([Sighting(counter.device.channel_id, (sign,), "Ann")], brand=brand)
    assert who
    purse = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", who.customer_id), brand=brand, **by)
    wallet.top_up(purse.id, 1_000, brand=brand, key="top", **by)
    card = customers.issue_card(who.customer_id, brand=brand, **by)
    return who.customer_id, purse.id, customers.add_card_key(card.id, brand=brand, label="phone")


def code(key: CardKey, at: datetime | None = None) -> str:
    """What the phone shows at a moment."""
    return customers.write_code(key.number, key.no, pyotp.TOTP(key.secret, digits=8).at(at or clock.now()))


def left(counter: Counter, purse: UUID) -> int:
    return wallet.get_purse(counter.shop.brand.id, purse).principal_minor


@pytest.mark.requirement("S-92")
def test_a_member_is_recognised_and_pays_a_part_in_cash_and_the_rest_from_the_balance(
    counter: Counter, ann: tuple[UUID, UUID, CardKey]
) -> None:
    who, purse, key = ann
    brand, basket = counter.shop.brand.id, uuid7()
    before = counter.nets()
    ask = PayAsk(1700, "USD", f"{basket}", code(key), tenders=(Tender(TakeKind.CASH, 900),))
    made = wallet.authorise(ask, brand=brand, by="kim", asker="till")
    paid = [{"kind": "cash", "amount_minor": 900}, {"kind": "wallet", "amount_minor": 800, "payment_id": str(made.id)}]
    [told] = counter.tell(counter.sold(TEA, CUP, tenders=paid, member=key.number))
    assert told.state is FactState.TAKEN
    page = orders.order_page(brand, told.number)
    assert (page.customer_id, page.payment, page.paid) == (who, "stored_value", True)
    assert left(counter, purse) == 200
    after = counter.nets()
    assert after["asset:till:till"] - before.get("asset:till:till", 0) == 900
    assert after["income:sales"] == -1700 and "clearing:wallet" not in after
    counter.sound()


@pytest.mark.requirement("S-92")
def test_what_was_paid_from_a_balance_without_network_is_taken_by_the_time_it_was_shown(
    counter: Counter, ann: tuple[UUID, UUID, CardKey]
) -> None:
    _who, purse, key = ann
    brand, now = counter.shop.brand.id, clock.now()
    wallet.put_stored_policy("USD", {"offline_limit_minor": 5_000}, brand=brand, by="kim")
    then, off = now - timedelta(hours=2), timedelta(hours=6)
    paid = [{"kind": "wallet", "amount_minor": 1200, "code": code(key, then)}]
    sale = counter.sold(CUP, tenders=paid, fields={"at": then + off})
    for _ in range(2):
        [told] = counter.tell(sale, sent_at=now + off)
        assert told.state is FactState.TAKEN
    assert left(counter, purse) == 0
    [short] = wallet.open_shortfalls(brand)
    assert (short.amount_minor, short.order_id) == (200, told.order_id)
    counter.sound()


def test_a_code_nobody_knows_is_a_shortfall_and_somebody_looks_at_it(counter: Counter) -> None:
    paid = [{"kind": "wallet", "amount_minor": 500, "code": "DT1:99999999:1:12345678"}]
    [told] = counter.tell(counter.sold(TEA, tenders=paid))
    assert told.state is FactState.REFUSED and told.order_id is not None
    [short] = wallet.open_shortfalls(counter.shop.brand.id)
    assert short.amount_minor == 500
    counter.sound()


def staff(counter: Counter, role: Role) -> Staff:
    brand = counter.shop.brand
    user = create_user(f"{role.value}@{brand.slug}", name=role.value)
    assign(brand.id, user, role, by="test", store_ids=[counter.shop.near.id])
    found = staff_of(user, brand.id)
    assert found
    return found


def test_a_discount_beyond_the_own_limit_needs_somebody_elses_word(counter: Counter) -> None:
    brand, store = counter.shop.brand.id, counter.shop.near.id
    kim, mia = staff(counter, Role.CASHIER), staff(counter, Role.MANAGER)

    def sold(off: int, approved: str = "") -> FactState:
        line = {"sku": "CUP", "title": "Cup", "units": 10, "unit_minor": 1200, "discount_minor": off}
        paid = [{"kind": "cash", "amount_minor": 12_000 - off}]
        said = {"lines": [line], "total_minor": 12_000 - off, "by_hand_minor": off, "approved": approved}
        sale = counter.sold(tenders=paid, fields={"by": kim.username}, **said)
        return counter.tell(sale)[0].state

    assert sold(5_000) is FactState.TAKEN
    assert sold(5_001) is FactState.REFUSED, "sold all the same, and somebody looks at it"
    asked = api.ask_discount(brand, store, "b1", 6_000, by=kim)
    assert asked.state is ApprovalState.PENDING
    assert sold(6_000, str(asked.id)) is FactState.REFUSED
    decide(asked.id, brand=brand, by=mia, approve=True)
    assert sold(6_000, str(asked.id)) is FactState.TAKEN
    assert sold(6_001, str(asked.id)) is FactState.REFUSED
    assert len(api.facts_open(brand)) == 3
    assert len(orders.board(brand, orders.BoardFilter(limit=10)).rows) == 5
