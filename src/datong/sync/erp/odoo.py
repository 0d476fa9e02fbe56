"""Odoo's external API: JSON-2 (since 19.0) or XML-RPC (before; deprecated in 19.0).

Sources: https://www.odoo.com/documentation/19.0/developer/reference/external_api.html (POST /json/2/MODEL/METHOD with a
JSON object of the method's parameters, `Authorization: bearer KEY`, X-Odoo-Database; an error is a 4xx or 5xx with
name, message) and .../18.0/developer/reference/external_api.html (XML-RPC /xmlrpc/2/common authenticate and
/xmlrpc/2/object execute_kw; an API key stands in for the password). `product_id` and the like are read as [id, name].
"""

from __future__ import annotations

import http.client
import xmlrpc.client
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from datong.kernel.errors import BadInput, NotAllowed, Problem, Unavailable
from datong.sync.erp.types import Erp
from datong.sync.inward.calls import TIMEOUT_S, Calls

PAGE = 500
MAX_RECORDS = 200_000


class Odoo:
    """A client for one run. Raises Unavailable (away, busy), NotAllowed (key refused), BadInput (Odoo says no)."""

    def __init__(self, erp: Erp, protocol: str) -> None:
        self._key = erp.secrets.get("api_key", "")
        self._database = str(erp.settings.get("database", ""))
        self._login = str(erp.settings.get("login", ""))
        self._xmlrpc = str(erp.settings.get("protocol", protocol)) == "odoo_xmlrpc"
        self._url = str(erp.settings["base_url"]).rstrip("/")
        headers = {"Authorization": f"bearer {self._key}", "User-Agent": "Datong"}
        if self._database:
            headers["X-Odoo-Database"] = self._database
        self._calls = Calls("Odoo", self._url, headers=headers)
        self._uid = 0

    def version(self) -> str:
        """The server's version, such as 19.0; no key is needed for it."""
        if self._xmlrpc:
            return str(self._rpc("common", "version")["server_version"])
        found = self._calls.json(self._calls.ask("GET", "/web/version"))
        return str(found.get("version") or "")

    def records(self, model: str, domain: Sequence[Any], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Every record that fits, by id. By keyset: a page number would skip what moves while we read."""
        last = 0
        for _ in range(-(-MAX_RECORDS // PAGE)):
            found = self.call(
                model,
                "search_read",
                {"domain": [*domain, ["id", ">", last]], "fields": list(fields), "limit": PAGE, "order": "id"},
            )
            yield from found
            if len(found) < PAGE:
                return
            last = found[-1]["id"]

    def create(self, model: str, values: dict[str, Any]) -> int:
        made = self.call(model, "create", {"vals_list": [values]})
        return int(made[0] if isinstance(made, list) else made)

    def call(self, model: str, method: str, named: dict[str, Any]) -> Any:
        """A method of a model with its named parameters."""
        if self._xmlrpc:
            return self._execute(model, method, named)
        return self._calls.json(self._calls.ask("POST", f"/json/2/{model}/{method}", json=named))

    def close(self) -> None:
        self._calls.close()

    # XML-RPC ---------------------------------------------------------------------------------------------------------

    def _execute(self, model: str, method: str, named: dict[str, Any]) -> Any:
        if not self._uid:
            self._uid = int(self._rpc("common", "authenticate", self._database, self._login, self._key, {}) or 0)
            if not self._uid:
                fix = "check database, login and api_key; the key stands in for the password"
                raise _refused("Odoo does not accept our key", Problem("/secrets/api_key", "key_refused", fix))
        return self._rpc("object", "execute_kw", self._database, self._uid, self._key, model, method, [], named)

    def _rpc(self, service: str, method: str, *args: Any) -> Any:
        address = f"{self._url}/xmlrpc/2/{service}"
        secure = urlsplit(address).scheme == "https"
        transport = _SafeTransport() if secure else _Transport()
        try:
            with xmlrpc.client.ServerProxy(address, transport=transport, allow_none=True) as proxy:
                return getattr(proxy, method)(*args)
        except xmlrpc.client.Fault as error:
            text = str(error.faultString).strip().splitlines()[-1][:200] if error.faultString else "a fault"
            raise BadInput(f"Odoo refuses: {text}", Problem("", "refused_by_erp", f"Odoo says: {text}")) from None
        except xmlrpc.client.ProtocolError as error:
            if error.errcode in (401, 403):
                problem = Problem("/secrets/api_key", "key_refused", "an API key of a user who may do this")
                raise _refused(f"Odoo does not accept our key ({error.errcode})", problem) from None
            raise Unavailable(f"Odoo answered {error.errcode}", retry_after_s=30) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"Odoo does not answer: {type(error).__name__}", retry_after_s=15) from None


class _Transport(xmlrpc.client.Transport):
    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        found = super().make_connection(host)
        found.timeout = TIMEOUT_S
        return found


class _SafeTransport(xmlrpc.client.SafeTransport):
    def make_connection(self, host: Any) -> http.client.HTTPSConnection:
        found = super().make_connection(host)
        found.timeout = TIMEOUT_S
        return found


def _refused(text: str, problem: Problem) -> NotAllowed:
    return NotAllowed(text, problem)
