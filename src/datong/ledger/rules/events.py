"""What each business event debits and credits when a brand says nothing else, and the sets a business begins with."""

from __future__ import annotations

from datong.ledger.types import Template

ACCOUNTS = {
    "received.platform": "asset:platform:{channel}",
    "received.prepaid": "asset:provider:{channel}",
    "received.counter": "asset:till:{channel}",
    "received.terminal": "asset:provider:terminal",
    "receivable": "asset:receivable",
    "refunds": "liability:refunds",
    "bank": "asset:bank",
    "wallet.cash": "asset:wallet:cash",
    "wallet.provider": "asset:wallet:{method}",
    "wallet.partner": "asset:receivable:partner:{partner}",
}
"""Accounts that several events speak of: where money arrives, what is still to be paid, what is owed back."""
PRINCIPAL, BONUS = "liability:purse:{purse}:principal", "liability:purse:{purse}:bonus"
PART = "liability:purse:{purse}:{part}"
WALLET = "clearing:wallet"
POINTS, VOUCHERS, WAITING = "liability:points", "liability:vouchers", "liability:vouchers:groups"
ISSUER, COUPON = "asset:issuer:{platform}", "liability:vouchers:{platform}"
SHORT = "asset:shortfall:wallet"
PACKETS = "liability:vouchers:packets"
CARDS, CARD_STOCK, CARD_HOLDERS = "clearing:cards", "asset:stock:cards", "liability:voucher:partner_cards"
EVENTS: dict[str, tuple[str, str]] = {
    "sale.payment": ("{received}", "clearing:order"),
    "sale.open": ("{receivable}", "clearing:order"),
    "sale.subsidy": ("expense:subsidy", "clearing:order"),
    "sale.goods": ("clearing:order", "income:sales"),
    "sale.goods.owed": ("clearing:order", "liability:sales"),
    "sale.packaging": ("clearing:order", "income:packaging"),
    "sale.packaging.owed": ("clearing:order", "liability:packaging"),
    "sale.delivery": ("clearing:order", "income:delivery"),
    "sale.delivery.owed": ("clearing:order", "liability:delivery"),
    "sale.tax": ("clearing:order", "liability:tax"),
    "sale.discount": ("", ""),
    "sale.commission": ("expense:commission", "{received}"),
    "sale.difference": ("clearing:order", "asset:difference"),
    "refund.goods": ("income:refunds", "{refunds}"),
    "refund.tax": ("liability:tax", "{refunds}"),
    "refund.paid": ("{refunds}", "{received}"),
    "cash.short": ("expense:cash", "{cash}"),
    "cash.over": ("{cash}", "income:cash"),
    "cash.deposit": ("{bank}", "{cash}"),
    "cash.paid_in": ("{cash}", "{bank}"),
    "cash.paid_out": ("expense:petty", "{cash}"),
    "provider.fee": ("expense:fee", "{received}"),
    "royalty.owed": ("expense:royalty", "{owed}"),
    "royalty.earned": ("{owing}", "income:royalty"),
    "commission.owed": ("expense:commission:merchant", "{owed}"),
    "commission.earned": ("{owing}", "income:commission:merchant"),
    "advert.owed": ("expense:advertising", "{owed}"),
    "advert.earned": ("{owing}", "income:advertising"),
    "partner.points.owed": ("expense:points:partner", "{owed}"),
    "partner.points.earned": ("{owing}", "income:fee:points"),
    "wallet.topup": ("{received}", PRINCIPAL),
    "wallet.bonus": ("expense:bonus", BONUS),
    "wallet.gift": ("{received}", PRINCIPAL),
    "wallet.gift.discount": ("expense:bonus", BONUS),
    "wallet.spend": (PART, WALLET),
    "wallet.tender": ("{received}", WALLET),
    "wallet.move": (PART, "liability:purse:{to}:{part}"),
    "wallet.payback": (PRINCIPAL, "{received}"),
    "wallet.bonus.back": (BONUS, "expense:bonus"),
    "wallet.lapsed": (PRINCIPAL, "income:breakage"),
    "wallet.bonus.lapsed": (BONUS, "income:breakage"),
    "wallet.short": (SHORT, WALLET),
    "wallet.short.collected": ("{received}", SHORT),
    "wallet.short.written": ("expense:shortfall", SHORT),
    "points.earned": ("expense:points", POINTS),
    "points.adjusted": ("expense:points", POINTS),
    "points.spent": (POINTS, "expense:points"),
    "points.lapsed": (POINTS, "expense:points"),
    "points.redeemed": (POINTS, WALLET),
    "points.paid": ("expense:points", WALLET),
    "voucher.sold": ("asset:{method}", VOUCHERS),
    "voucher.used": (VOUCHERS, "expense:vouchers"),
    "voucher.paid": ("expense:vouchers", WALLET),
    "voucher.alone": ("expense:vouchers", "income:vouchers"),
    "voucher.lapsed": (VOUCHERS, "income:breakage"),
    "group.paid": ("asset:{method}", WAITING),
    "group.complete": (WAITING, VOUCHERS),
    "coupon.verified": (ISSUER, COUPON),
    "coupon.given": ("expense:vouchers:{platform}", COUPON),
    "coupon.more": (ISSUER, "{sales}"),
    "coupon.alone": (COUPON, "{sales}"),
    "coupon.paid": (COUPON, WALLET),
    "coupon.lapsed": (COUPON, "income:breakage"),
    "packet.given": (PRINCIPAL, PACKETS),
    "packet.budget": ("expense:bonus:packets", PACKETS),
    "packet.taken": (PACKETS, PART),
    "cards.bought": (CARD_STOCK, "{owed}"),
    "cards.sold": (CARDS, "{owed}"),
    "cards.holders": ("{owing}", CARD_HOLDERS),
    "cards.price": ("{received}", CARDS),
    "cards.sale": (CARDS, "income:sales:cards"),
    "cards.cost": ("expense:cost:cards", CARD_STOCK),
    "cards.commission": (CARDS, "income:commission:cards"),
    "cards.lost": ("expense:waste:cards", CARD_STOCK),
}
"""Event -> (debit, credit). A sale's `.owed` is what is not handed over yet; it becomes the account beside it when the
order is complete. A discount is split from the sale only where a rule says so: the sale is booked without it. What goes
back of an event of the wallet goes the other way by the rule of its own day."""
OPTIONAL = {"sale.discount": ("income:discounts", "income:sales")}
"""Events that may be left unposted, with what they are usually posted as."""
MORE_PLACES = {
    "sale.tax": {"jurisdiction"},
    "refund.tax": {"jurisdiction"},
    **dict.fromkeys(("points.earned", "points.adjusted", "points.spent", "points.lapsed"), {"programme"}),
    **dict.fromkeys(("voucher.sold", "voucher.used", "voucher.alone", "voucher.lapsed"), {"offer"}),
}
"""Places a side may name beside those it has: the jurisdiction a tax is owed to, a programme, an offer."""
STOCKS = ("liability:purse:", "liability:points", "liability:vouchers", "liability:voucher:", "asset:issuer:",
          "asset:shortfall:", "asset:stock:cards")  # fmt: skip
