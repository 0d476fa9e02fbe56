"""What the service desk shows after the day: a channel for callers, cases in every state, a return on its way."""

from __future__ import annotations

from contextlib import suppress

from datong.brand.api import list_channels, register_channel
from datong.brand.types import Channel, ChannelKind
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.orders.types.returns import ReturnWay
from datong.service import api as service
from datong.service.types import CaseFilter, CaseState, CaseStepKind, NewCase, Outcome, Team
from datong.site.demo.load import BY, Loaded

CASES = (
    ("late", "Where is my order?", "订单什么时候到？"),
    ("missing_item", "One thing is missing", "少了一件"),
    ("quality", "It came broken", "收到时破损"),
    ("question", "Is this in stock near me?", "附近门店有货吗？"),
    ("wrong_item", "This is not what I ordered", "发错商品了"),
    ("change", "Please bring it to the office", "请改送到公司"),
)
SORRY = ("We are sorry; it is on its way.", "抱歉，马上为您处理。")


def fill_service_pages(loaded: Loaded) -> None:
    """Nine cases of the latest orders, three of them done; two returns."""
    brand, chinese = loaded.brand.id, loaded.brand.locale.startswith("zh")
    if service.list_cases(brand, CaseFilter(live=False), limit=1).cases:
        return
    if not any(c.kind is ChannelKind.SERVICE_CENTRE for c in list_channels(brand)):
        name = "客服中心" if chinese else "Call center"
        register_channel(brand, Channel(uuid7(), "desk", name, ChannelKind.SERVICE_CENTRE, role="serves callers"))
    service.put_team(Team("regulars", "会员服务" if chinese else "Members", ("member",), ("mia",)), brand=brand, by=BY)
    service.put_team(Team("all", "综合服务" if chinese else "Everybody"), brand=brand, by=BY)
    for n, row in enumerate(orders.board(brand, BoardFilter(limit=9)).rows):
        reason, english, chinese_said = CASES[n % len(CASES)]
        said = chinese_said if chinese else english
        new = NewCase(reason, said, row.channel_id, text=said, said=True, customer_id=row.customer_id,
                      order_ids=(row.id,), store_id=row.store_id)  # fmt: skip
        case = service.open_case(new, brand=brand, by=BY, key=f"demo {n}").case
        if n % 3:
            service.add_step(case.id, CaseStepKind.ANSWER, SORRY[chinese], brand=brand, by=BY)
        if n % 3 == 2:
            service.set_state(case.id, CaseState.DONE, brand=brand, by=BY, why=SORRY[chinese], outcome=Outcome.SOLVED)
    for n, row in enumerate(orders.board(brand, BoardFilter(state="completed", limit=2)).rows):
        why = ("尺寸不合适", "收到时破损")[n] if chinese else ("too small", "it came broken")[n]
        with suppress(Conflict, BadInput):
            line = orders.order_page(brand, row.id).lines[0].line_no
            orders.ask_return(row.id, units={line: 1}, reason=why, key=f"demo {n}", brand=brand, who="customer",
                              how=ReturnWay.PARCEL, approved=bool(n))  # fmt: skip
