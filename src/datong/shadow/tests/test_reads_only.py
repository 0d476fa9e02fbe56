"""No module of shadow mode can reach the network or write outside of its own tables: seen in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parents[1]
NETWORK = {
    "httpx",
    "requests",
    "urllib",
    "http",
    "socket",
    "ssl",
    "asyncio",
    "smtplib",
    "ftplib",
    "aiohttp",
    "websockets",
}
WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:pg_temp\.)?([a-z_]+)", re.I)
MAY_CALL = {
    "datong.access", "datong.brand", "datong.customers", "datong.fulfilment", "datong.integration", "datong.kernel",
    "datong.orders", "datong.shadow",
}  # fmt: skip
VERBS = {"place", "put_stores", "create_endpoint", "emit", "reserve", "identify", "drain", "replay", "put_rules"}
"""Of other modules: what would change something there."""


def faults(home: Path) -> Iterator[str]:
    for path in sorted(home.rglob("*.py")):
        if {"tests", "migrations"} & set(path.relative_to(home).parts):
            continue
        source = path.read_text()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                taken = [a.name for a in node.names] if isinstance(node, ast.ImportFrom) else []
                yield from (f"{path.name}: {n}" for n in names if n.split(".")[0] in NETWORK)
                ours = [n for n in names if n.startswith("datong.")]
                yield from (f"{path.name}: {n}" for n in ours if ".".join(n.split(".")[:2]) not in MAY_CALL)
                yield from (f"{path.name}: {t}" for t in taken if t in VERBS and ours and "shadow" not in ours[0])
        yield from (
            f"{path.name}: writes {t}" for t in WRITES.findall(source) if not t.lower().startswith(("shadow_", "set"))
        )


def test_shadow_mode_reaches_nothing_and_writes_nowhere_but_home() -> None:
    assert list(faults(HOME)) == []


def test_a_planted_way_out_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import httpx\nfrom datong.sync.api import push\nfrom datong.orders.api import place\n"
        "SQL = 'UPDATE orders_order SET state = 1'\n"
    )
    assert list(faults(tmp_path)) == [
        "a.py: httpx",
        "a.py: datong.sync.api",
        "a.py: place",
        "a.py: writes orders_order",
    ]
