"""What the pages of red packets, mixed refunds, imports and the end of the day show after the day: one of each."""

from __future__ import annotations

from contextlib import suppress

from datong.brand.types import ChannelKind
from datong.customers import api as customers
from datong.fulfilment.types import FulfilmentKind
from datong.imports import api as imports
from datong.kernel import clock
from datong.kernel.errors import DatongError
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.orders import api as orders
from datong.orders.types import Accepted, Contact, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.demo.load import BY, Loaded
from datong.site.demo.types import World
from datong.wallet import api as wallet
from datong.wallet.types.packets import Giving
from datong.wallet.types.paying import PayAsk, TakeKind, Tender
from datong.wallet.types.stored import Opening, PurseKind

LATE_HOUR = 2
SHARES, TAKEN = 6, 3


def fill_money_pages(world: World, loaded: Loaded, key: str) -> None:
    """A few dozen rows; what the day sold out of may leave the order out."""
    zh = loaded.brand.locale.startswith("zh")
    if wallet.packets(loaded.brand.id, limit=1)[0]:
        return
    if key == "tea":
        first = ledger.first_day_of(loaded.brand.id)
        ledger.put_day_end(loaded.brand.id, LATE_HOUR, first, by=BY, reason="有门店营业到凌晨")
    _import(loaded, zh=zh)
    _packet(loaded, zh=zh)
    with suppress(DatongError):
        _mixed_refund(world, loaded, zh=zh)


def _import(loaded: Loaded, *, zh: bool) -> None:
    brand = loaded.brand.id
    name = "会员样例.csv" if zh else "customers-sample.csv"
    run = imports.receive(brand, "customers", name, imports.sample("zh-hans" if zh else "en"), by=BY)
    for ask in (imports.ask_check, imports.ask_start):
        ask(brand, run.id)
        for _ in imports.work(brand, run.id):
            pass


def _packet(loaded: Loaded, *, zh: bool) -> None:
    """The brand gives a packet; half of its shares are taken. A small one is taken whole."""
    brand = loaded.brand.id
    people = customers.latest_customers(brand, limit=TAKEN)
    for shares, total, note in ((SHARES, 6_000, "恭喜发财" if zh else "Happy opening"), (TAKEN, 900, "")):
        giving = Giving(shares, total_minor=total, currency=loaded.brand.currency, note=note)
        packet = wallet.give_packet(giving, brand=brand, by=BY, key=f"demo packet {shares}")
        code = wallet.packet_code(brand, packet.id)
        for hit in people:
            wallet.claim_packet(code, hit.id, brand=brand, asker=BY, by=BY)


def _mixed_refund(world: World, loaded: Loaded, *, zh: bool) -> None:
    """An order paid with a voucher, a gift card and cash, of which a part was given back."""
    brand, currency = loaded.brand.id, loaded.brand.currency
    till = next(channel for channel in world.channels if channel.kind is ChannelKind.STORE)
    row = max(world.stock, key=lambda each: each.on_hand)
    intent = OrderIntent(
        channel_id=loaded.channels[till.code],
        external_id=f"mixed-{uuid7()}",
        placed_at=clock.now(),
        currency=currency,
        lines=(IntentLine(1, row.sku, 3),),
        fulfilment=FulfilmentKind.PICKUP,
        payment=PaymentMethod.STORED_VALUE,
        paid=False,
        store_code=row.shop,
        contact=Contact("林小雨" if zh else "Ann Lindqvist"),
    )
    [made] = orders.place([intent], brand=brand, actor=BY)
    if not isinstance(made, Accepted):
        return
    opening = Opening(PurseKind.GIFT, currency, batch="Mixed")
    [gift] = wallet.issue_gifts(1, 10_000, opening, brand=brand, by=BY, key="demo mixed")
    voucher = wallet.issue_voucher("welcome", brand=brand, by=BY, id=uuid7())
    cash = Tender(TakeKind.CASH, made.total_minor // 4)
    asked = PayAsk(
        made.total_minor, currency, "demo mixed", gifts=(gift.code,), vouchers=(voucher.code,), tenders=(cash,)
    )
    paid = wallet.authorise(asked, brand=brand, by=BY, asker=BY)
    orders.pay_from_wallet(made.order_id, paid.id, brand=brand, who=BY)
    why = "少放了一份加料" if zh else "One was missing"
    orders.give_back(
        made.order_id, amount_minor=made.total_minor // 2, brand=brand, reason=why, key="demo mixed", who=BY
    )
