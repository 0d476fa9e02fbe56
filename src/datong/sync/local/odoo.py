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
from typing import Any

from datong.kernel.loopback import Answer, Call, Loopback
from datong.sync.local.orders import Fault

VERSION = "19.0"
STAMP = "%Y-%m-%d %H:%M:%S"


class LocalOdoo(Loopback):
    """Holds records by model. Use as a context manager. `faults` are met by the next calls, one each; `lose` answers
    that many `create` calls with a cut line, after the record was made."""

    def __init__(self, key: str = "odoo-key", *, database: str = "main", login: str = "admin") -> None:
        super().__init__()
        self.key, self.database, self.login = key, database, login
        self.records: dict[str, dict[int, dict[str, Any]]] = {}
        self.faults: deque[Fault] = deque()
        self.calls: Counter[str] = Counter()
        self.lose = 0
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

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

    def handle(self, call: Call) -> Answer | None:
        if call.method == "GET":
            return Answer({"version": VERSION, "version_info": [19, 0, 0, "final", 0, ""]})
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            return Answer({"name": "error"}, fault.status, fault.headers) if fault.status else None
        if not call.path.startswith("/json/2/"):
            return Answer(self.rpc(call.body).encode(), headers={"Content-Type": "text/xml"})
        if call.headers.get("authorization") != f"bearer {self.key}":
            return Answer({"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}, 401)
        _, _, _, model, method = call.path.split("/")
        try:
            found = self.execute(model, method, call.json)
        except ValueError as error:
            return Answer({"name": "odoo.exceptions.ValidationError", "message": str(error)}, 422)
        if method == "create" and self.lose > 0:
            self.lose -= 1
            return None
        return Answer(found)

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
