"""A marketplace's own list of orders, asked for as its mapping says (`[listing]`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from string import Template
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import msgspec

from datong.integration.types import BadSignature, Context, Listed, ListedPage, Pulled
from datong.integration.wire.mapping.assemble import intent_of
from datong.integration.wire.mapping.evaluate import Values, holds
from datong.integration.wire.mapping.language import Listing, Mapping
from datong.integration.wire.mapping.paths import as_text, plant, walk
from datong.integration.wire.mapping.signature import sign
from datong.integration.wire.marketplace import decode, mapping_in
from datong.integration.wire.outward import client
from datong.integration.wire.reading import Problems
from datong.integration.wire.signing import secret_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, Problem, Unavailable

TIMEOUT_S = 15.0
MAX_ORDERS = 500


def listed(context: Context, *, since: datetime, until: datetime, cursor: str, base_url: str = "") -> ListedPage:
    """A page of the orders changed in [since, until). Raises Unavailable, or BadInput: no list declared, a refusal."""
    mapping = mapping_in(context.settings)
    words = mapping.listing
    if words is None:
        problem = Problem("/listing", "no_listing", "add a [listing] section to the mapping, or upload daily totals")
        raise BadInput(f"the mapping {mapping.name} does not say how orders are listed", problem)
    body, headers = _question(mapping, words, context, since=since, until=until, cursor=cursor)
    base = base_url or str(context.settings.get("base_url") or words.base_url)
    try:
        with client(base_url=base.rstrip("/"), timeout_s=TIMEOUT_S) as http:
            answer = http.post(words.path, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise Unavailable(f"{mapping.name} does not answer: {type(error).__name__}", retry_after_s=30) from None
    if answer.status_code == 429 or answer.status_code >= 500:
        wait = answer.headers.get("retry-after", "")
        raise Unavailable(
            f"{mapping.name} answered {answer.status_code}", retry_after_s=int(wait) if wait.isdecimal() else 30
        )
    opened = decode(answer.content, words.answer)
    if words.busy and holds(opened, words.busy):
        raise Unavailable(f"{mapping.name} is busy", retry_after_s=30)
    if answer.status_code >= 400 or (words.ok and not holds(opened, words.ok)):
        shown = msgspec.json.encode(opened).decode()[:200]
        fix = "check the app key and the parameters of [listing]"
        raise BadInput(f"{mapping.name} gives no list", Problem("", "refused_by_platform", fix, shown))
    return _page(opened, mapping, words, context)


def _page(opened: Any, mapping: Mapping, words: Listing, context: Context) -> ListedPage:
    orders, faults = [], {}
    for _, order in walk(opened, words.answer.orders + "/*")[:MAX_ORDERS]:
        try:
            orders.append(_listed(order, mapping, words, context))
        except BadInput as error:
            number = Values(order, Problems()).text(mapping.order.external_id, limit=120, cut=True)
            faults[number or "?"] = str(error)[:300]
    following = next((as_text(v) for _, v in walk(opened, words.cursor)), "") if words.cursor else ""
    return ListedPage(tuple(orders), "" if following in ("", "0", "false") else following, faults)


def _listed(order: Any, mapping: Mapping, words: Listing, context: Context) -> Listed:
    problems = Problems()
    intent = intent_of(order, mapping, replace(context, inbox_id=None), problems)
    values = Values(order, problems, money=mapping.money, time_format=mapping.time, zone=mapping.zone)
    values.zone = values.zone or context.timezone
    updated = values.time(words.updated_at)
    problems.done(f"the listed {mapping.title or mapping.name} order")
    goods = sum((line.unit_minor or 0) * line.units - line.discount_minor for line in intent.lines)
    return Listed(
        Pulled(intent.external_id, _as_message(order, mapping)),
        intent.placed_at,
        updated,
        intent.amounts.paid if intent.amounts else goods,
        intent.currency,
        paid=intent.paid,
        cancelled=bool(words.cancelled and holds(order, words.cancelled)),
    )


def _as_message(order: Any, mapping: Mapping) -> bytes:
    """The order as one of the platform's messages would have brought it."""
    words = mapping.fetch.answer if mapping.fetch else mapping.body
    document = plant(words.orders, order)
    for condition in words.when:
        if not holds(document, condition):
            document = plant(condition.path, condition.one_of[0], document)
    return msgspec.json.encode(document)


def _question(
    mapping: Mapping, words: Listing, context: Context, *, since: datetime, until: datetime, cursor: str
) -> tuple[bytes, dict[str, str]]:
    """The form and the headers that sign it."""
    spec = mapping.signature
    if spec is None:
        raise BadSignature("the mapping does not say how a question is signed")
    stamp = _written(clock.now(), words.now, words.zone)
    parts = {
        "since": _written(since, words.since, words.zone),
        "until": _written(until, words.since, words.zone),
        "cursor": cursor or words.first,
        "size": str(words.size),
        "now": stamp,
    }
    params = {
        key: secret_of(context, pattern.removeprefix("secret:"))
        if pattern.startswith("secret:")
        else Template(pattern).safe_substitute(parts)
        for key, pattern in words.params.items()
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if spec.at.startswith("header:"):
        body = urlencode(params).encode()
        made = sign(spec, secret=secret_of(context), params=params, body=body, url="", timestamp=stamp)
        headers[spec.at.removeprefix("header:")] = made
        if spec.timestamp and spec.timestamp.at.startswith("header:"):
            headers[spec.timestamp.at.removeprefix("header:")] = stamp
        return body, headers
    params[spec.at] = sign(spec, secret=secret_of(context), params=params, body=b"", url="", timestamp=stamp)
    return urlencode(params).encode(), headers


def _written(moment: datetime, form: str, zone: str) -> str:
    if form in ("epoch_s", "epoch_ms"):
        return str(int(moment.timestamp() * (1000 if form == "epoch_ms" else 1)))
    local = moment.astimezone(ZoneInfo(zone))
    return local.isoformat() if form == "iso" else local.strftime(form)
