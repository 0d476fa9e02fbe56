"""Stand-ins for the platforms that are asked for an order's details: true to their protocols, on 127.0.0.1."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from datong.integration.local.wechat import LocalWeChat
from datong.integration.wire.reading import json_of
from datong.integration.wire.send import jd_daojia
from datong.kernel.errors import BadInput
from datong.orders.types import OrderIntent

__all__ = ["LocalJd", "LocalWeChat"]


class LocalJd:
    """JD Daojia's order query: holds orders and hands them out by number. Use as a context manager."""

    def __init__(self) -> None:
        self.orders: dict[str, OrderIntent] = {}
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> LocalJd:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="local-jd").start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, form: str) -> bytes:
        """The answer to a form POST; an order it does not have is an empty list, as at JD."""
        asked = parse_qs(form).get("jd_param_json", ["{}"])[0]
        try:
            query = json_of(asked.encode())
        except BadInput:
            query = {}
        number = str(query.get("orderId", "")) if isinstance(query, dict) else ""
        return jd_daojia.answer(self.orders.get(number))


def _handler(shop: LocalJd) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802 the name http.server asks for
            length = int(self.headers.get("Content-Length") or 0)
            answer = shop.answer(self.rfile.read(length).decode("utf-8", "replace"))
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet: it is a stand-in."""

    return Handler
