"""The two calls to WeChat that a shop's orders need: a stable access token, and the details of one order.

Sources: see wechat_shop.py. The address is a setting of the endpoint, so a test or a demo talks to a local server.
"""

from __future__ import annotations

import threading
from typing import Any

import httpx

from datong.integration.types import Context
from datong.integration.wire.outward import client
from datong.integration.wire.reading import json_of
from datong.integration.wire.signing import secret_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, Problem, Unavailable

BASE_URL = "https://api.weixin.qq.com"
TIMEOUT_S = 5.0
STALE_TOKEN = {40001, 40014, 42001}  # invalid or not the latest, malformed, expired
BUSY = {-1, 45009, 45011}  # system busy, over a limit of frequency: later
EARLY_S = 300  # WeChat renews five minutes before the end

_tokens: dict[tuple[str, str], tuple[str, float]] = {}
_lock = threading.Lock()


def fetch_order(notice: bytes, context: Context) -> bytes:
    """The answer of /channels/ec/order/get for the notice's order, as it came.

    Raises Unavailable when WeChat is busy or away, BadInput when it does not know the order.
    """
    info = json_of(notice) if notice.lstrip()[:1] == b"{" else {}
    order_id = str((info.get("order_info") or {}).get("order_id") or "") if isinstance(info, dict) else ""
    if not order_id:
        problem = Problem("/order_info/order_id", "missing", "the event names its order")
        raise BadInput("the WeChat event names no order", problem)
    with client(base_url=str(context.settings.get("base_url", BASE_URL)), timeout_s=TIMEOUT_S) as http:
        for effort in ("kept", "new", "forced"):  # forcing is limited to 20 a day, so it comes last
            token = _token(http, context, effort)
            answer = _post(http, "/channels/ec/order/get", {"order_id": order_id}, {"access_token": token})
            code = json_of(answer.content).get("errcode", 0)
            if code not in STALE_TOKEN:
                break
    if code in BUSY or code in STALE_TOKEN:
        raise Unavailable(f"WeChat answered {code}", retry_after_s=30)
    if code:
        text = str(json_of(answer.content).get("errmsg", ""))[:200]
        problem = Problem("/order_info/order_id", f"wechat_{code}", f"WeChat says: {text}", order_id)
        raise BadInput(f"WeChat does not give the order: {code} {text}", problem)
    return answer.content


def _token(http: httpx.Client, context: Context, effort: str) -> str:
    """The kept token, or a new one; one thread at a time asks, the others wait for it."""
    appid = secret_of(context, "appid")
    key = (str(http.base_url), appid)
    now = clock.now().timestamp()
    with _lock:
        kept = _tokens.get(key)
        if kept and kept[1] > now and effort == "kept":
            return kept[0]
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret_of(context, "appsecret")}
        answer = json_of(_post(http, "/cgi-bin/stable_token", body | {"force_refresh": effort == "forced"}, {}).content)
        if not isinstance(answer.get("access_token"), str):
            raise Unavailable(
                f"WeChat gives no token: {answer.get('errcode')} {answer.get('errmsg')}", retry_after_s=60
            )
        _tokens[key] = (answer["access_token"], now + max(60, int(answer.get("expires_in", 7200)) - EARLY_S))
        return answer["access_token"]


def _post(http: httpx.Client, path: str, body: dict[str, Any], query: dict[str, str]) -> httpx.Response:
    try:
        answer = http.post(path, json=body, params=query)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable(f"WeChat does not answer: {type(error).__name__}", retry_after_s=15) from None
    return answer
