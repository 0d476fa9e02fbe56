"""Calls to a channel: what a platform may answer becomes one of four errors, and nothing else."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import httpx
import msgspec

from datong.kernel.errors import BadInput, NotAllowed, Problem, Unavailable

TIMEOUT_S = 20.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
AWAY_S = 15


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class Calls:
    """A client for one run. `who` is how the other side is called in an error."""

    def __init__(
        self, who: str, base_url: str, *, headers: dict[str, str], auth: tuple[str, str] | None = None
    ) -> None:
        self.who = who
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"), timeout=TIMEOUT_S, verify=_tls(), headers=headers, auth=auth
        )

    def ask(self, method: str, path: str, *, missing_ok: bool = False, **more: Any) -> httpx.Response:
        """The answer. Raises Unavailable (away, busy: with when to come back), NotAllowed (our key), BadInput."""
        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise Unavailable(f"{self.who} does not answer: {type(error).__name__}", retry_after_s=AWAY_S) from None
        status = answer.status_code
        if status == 429 or status >= 500:
            raise Unavailable(f"{self.who} answered {status}", retry_after_s=_wait(answer))
        if status in (401, 403):
            fix = "give a key that may read orders and products, and whose app is installed in this shop"
            problem = Problem("/secrets", "key_refused", fix, status)
            raise _refused(f"{self.who} does not accept our key ({status})", problem)
        if status == 404 and missing_ok:
            return answer
        if status >= 300:
            problem = Problem(
                "", "refused_by_platform", "check the address and the version of the API", answer.text[:200]
            )
            raise BadInput(f"{self.who} answered {status}", problem)
        if len(answer.content) > MAX_ANSWER_BYTES:
            raise BadInput(f"{self.who} sent over {MAX_ANSWER_BYTES} bytes", Problem("", "too_large", "smaller pages"))
        return answer

    def json(self, answer: httpx.Response) -> Any:
        """The decoded body. Raises Unavailable: a page of a proxy in place of an answer passes."""
        try:
            return msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unavailable(f"{self.who} answered with something that is not JSON", retry_after_s=AWAY_S) from None

    def close(self) -> None:
        self._http.close()


def _wait(answer: httpx.Response) -> int:
    """Retry-After in seconds; Shopify writes 2.0."""
    try:
        return max(1, min(3600, round(float(answer.headers.get("retry-after", "")))))
    except ValueError:
        return AWAY_S


def _refused(text: str, problem: Problem) -> NotAllowed:
    return NotAllowed(text, problem)