"""How the accounts begin of which every piece leaves from where it was put: purses with their floors, what points and
vouchers are owed at, coupons, open shortfalls, partners' cards. `verify` adds them up against the
pieces: no rule moves them."""

_LOWERS_SALES = {
    "points.earned": ("income:points", POINTS),
    "points.adjusted": ("income:points", POINTS),
    "points.spent": (POINTS, "income:points"),
    "points.lapsed": (POINTS, "income:points"),
    "points.paid": ("income:points", WALLET),
    "wallet.bonus": ("income:bonus", BONUS),
    "packet.budget": ("income:bonus:packets", PACKETS),
    "wallet.gift.discount": ("income:bonus", BONUS),
    "wallet.bonus.back": (BONUS, "income:bonus"),
    "wallet.bonus.lapsed": (BONUS, "income:bonus"),
}
_IN_DRAWER = {"wallet.cash": ("asset:till:wallet", "")}
TEMPLATES: dict[Template, dict[str, tuple[str, str]]] = {
    Template.RETAIL: {**_LOWERS_SALES, **_IN_DRAWER, **OPTIONAL},
    Template.RESTAURANT: {**_LOWERS_SALES, **_IN_DRAWER},
    Template.SERVICE: {"wallet.cash": ("asset:cash:deposits", ""), "wallet.bonus.lapsed": (BONUS, "expense:bonus")},
}
"""What a kind of business posts otherwise. A shop and a restaurant sell points and bonuses with their goods: they lower
sales, and what is topped up in cash lies in the drawer that the day close counts; a shop shows its discounts apart. A
service network gives them away to win deposits: an expense, taken back when a bonus lapses."""
