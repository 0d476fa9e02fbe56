"""What the pages of partners show after the day: a contract, orders settled once, lines that are still open."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.customers import api as customers
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types import Commission, Period, Terms
from datong.merchants.types.adverts import Advert, AdvertBasis, View
from datong.merchants.types.cards import CardBatch, CardDeal
from datong.orders import api as orders
from datong.site.demo.load import BY, Loaded
from datong.wallet import api as wallet

ORDERS, MEMBERS = 40, 6


def fill_partner_pages(loaded: Loaded) -> None:
    """A contract, what the newest orders at its stores come to, one settlement, and points taken since."""
    brand, currency = loaded.brand.id, loaded.brand.currency
    companies = brands.tree(brand).companies
    if not companies or merchants.contracts(brand):
        return
    company, today = companies[0], merchants.today(brand)
    terms = Terms(
        currency,
        earn_minor=90,
        burn_minor=80,
        commission=(Commission("", 800, 100),),
        fixed_minor=20,
        period=Period.WEEK,
        bank="招商银行 6225 8801 0042" if loaded.brand.locale.startswith("zh") else "First Lakes 0420 7781",
    )
    merchants.put_contract(company.id, today - timedelta(days=60), terms, brand=brand, by=BY)
    wanted = orders.BoardFilter(stores=company.stores, limit=ORDERS)
    merchants.enter_deals(orders.deals_of(brand, [row.id for row in orders.board(brand, wanted).rows]), brand=brand)
    _settle(loaded)
    store = company.stores[0]
    for hit in customers.latest_customers(brand, limit=MEMBERS):
        for purse in wallet.purses_of(brand, hit.id)[:1]:
            top_up = wallet.top_up(purse.id, 10_000, brand=brand, by=BY, key=f"demo partner {hit.id}", store_id=store)
            merchants.enter_top_ups([top_up.id], brand=brand)
        (has, *_) = wallet.points_of(brand, hit.id) or (None,)
        if has is not None and has.spendable >= 10:
            act = wallet.burn_points(
                hit.id, has.spendable // 2, key=f"demo partner {hit.id}", brand=brand, by=BY, store_id=store
            )
            merchants.enter_points([act.id], brand=brand)
    _cards(loaded, company.id)
    _adverts(loaded, company.id)
    open_lines = [line for line in merchants.lines(brand, company_id=company.id) if line.entry.run_id is None]
    if open_lines:
        why = "不是我店的顾客" if loaded.brand.locale.startswith("zh") else "not at our store that day"
        merchants.contest(open_lines[0].entry.id, brand=brand, by="franchisee", reason=why)


def _cards(loaded: Loaded, company: UUID) -> None:
    """Two deliveries of the partner's cards, one bought out and one for commission, some of them sold."""
    brand, zh = loaded.brand.id, loaded.brand.locale.startswith("zh")
    named = {CardDeal.BUYOUT: "景区畅玩卡 200" if zh else "Lakeside card 20", CardDeal.COMMISSION: "书店礼品卡 100"
             if zh else "Bookshop card 10"}  # fmt: skip
    for n, (deal, name) in enumerate(named.items()):
        face = (20_000, 10_000)[n] if zh else (2_000, 1_000)[n]
        batch = CardBatch(uuid7(), company, name, deal, loaded.brand.currency, face, face * 92 // 100, face * 88 // 100,
                          "Z2010133000019")  # fmt: skip
        merchants.take_in_cards(batch, [f"DEMO-{n}-{each:05}" for each in range(30)], brand=brand, by=BY)
        merchants.sell_cards(batch.id, 7 + n, brand=brand, by=BY, key=f"demo cards {n}", method="wechat")
    first = merchants.partner_cards(brand, batch.id, limit=1)[0]
    why = "买多了" if zh else "bought too many"
    merchants.refund_card(first.id, brand=brand, by=BY, proof="R-0001", reason=why)


def _adverts(loaded: Loaded, company: UUID) -> None:
    """Two places on the brand's doors, sold to the partner and seen today."""
    brand, zh = loaded.brand.id, loaded.brand.locale.startswith("zh")
    day = merchants.today(brand)
    said = (("湖畔景区门票", "湖畔景区周末半价"), ("书店周年庆", "书店满百减三十")) if zh else (
        ("Lakeside tickets", "Half price on weekends"), ("Bookshop birthday", "A third off all novels"))  # fmt: skip
    for n, (title, text) in enumerate(said):
        basis = (AdvertBasis.VIEWS, AdvertBasis.DAY)[n]
        advert = Advert(uuid7(), company, f"demo-{n}", title, ("web", "app")[n], "home-top", text,
                        "https://partner.example", "zh-Hans" if zh else "en", day, day + timedelta(days=29), basis,
                        (3_990, 8_800)[n], loaded.brand.currency, 50_000)  # fmt: skip
        merchants.put_advert(advert, brand=brand, by=BY)
        views = [View(advert.code, clock.now(), f"demo {each}") for each in range(460 + 90 * n)]
        merchants.count_views(views, brand=brand, key=f"demo adverts {n}")


def _settle(loaded: Loaded) -> None:
    """Finance proposes, the owner agrees; nothing is settled where no order went to a partner."""
    brand, staff = loaded.brand.id, access.list_staff(loaded.brand.id)
    makes = next((each for each in staff if each.role is Role.FINANCE), None)
    owner = next((each for each in staff if each.role is Role.OWNER), None)
    if makes and owner and merchants.open_sums(brand):
        _run, asked = merchants.propose_run(merchants.today(brand), loaded.brand.currency, brand=brand, by=makes)
        access.decide(asked.id, brand=brand, by=owner, approve=True)
