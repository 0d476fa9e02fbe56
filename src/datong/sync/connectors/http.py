"""Calls to platforms: what an HTTP answer means for the messages it was asked about."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx
import msgspec

from datong.kernel import clock
from datong.kernel.errors import NotAllowed, Unavailable
from datong.sync.types import STEPS, Address, Message, Outcome, Result

TIMEOUT_S = 5.0  # far less than the lease of a lane, so that no call outlives it
MAX_WAIT_S = 3600.0
MAX_WHY = 300


class Trouble(Exception):
    """Nothing is known to be wrong with the messages: they, or the way to them, are busy or away."""

    def __init__(self, why: str, *, code: str, retry_after_s: float = 0.0, unclear: bool = False) -> None:
        super().__init__(why)
        self.why, self.code, self.retry_after_s, self.unclear = why[:MAX_WHY], code, retry_after_s, unclear

    def results(self, messages: Sequence[Message]) -> list[Result]:
        return [
            Result(
                m.id,
                Outcome.LATER,
                retry_after_s=self.retry_after_s,
                unclear=self.unclear,
                code=self.code,
                why=self.why,
            )
            for m in messages
        ]

    def raised(self) -> Unavailable | NotAllowed:
        """The same for a person who waits for an answer."""
        if self.code == "not_believed":
            return NotAllowed(self.why)
        return Unavailable(self.why, retry_after_s=int(self.retry_after_s) or 5)


class Refusal(Exception):
    """They will not take it, however often it comes."""

    def __init__(self, code: str, why: str, fix: str) -> None:
        super().__init__(why)
        self.code, self.why, self.fix = code[:60], why[:MAX_WHY], fix

    def result(self, message: Message) -> Result:
        return refused(message, self.code, self.why, self.fix)


def parts(messages: Sequence[Message], size: int) -> list[list[Message]]:
    return [list(messages[at : at + size]) for at in range(0, len(messages), size)]


def singles(messages: Sequence[Message]) -> list[list[Message]]:
    """Steps of orders, each a call of its own, in the order they are to be said."""
    return [[message] for message in messages if message.kind in STEPS]


def done(message: Message) -> Result:
    return Result(message.id, Outcome.DONE)


def refused(message: Message, code: str, why: str, fix: str) -> Result:
    return Result(message.id, Outcome.REFUSED, code=code[:60], why=why[:MAX_WHY], fix=fix)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def client(address: Address, **options: Any) -> httpx.Client:
    """Certificates are checked, redirects are not followed: a credential goes to its own host only.

    The setting `timeout_s` shortens the wait for an answer.
    """
    timeout = min(float(address.settings.get("timeout_s", TIMEOUT_S)), TIMEOUT_S)
    return httpx.Client(base_url=address.base_url, timeout=timeout, verify=_tls(), **options)


def call(http: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    """The answer, when it is one about the messages. Raises Trouble for 429, 5xx, 401, 403, silence."""
    try:
        answer = http.request(method, path, **options)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Trouble(f"no connection: {type(error).__name__}", code="away") from None
    except httpx.TimeoutException:
        raise Trouble("no answer in time", code="timeout", unclear=True) from None
    except httpx.HTTPError as error:
        raise Trouble(f"the connection broke: {type(error).__name__}", code="broken", unclear=True) from None
    if answer.status_code == 429:
        raise Trouble("too many calls", code="throttled", retry_after_s=retry_after(answer.headers))
    if answer.status_code >= 500:
        wait = retry_after(answer.headers, default=0.0)
        raise Trouble(f"HTTP {answer.status_code}", code="server_error", retry_after_s=wait, unclear=True)
    if answer.status_code in (401, 403):
        why = f"the credentials are not accepted (HTTP {answer.status_code})"
        raise Trouble(why, code="not_believed", retry_after_s=60.0)
    return answer


def retry_after(headers: Mapping[str, str], default: float = 1.0) -> float:
    """Seconds of Retry-After (RFC 9110, 10.2.3): a number or a date."""
    text = headers.get("retry-after", "")
    try:
        wait = float(text)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(text).astimezone(UTC) - _now()).total_seconds() if text else default
        except ValueError:
            wait = default
    return min(max(wait, 0.0), MAX_WAIT_S)


def _now() -> datetime:
    return clock.now()


def body_of(answer: httpx.Response) -> Any:
    """The JSON of an answer. Raises Trouble: a page of a proxy in between says nothing about the message."""
    try:
        return msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Trouble(f"HTTP {answer.status_code} without JSON", code="not_json", unclear=True) from None
