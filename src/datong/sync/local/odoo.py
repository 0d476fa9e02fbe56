"""Odoo's external API as a server on 127.0.0.1: JSON-2 and XML-RPC, products, stock, sales orders, statement lines.

Sources: see datong.sync.erp.odoo.
"""

from __future__ import annotations

import itertools
import threading
import xmlrpc.client
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from datong.sync.local.orders import Fault

VERSION = "19.0"
STAMP = "%Y-%m-%d %H:%M:%S"


class LocalOdoo:
    """Holds records by model. Use as a context manager. `faults` are met by the next calls, one each; `lose` answers
    that many `create` calls with a cut line, after the record was made."""

    def __init__(self, key: str = "odoo-key", *, database: str = "main", login: str = "admin") -> None:
        self.key, self.database, self.login = key, database, login
        self.records: dict[str, dict[int, dict[str, Any]]] = {}
        self.faults: deque[Fault] = deque()
        self.calls: Counter[str] = Counter()
        self.lose = 0
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def put(self, model: str, values: Mapping[str, Any], *, at: datetime | None = None) -> int:
        """A record, new or (with an `id`) changed."""
        with self._lock:
            return self._put(model, values, at)

    def product(self, sku: str, name: str, price: float, **more: Any) -> int:
        """A product with the fields Odoo gives it; false where it holds nothing."""
        plain = {"barcode": False, "categ_id": [1, "All / Tea"], "type": "consu", "active": True, "sale_ok": True}
        values = {"default_code": sku, "name": name, "lst_price": price, **plain, **more}
        return self.put("product.product", values)

    def quant(self, product: int, sku: str, store: str, quantity: float) -> int:
        names = {"product_id": [product, f"[{sku}] {sku}"], "location_id": [9, f"{store}/Stock"]}
        return self.put("stock.quant", {**names, "quantity": quantity, "location_id.usage": "internal"})

    def _put(self, model: str, values: Mapping[str, Any], at: datetime | None = None) -> int:
        table = self.records.setdefault(model, {})
        number = int(values.get("id") or next(self._ids))
        stamp = (at or datetime.now(UTC)).strftime(STAMP)
        table[number] = {**table.get(number, {}), **values, "id": number, "write_date": stamp}
        return number

    def __enter__(self) -> LocalOdoo:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="local-odoo").start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def execute(self, model: str, method: str, named: Mapping[str, Any]) -> Any:
        """What a method of a model answers; a ValueError is Odoo's refusal."""
        with self._lock:
            self.calls[f"{model} {method}"] += 1
            if method == "search_read":
                return self._search_read(model, named)
            if method == "create":
                return [self._put(model, values) for values in named["vals_list"]]
        raise ValueError(f"The method '{model}.{method}' does not exist")

    def rpc(self, raw: bytes) -> str:
        """What XML-RPC's `common` and `object` services answer."""
        params, method = xmlrpc.client.loads(raw)
        try:
            if method == "version":
                found: Any = {"server_version": "18.0"}
            elif method == "authenticate":
                found = 2 if params[:3] == (self.database, self.login, self.key) else False
            else:
                database, uid, key, model, name, _, named = params
                if (database, uid, key) != (self.database, 2, self.key):
                    raise ValueError("Access Denied")
                found = self.execute(str(model), str(name), named)  # type: ignore[arg-type]
            return xmlrpc.client.dumps((found,), methodresponse=True, allow_none=True)
        except ValueError as error:
            return xmlrpc.client.dumps(xmlrpc.client.Fault(1, str(error)))

    def _search_read(self, model: str, named: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = [r for r in self.records.get(model, {}).values() if all(_fits(r, c) for c in named.get("domain") or [])]
        found.sort(key=lambda record: record["id"])
        fields = [*(named.get("fields") or []), "id"]
        return [{name: r.get(name, False) for name in fields} for r in found[: named.get("limit") or len(found)]]


def _fits(record: Mapping[str, Any], condition: Any) -> bool:
    name, operator, value = condition
    have = record.get(name, False)
    match operator:
        case "=":
            return have == value
        case "!=":
            return have != value
        case ">":
            return have > value
        case ">=":
            return have >= value
    raise ValueError(f"Invalid operator {operator!r} in domain term")


def _handler(odoo: LocalOdoo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802 the name http.server asks for
            self._say(200, {"version": VERSION, "version_info": [19, 0, 0, "final", 0, ""]})

        def do_POST(self) -> None:  # noqa: N802
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = odoo.faults.popleft() if odoo.faults else None
            if fault is not None:
                self._cut() if not fault.status else self._say(fault.status, {"name": "error"}, dict(fault.headers))
                return
            if self.path.startswith("/json/2/"):
                self._json2(raw)
            else:
                self._xmlrpc(raw)

        def _json2(self, raw: bytes) -> None:
            if self.headers.get("Authorization") != f"bearer {odoo.key}":
                return self._say(401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"})
            _, _, _, model, method = self.path.split("/")
            try:
                found = odoo.execute(model, method, msgspec.json.decode(raw))
            except ValueError as error:
                return self._say(422, {"name": "odoo.exceptions.ValidationError", "message": str(error)})
            if method == "create" and odoo.lose > 0:
                odoo.lose -= 1
                return self._cut()
            return self._say(200, found)

        def _xmlrpc(self, raw: bytes) -> None:
            self._answer(200, odoo.rpc(raw).encode(), "text/xml", {})

        def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            self._answer(status, msgspec.json.encode(body), "application/json", headers or {})

        def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _cut(self) -> None:
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet: it is a stand-in."""

    return Handler
