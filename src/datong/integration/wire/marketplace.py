"""Marketplaces of the Meituan, Ele.me and JD type: signed callbacks, each described by a mapping file and no code.

The shipped mappings stand in `mappings/`, each with the papers it was written from. An endpoint names one of them
(setting `mapping`) or carries its own (setting `mapping_toml`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec

from datong.integration.types import (
    MAX_EXTERNAL_ID,
    MAX_ORDERS,
    BadSignature,
    Connector,
    Context,
    NotAnOrder,
    Piece,
    Reply,
    Request,
)
from datong.integration.wire.mapping.assemble import intent_of
from datong.integration.wire.mapping.evaluate import holds
from datong.integration.wire.mapping.language import Body, Mapping, mapping_of
from datong.integration.wire.mapping.paths import as_text, put, walk
from datong.integration.wire.mapping.signature import check, params_of, sign
from datong.integration.wire.outward import client
from datong.integration.wire.reading import Problems, json_of
from datong.integration.wire.signing import secret_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound, Problem, Unavailable
from datong.orders.types import OrderIntent

SHIPPED = Path(__file__).parent / "mappings"
TIMEOUT_S = 5.0


def names() -> list[str]:
    """The mappings that come with Datong."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


@lru_cache(maxsize=64)
def shipped(name: str) -> Mapping:
    if name not in names():
        raise NotFound(f"no mapping {name!r}; there are {', '.join(names())}")
    return mapping_of((SHIPPED / f"{name}.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _own(text: str) -> Mapping:
    return mapping_of(text)


def mapping_in(settings: Any) -> Mapping:
    """The mapping of an endpoint's settings. Raises NotFound or BadInput."""
    text = settings.get("mapping_toml")
    return _own(text) if text else shipped(str(settings.get("mapping", "")))


def decode(body: bytes, words: Body) -> Any:
    """The payload as JSON-like data, embedded JSON opened. A corrected form may come as JSON."""
    is_form = words.format == "form" and body.lstrip()[:1] != b"{"
    found: Any = params_of(body, words) if is_form else json_of(body)
    return open_embedded(found, words.embedded)


def open_embedded(document: Any, paths: Sequence[str]) -> Any:
    """The document with the JSON that stands in it as text opened, in place."""
    for path in paths:
        for pointer, value in walk(document, path):
            if isinstance(value, str) and value.strip():
                put(document, pointer, json_of(value, pointer))
    return document


def verify(request: Request, context: Context) -> None:
    mapping = mapping_in(context.settings)
    check(mapping.signature, mapping.body, request, context)


def unpack(request: Request, context: Context) -> list[Piece]:
    """Cheap: only what tells orders from other messages is opened. What cannot be opened is kept for a person."""
    words = mapping_in(context.settings).body
    try:
        document = decode(request.body, words)
    except BadInput:
        return [Piece(request.body)]
    external_id = (
        next((as_text(v)[:MAX_EXTERNAL_ID] for _, v in walk(document, words.external_id)), "")
        if words.external_id
        else ""
    )
    return [Piece(request.body, external_id, orders=all(holds(document, c) for c in words.when))]


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    mapping = mapping_in(context.settings)
    words = mapping.fetch.answer if mapping.fetch else mapping.body
    document = decode(body, words)
    if not all(holds(document, condition) for condition in words.when):
        raise NotAnOrder("another kind of message")
    return intents_of(document, words.orders, mapping, context)


def intents_of(document: Any, path: str, mapping: Mapping, context: Context) -> list[OrderIntent]:
    """All orders at `path`; raises BadInput with the problems of all of them."""
    problems = Problems()
    found = walk(document, path)
    if not found or len(found) > MAX_ORDERS:
        problems.add(path, "missing" if not found else "too_many", f"between 1 and {MAX_ORDERS} orders", len(found))
        problems.done(f"the {mapping.title or mapping.name} message")
    intents = []
    for pointer, order in found:
        if not isinstance(order, dict):
            problems.add(pointer, "not_object", "an object with the order's fields", order)
            continue
        intents.append(intent_of(order, mapping, context, problems, pointer))
    problems.done(f"the {mapping.title or mapping.name} order")
    return intents


def readable(body: bytes, mapping: Mapping) -> str:
    """The decoded payload as indented JSON, which `parse` reads as well: what a person can correct."""
    fetched = mapping.fetch is not None and body.lstrip()[:1] == b"{"
    words = mapping.fetch.answer if mapping.fetch and fetched else mapping.body
    return msgspec.json.format(msgspec.json.encode(decode(body, words)), indent=2).decode()


def fetch(notice: bytes, context: Context) -> bytes:
    """Ask the platform for the order that a message names. Raises Unavailable, or BadInput with its refusal."""
    mapping = mapping_in(context.settings)
    words = mapping.fetch
    if words is None:
        return notice
    document = decode(notice, mapping.body)
    names = {name: next((as_text(v) for _, v in walk(document, path)), "") for name, path in words.names.items()}
    if missing := [name for name, value in names.items() if not value]:
        problem = Problem(words.names[missing[0]], "missing", "the message names its order")
        raise BadInput("the message names no order", problem)
    body = _asked(mapping, names, context)
    try:
        base = str(context.settings.get("base_url") or words.base_url)
        with client(base_url=base.rstrip("/"), timeout_s=TIMEOUT_S) as http:
            answer = http.post(words.path, data=body)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable(f"{mapping.name} does not answer: {type(error).__name__}", retry_after_s=15) from None
    opened = decode(answer.content, words.answer)
    if words.busy and holds(opened, words.busy):
        raise Unavailable(f"{mapping.name} is busy", retry_after_s=30)
    if not holds(opened, words.ok):
        shown = msgspec.json.encode(opened).decode()[:200]
        problem = Problem("", "refused_by_platform", f"{mapping.title or mapping.name} does not give the order", shown)
        raise BadInput(f"{mapping.name} does not give the order", problem)
    return answer.content


def _asked(mapping: Mapping, names: dict[str, str], context: Context) -> dict[str, str]:
    words, spec = mapping.fetch, mapping.signature
    if words is None or spec is None:
        raise BadSignature("the mapping does not say how a question is signed")
    now = clock.now()
    local = now.astimezone(ZoneInfo(words.zone))
    stamp = str(int(now.timestamp())) if words.now == "epoch_s" else local.strftime(words.now)
    parts = names | {"now": stamp}
    params = {}
    for key, pattern in words.params.items():
        if pattern.startswith("secret:"):
            params[key] = secret_of(context, pattern.removeprefix("secret:"))
        else:
            params[key] = Template(pattern).safe_substitute(parts)
    params[spec.at] = sign(spec, secret=secret_of(context), params=params, body=b"", url="", timestamp=stamp)
    return params


def greet(request: Request, context: Context) -> Reply:
    """Some platforms open an address only after a GET was answered as a message would be."""
    words = mapping_in(context.settings).reply
    return Reply(words.body, words.content_type)


def connector(settings: Any) -> Connector:
    """The connector of an endpoint of this kind."""
    mapping = mapping_in(settings)
    return Connector(
        "marketplace",
        verify,
        unpack,
        parse,
        Reply(mapping.reply.body, mapping.reply.content_type),
        fetch=fetch if mapping.fetch else None,
        readable=lambda body: readable(body, mapping),
        greet=greet,
        # A mapping is a file a brand may write itself: what it says is its version.
        speaks=f"{mapping.name} {sha256(msgspec.json.encode(mapping)).hexdigest()[:8]}",
    )
