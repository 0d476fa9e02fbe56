"""Small helpers of the senders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from datong.integration.types import Context, Request
from datong.integration.wire.mapping.language import Mapping as MappingFile
from datong.integration.wire.mapping.signature import params_of, sign
from datong.kernel.money import exponent
from datong.orders.types import Amounts, OrderIntent


def decimal(minor: int, currency: str) -> str:
    """12.50 for 1250 in a currency of two places."""
    places = exponent(currency)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def number(minor: int, currency: str) -> Any:
    """The amount as a JSON number, as platforms of the Ele.me type write it; exact, never a float."""
    return msgspec.Raw(decimal(minor, currency).encode())


def settled(intent: OrderIntent) -> Amounts:
    """The intent's amounts, or those that its lines alone make."""
    if intent.amounts:
        return intent.amounts
    goods = sum((line.unit_minor or 0) * line.units - line.discount_minor for line in intent.lines)
    return Amounts(goods=goods, paid=goods)


def secret(context: Context, name: str = "secret") -> str:
    return context.secrets.get(name, "")


def local(at: datetime, zone: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return at.astimezone(ZoneInfo(zone)).strftime(form)


def buyer_id(intent: OrderIntent) -> str:
    """The number behind 'channel:'."""
    found = next((i.value for i in intent.identities if i.kind == "buyer"), "")
    return found.partition(":")[2]


def relay_text(text: str) -> str:
    """+8613212345749;ext=1234 as the platform writes it: 13212345749_1234."""
    return text.removeprefix("+86").replace(";ext=", "_")


def signed_form(mapping: MappingFile, params: Mapping[str, str], context: Context, url: str) -> Request:
    """A form POST signed as the mapping says."""
    spec = mapping.signature
    if spec is None:
        raise ValueError(f"mapping {mapping.name} declares no signature")
    stamp = params.get(spec.timestamp.at, "") if spec.timestamp else ""
    made = sign(spec, secret=secret(context), params=params, body=b"", url=url, timestamp=stamp)
    body = urlencode({**params, spec.at: made}).encode()
    if mapping.body.percent_encoded:
        body = urlencode({key: urlencode({"": value})[1:] for key, value in {**params, spec.at: made}.items()}).encode()
    return Request(body, {"content-type": "application/x-www-form-urlencoded"}, {}, url)


def signed_json(mapping: MappingFile, document: dict[str, Any], context: Context, url: str) -> Request:
    """A JSON POST whose signature stands among its top-level values."""
    spec = mapping.signature
    if spec is None:
        raise ValueError(f"mapping {mapping.name} declares no signature")
    params = params_of(msgspec.json.encode(document), mapping.body)
    made = sign(spec, secret=secret(context), params=params, body=b"", url=url, timestamp="")
    body = msgspec.json.encode({**document, spec.at: made})
    return Request(body, {"content-type": "application/json"}, {}, url)
