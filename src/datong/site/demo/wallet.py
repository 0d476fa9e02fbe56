"""What the pages of cards and stored value show after the day: members with cards and money on them, gift cards.

It is written when the day is over and summed up, so that it changes nothing of what the day proves.
"""

from __future__ import annotations

from datetime import timedelta

from datong.customers import api as customers
from datong.kernel import clock
from datong.site.demo.load import BY, Loaded
from datong.wallet import api as wallet
from datong.wallet.types.paying import PayAsk
from datong.wallet.types.stored import Opening, PurseKind

MEMBERS, GIFTS, HELD = 12, 5, 2
STEPS = ((10_000, 1_000), (30_000, 4_000))


def fill_wallet_pages(loaded: Loaded) -> None:
    """Cards and purses for the newest customers, a batch of gift cards; a few dozen rows."""
    brand, currency = loaded.brand.id, loaded.brand.currency
    if wallet.gift_purses(brand, limit=1):
        return
    wallet.put_stored_policy(currency, {"bonus": STEPS, "offline_limit_minor": 20_000}, brand=brand, by=BY)
    for number, hit in enumerate(customers.latest_customers(brand, limit=MEMBERS)):
        customers.issue_card(hit.id, brand=brand, by=BY, key=f"demo {hit.id}")
        purse = wallet.open_purse(
            Opening(PurseKind.PREPAID, currency, hit.id), brand=brand, by=BY, key=f"demo {hit.id}"
        )
        method = ("wechat", "cash", "card")[number % 3]
        wallet.top_up(purse.id, 5_000 * (1 + number % 8), brand=brand, by=BY, key=f"demo {hit.id}", method=method)
    ends = clock.now() + timedelta(days=366 * 6)
    gifts = wallet.issue_gifts(
        GIFTS, 10_000, Opening(PurseKind.GIFT, currency, None, ends, batch="Opening"), brand=brand, by=BY, key="demo"
    )
    for number, gift in enumerate(gifts[:HELD]):  # two tills have asked for a payment that no order has taken yet
        asked = PayAsk(1_500 * (number + 1), currency, f"demo hold {number}", gifts=(gift.code,))
        wallet.authorise(asked, brand=brand, by=BY, asker=f"till {number + 1}")
