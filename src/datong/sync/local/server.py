"""What the local platforms share: a real HTTP server on 127.0.0.1, and trouble on demand.

Troubles are taken one a call, in order, before the call is looked at:

- '429', '500', '503': refused, nothing is applied
- 'lost': the connection breaks, nothing is applied; 'drop': applied, the answer is lost
- '500_applied': applied, and still a 500
- 'late': the connection breaks now, and the call is applied when `release_late` is called: an answer out of order
- 'twice': the call arrives twice
- 'timeout': applied, and no answer within `silence_s`
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import msgspec

from datong.sync.local.orders import LocalOrders

MAX_BODY = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One call; header names are lower case. `json` is the body, decoded; None when it is not JSON."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str = ""

    @property
    def json(self) -> Any:
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Server:
    """A platform. Use as a context manager, or `start` and `stop`. `calls` counts by method and path."""

    retry_after = "1"

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.troubles: deque[str] = deque()
        self.calls: Counter[str] = Counter()
        self.silence_s = 1.0
        self.latency_s = 0.0
        self.listed: LocalOrders
        self._late: list[Call] = []
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self, port: int = 0) -> Self:
        self._server = _Quiet(("127.0.0.1", port), _handler(self))
        if listed := getattr(self, "listed", None):
            listed.stands_at(self.url)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def trouble(self, *names: str) -> None:
        with self.lock:
            self.troubles.extend(names)

    def release_late(self) -> int:
        """Apply what was held back, after everything that came meanwhile; how many calls."""
        with self.lock:
            late, self._late = self._late, []
            for call in late:
                self.answer(call)
            return len(late)

    def answer(self, call: Call) -> Answer:
        """What the platform says; called under the lock."""
        raise NotImplementedError

    def too_many(self) -> Answer:
        return Answer({"message": "Too Many Requests"}, 429, {"Retry-After": self.retry_after})

    def meet(self, call: Call) -> Answer | None:
        """The answer, after the trouble that was ordered; None: the connection breaks."""
        if self.latency_s:
            time.sleep(self.latency_s)
        with self.lock:
            self.calls[f"{call.method} {call.path}"] += 1
            trouble = self.troubles.popleft() if self.troubles else ""
            if trouble == "429":
                return self.too_many()
            if trouble in ("500", "503"):
                return Answer({"message": "server error"}, int(trouble))
            if trouble == "lost":
                return None
            if trouble == "late":
                self._late.append(call)
                return None
            found = self.answer(call)
            if trouble == "twice":
                found = self.answer(call)
        if trouble == "timeout":
            time.sleep(self.silence_s)
        if trouble in ("drop", "timeout"):
            return None
        return Answer({"message": "server error"}, 500) if trouble == "500_applied" else found

    def list_orders(self, call: Call, query: Mapping[str, str] | None = None) -> Answer:
        """The platform's own list of orders."""
        status, headers, body = self.listed.answer(call.path, query or call.query, call.json)
        return Answer(body, status, headers)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news to a stand-in."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = f"http://{headers.get('host', '')}{parts.path}"
            found = server.meet(Call(self.command, parts.path, query, headers, raw, url))
            if found is None:
                self.close_connection = True
                return
            body = msgspec.json.encode(found.body)
            self.send_response(found.status)
            for name, value in {"Content-Type": "application/json", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 the names http.server asks for

        def log_message(self, *_: object) -> None:
            """Quiet: it is a stand-in."""

    return Handler
