"""Stand-ins for the platforms that are asked for an order's details: true to their protocols, on 127.0.0.1."""

from __future__ import annotations

from urllib.parse import parse_qs

from datong.integration.local.wechat import LocalWeChat
from datong.integration.wire.reading import json_of
from datong.integration.wire.send import jd_daojia
from datong.kernel.errors import BadInput
from datong.kernel.loopback import Answer, Call, Loopback
from datong.orders.types import OrderIntent

__all__ = ["LocalJd", "LocalWeChat"]


class LocalJd(Loopback):
    """JD Daojia's order query: holds orders and hands them out by number. Use as a context manager."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, OrderIntent] = {}

    def handle(self, call: Call) -> Answer:
        body = self.answer(call.body.decode("utf-8", "replace"))
        return Answer(body, headers={"Content-Type": "application/json; charset=UTF-8"})

    def answer(self, form: str) -> bytes:
        """The answer to a form POST; an order it does not have is an empty list, as at JD."""
        asked = parse_qs(form).get("jd_param_json", ["{}"])[0]
        try:
            query = json_of(asked.encode())
        except BadInput:
            query = {}
        number = str(query.get("orderId", "")) if isinstance(query, dict) else ""
        return jd_daojia.answer(self.orders.get(number))
