"""Prices that hold are changed by one door, which asks the approvals; what loads prices past it is named here."""

from __future__ import annotations

import ast

from datong.site.house_tests import ROOT

LOADERS = ("catalog/", "site/demo/", "site/bench/", "site/testing/")
PAST_THE_DOOR = {"put_prices", "write_prices"}


def test_only_what_opens_a_brand_for_show_loads_prices_past_the_approvals() -> None:
    source = ROOT / "src" / "datong"
    found = []
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        if name.startswith(LOADERS) or "/tests/" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            used = getattr(node, "attr", "") or getattr(node, "id", "")
            if used in PAST_THE_DOOR:
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
    assert found == []
