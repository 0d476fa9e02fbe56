"""A small HTTP server on 127.0.0.1: what every stand-in for somebody else's system is built on.

It decides nothing: `handle` gets a request as it came and says what goes back, or that the line is cut.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import msgspec

MAX_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request; header names are lower case. `url` is its address without the query."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str = ""

    @property
    def json(self) -> Any:
        """The body, decoded; None when it is not JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` bytes go as they are, anything else as JSON."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Loopback:
    """Use as a context manager, or `start` and `stop`."""

    def __init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self, port: int = 0) -> Self:
        self._server = _Quiet(("127.0.0.1", port), _handler(self))
        name = type(self).__name__
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name=name).start()
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

    def handle(self, call: Call) -> Answer | None:
        """What goes back; None: the line is cut. Called by as many threads as there are calls."""
        raise NotImplementedError


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news to a stand-in."""


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = f"http://{headers.get('host', '')}{parts.path}"
            found = server.handle(Call(self.command, parts.path, query, headers, raw, url))
            if found is None:
                self.close_connection = True
                return
            body = found.body if isinstance(found.body, bytes) else msgspec.json.encode(found.body)
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


__all__ = ["Answer", "Call", "Loopback"]
