"""Reads of orders."""

from datong.orders.queries.baskets import (
    basket_by_token,
    baskets_of,
    get_basket,
    ordered_basket,
    price_basket,
)
from datong.orders.queries.board import BoardFilter, BoardPage, BoardRow, Summary, board, shares, summary
from datong.orders.queries.bought import Bought, bought, latest_bought
from datong.orders.queries.buying import (
    Buying,
    bought_categories,
    buying,
    category_reach,
)
from datong.orders.queries.chain import Passed, passed
from datong.orders.queries.deals import deals_of
from datong.orders.queries.demand import Waiting, Wanted, waiting_units, wanted
from datong.orders.queries.lists import sourcing_rules
from datong.orders.queries.named import orders_named
from datong.orders.queries.near import foresee, has_any, store_units, stores_near
from datong.orders.queries.notes import delivery_notes
from datong.orders.queries.origins import Origin, origins
from datong.orders.queries.page import DecisionView, EventView, FindingView, LineView, OrderView, order_page
from datong.orders.queries.promised import promise_of, within_an_hour
from datong.orders.queries.proof import ChannelFigures, Proof, Reconciled, channel_figures, proof, reconcile
from datong.orders.queries.sales import sales_of
from datong.orders.queries.short import questions_due, questions_of
from datong.orders.queries.sold import Sold, sold
from datong.orders.queries.sources import booked_between, booked_by_id
from datong.orders.queries.trial import Better, Trial, TrialOrder
from datong.orders.queries.used import items_ordered, stores_with_orders
from datong.orders.queries.work import Work, WorkLine, work_of

__all__ = [
    "promise_of",
    "within_an_hour",
    "questions_due",
    "questions_of",
    "Work",
    "WorkLine",
    "work_of",
    "ordered_basket",
    "basket_by_token",
    "baskets_of",
    "get_basket",
    "price_basket",
    "foresee",
    "has_any",
    "store_units",
    "stores_near",
    "deals_of",
    "delivery_notes",
    "orders_named",
    "Sold",
    "sold",
    "Better",
    "BoardFilter",
    "BoardPage",
    "BoardRow",
    "Bought",
    "Buying",
    "ChannelFigures",
    "DecisionView",
    "EventView",
    "FindingView",
    "LineView",
    "OrderView",
    "Origin",
    "Passed",
    "Proof",
    "Reconciled",
    "Summary",
    "Trial",
    "TrialOrder",
    "Waiting",
    "Wanted",
    "board",
    "booked_between",
    "booked_by_id",
    "bought",
    "bought_categories",
    "buying",
    "category_reach",
    "channel_figures",
    "items_ordered",
    "latest_bought",
    "order_page",
    "origins",
    "passed",
    "proof",
    "reconcile",
    "sales_of",
    "shares",
    "sourcing_rules",
    "stores_with_orders",
    "summary",
    "waiting_units",
    "wanted",
]
