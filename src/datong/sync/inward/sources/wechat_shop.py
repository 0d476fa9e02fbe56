"""WeChat Shop's list of orders: numbers only, the details are asked for one by one.

Sources: https://developers.weixin.qq.com/doc/store/shop/API/channels-shop-order/api_getorderlist.html (POST
/channels/ec/order/list/get with create_time_range or update_time_range of at most 7 days, page_size up to 100,
next_key; answers order_id_list, next_key, has_more), /channels/ec/order/get (see integration's wire.wechat_shop).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from datong.integration.types import Listed, ListedPage, Pulled
from datong.kernel.errors import BadInput, NotAllowed, Problem, Unavailable
from datong.sync.inward.calls import Calls
from datong.sync.types import Address

LIMIT = 50
SPAN = timedelta(days=7)
AHEAD = timedelta(hours=1)  # their clock may be ahead of ours
STALE_TOKEN = {40001, 40014, 42001}
BUSY = {-1, 45009, 45011}
UNPAID, CLOSED = {10, 12, 13}, {200, 250}
CURRENCY = "CNY"


class WeChatOrders:
    def __init__(self, address: Address) -> None:
        self.ordered = False
        self._calls = Calls("WeChat", address.base_url or "https://api.weixin.qq.com", headers={})
        self._secrets = address.secrets
        self._currency = str(address.settings.get("currency", CURRENCY))
        self._token = ""

    def page(self, since: datetime, until: datetime, cursor: str) -> ListedPage:
        """The window of at most a week that begins at `since`; the cursor names the week and their key in it."""
        begin, key = _read(cursor, since)
        end = min(begin + SPAN, until + AHEAD)
        asked: dict[str, Any] = {
            "update_time_range": {"start_time": int(begin.timestamp()), "end_time": int(end.timestamp())},
            "page_size": LIMIT,
        }
        answer = self._post("/channels/ec/order/list/get", asked | ({"next_key": key} if key else {}))
        found, faults = [], {}
        for number in answer.get("order_id_list") or []:
            try:
                order = self.one(str(number))
            except BadInput as error:
                faults[str(number)[:120]] = str(error)[:300]
                continue
            if order is not None:
                found.append(order)
        if answer.get("has_more") and answer.get("next_key"):
            return ListedPage(tuple(found), f"{begin.isoformat()} {answer['next_key']}", faults)
        following = f"{end.isoformat()} " if end < until else ""
        return ListedPage(tuple(found), following, faults)

    def one(self, external_id: str) -> Listed | None:
        answer = self._post("/channels/ec/order/get", {"order_id": external_id})
        order = answer.get("order")
        if not isinstance(order, dict):
            return None
        try:
            return self._listed(order, answer)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"WeChat order {external_id} cannot be read: {error!r}") from None

    def close(self) -> None:
        self._calls.close()

    def _listed(self, order: dict[str, Any], answer: dict[str, Any]) -> Listed:
        number, status = str(order["order_id"]), int(order["status"])
        detail = order["order_detail"]
        paid = bool(detail.get("pay_info", {}).get("pay_time")) or status not in UNPAID | {250}
        created = datetime.fromtimestamp(int(order["create_time"]), UTC)
        notice = {"Event": "channels_ec_order_pay", "order_info": {"order_id": number}}
        return Listed(
            Pulled(number, msgspec.json.encode(notice), {}, msgspec.json.encode(answer)),
            created,
            datetime.fromtimestamp(int(order.get("update_time") or order["create_time"]), UTC),
            int(detail["price_info"]["order_price"]),
            self._currency,
            paid=paid,
            cancelled=status in CLOSED,
            counts=paid,  # an unpaid order is closed by WeChat itself, and never comes to us
        )

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer; a token that has become stale is renewed once. Raises Unavailable, NotAllowed, BadInput."""
        for effort in (0, 1):
            token = self._fresh_token(force=bool(effort))
            answer = self._calls.json(self._calls.ask("POST", path, json=body, params={"access_token": token}))
            code = int(answer.get("errcode") or 0)
            if code not in STALE_TOKEN:
                break
        if code in BUSY or code in STALE_TOKEN:
            raise Unavailable(f"WeChat answered {code}", retry_after_s=30)
        if code:
            text = str(answer.get("errmsg", ""))[:200]
            problem = Problem("", f"wechat_{code}", f"WeChat says: {text}", path)
            raise BadInput(f"WeChat refuses {path}: {code} {text}", problem)
        return dict(answer)

    def _fresh_token(self, *, force: bool) -> str:
        if self._token and not force:
            return self._token
        asked = {
            "grant_type": "client_credential",
            "appid": self._secrets.get("appid", ""),
            "secret": self._secrets.get("appsecret", ""),
        }
        answer = self._calls.json(self._calls.ask("POST", "/cgi-bin/stable_token", json=asked))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            code = answer.get("errcode")
            if code in BUSY:
                raise Unavailable(f"WeChat answered {code}", retry_after_s=30)
            problem = Problem(
                "/secrets", f"wechat_{code}", "check appid and appsecret, and that our address is allowed"
            )
            raise NotAllowed(f"WeChat gives no token: {code} {answer.get('errmsg', '')}", problem)
        self._token = token
        return token


def _read(cursor: str, since: datetime) -> tuple[datetime, str]:
    if not cursor:
        return since, ""
    moment, _, key = cursor.partition(" ")
    return datetime.fromisoformat(moment), key
