"""Every verb that changes rights, prices, stock, money or settings writes the audit trail: found out by running it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import datong
from datong.kernel.db import in_brand, rows
from datong.site.tests.audited import (
    books,
    coupons,
    customers,
    delivery,
    fetching,
    goods,
    invoices,
    merchants,
    outward,
    payments,
    people,
    returns,
    service,
    stock,
    stored,
    tills,
    wallet,
)
from datong.site.tests.audited.quiet import QUIET
from datong.site.tests.audited.world import VERBS, World

WRITERS = (".actions", ".factors", ".passkeys")
assert (
    invoices
    and merchants
    and books
    and coupons
    and customers
    and fetching
    and payments
    and people
    and returns
    and service
    and stock
    and goods
    and outward
    and wallet
    and stored
    and tills
    and delivery
)  # they fill VERBS


def verbs() -> Iterator[str]:
    """Every function of a module's public face that comes from where its writes are."""
    for found in pkgutil.iter_modules(datong.__path__):
        if found.name in ("site", "kernel", "channels", "conftest"):
            continue
        api = importlib.import_module(f"datong.{found.name}.api")
        for name in api.__all__:
            it = getattr(api, name)
            if inspect.isfunction(it) and any(part in it.__module__ for part in WRITERS):
                yield f"{found.name}.{name}"


def test_every_verb_is_known_to_write_the_trail_or_has_a_reason_not_to() -> None:
    known = [*VERBS, *QUIET]
    assert sorted(set(verbs()) - set(known)) == [], "run it in site/tests/audited, or say there why it is quiet"
    assert sorted(set(known) - set(verbs())) == [], "no such verb any more"
    assert len(known) == len(set(known)), "a verb stands in two lists"


def entries(world: World) -> int:
    with in_brand(world.brand):
        return int(rows("SELECT count(*) FROM kernel_auditentry WHERE brand_id = %s", [world.brand])[0][0])


@pytest.mark.parametrize("name", sorted(VERBS))
def test_it_writes_the_trail(name: str, db: None, make_brand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is written while the verb itself runs counts, not what its call does to get there."""
    world, written = World(make_brand), []
    module, _, function = name.partition(".")
    api = importlib.import_module(f"datong.{module}.api")
    real = getattr(api, function)

    def counted(*args: Any, **fields: Any) -> Any:
        before = entries(world)
        answer = real(*args, **fields)
        written.append(entries(world) - before)
        return answer

    monkeypatch.setattr(api, function, counted)
    VERBS[name](world)
    assert written, f"the call of {name} does not run it"
    assert written[-1] >= 1, f"{name} changed something and the audit trail says nothing"
