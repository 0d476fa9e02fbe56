"""One call to a coupon platform: what its answer, or its silence, means for what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
import msgspec

from datong.integration.wire.outward import client
from datong.wallet.ports import Away, Unclear

TIMEOUT_S = 5.0
MAX_WAIT_S = 600.0


class Caller:
    """Calls to one address. `changes`: a call after which silence means that nobody knows."""

    def __init__(self, base_url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.http = client(base_url=base_url, timeout_s=timeout_s)

    def json(self, method: str, path: str, *, changes: bool = False, **options: Any) -> dict[str, Any]:
        """The answer's object. Raises Away for 429, no connection, credentials; Unclear for the rest if it changes."""
        lost = Unclear if changes else Away
        try:
            answer = self.http.request(method, path, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Away(f"no connection: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise lost(f"no answer: {type(error).__name__}") from None
        if answer.status_code == 429:
            raise Away("too many calls", retry_after_s=_wait(answer.headers.get("retry-after", "")))
        if answer.status_code in (401, 403):
            raise Away(f"the credentials are not accepted (HTTP {answer.status_code})", retry_after_s=60)
        if answer.status_code >= 500:
            raise lost(f"HTTP {answer.status_code}")
        try:
            found = msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise lost(f"HTTP {answer.status_code} without JSON") from None
        if not isinstance(found, dict):
            raise lost("an answer that is no object")
        return found

    def close(self) -> None:
        self.http.close()


def _wait(text: str) -> float:
    try:
        return min(max(float(text), 0.0), MAX_WAIT_S)
    except ValueError:
        return 1.0


def fen(amount: object) -> int:
    """Yuan, as a number or a text, in fen; 0 for nothing or what is no amount."""
    try:
        return max(0, int((Decimal(str(amount)) * 100).to_integral_value()))
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def whole(amount: object) -> int:
    """Fen as they are told; 0 for nothing."""
    return max(0, amount) if isinstance(amount, int) else 0


def text(value: object) -> str:
    return "" if value is None else str(value)[:200]


def part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within an answer; an empty one where there is none."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}
