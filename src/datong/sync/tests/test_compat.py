"""Before a connection goes live both sides are laid side by side; what does not fit is named with its fix."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datong.kernel.errors import Conflict
from datong.sync import api as sync
from datong.sync.compat import rules
from datong.sync.compat.types import Facts, Goods, Level
from datong.sync.local.odoo import LocalOdoo
from datong.sync.local.shopify import LocalShopify
from datong.sync.tests.world import World, open_world

PLAIN: dict[str, Any] = {
    "platform": "shopify",
    "today": date(2026, 11, 22),
    "has_door": True,
    "has_link": True,
    "api_version": "2026-07",
    "currency": "USD",
    "their_currencies": frozenset({"USD"}),
    "stores": {"1": "S01"},
    "goods": Goods([("TEA", "Tea", 500)], frozenset({"TEA"})),
}


@pytest.fixture
def world(brand: Any) -> World:
    return open_world(brand)


@pytest.mark.requirement("S-57")
@pytest.mark.parametrize(
    ("fields", "code", "level"),
    [
        ({"has_door": False}, "no_door", Level.BLOCKING),
        ({"has_link": False}, "no_link", Level.BLOCKING),
        ({"trouble": ("not_allowed", "refused", "mend")}, "not_allowed", Level.BLOCKING),
        ({"lists_orders": False}, "no_listing", Level.WARNING),
        ({"api_version": "latest"}, "unknown_version", Level.BLOCKING),
        ({"api_version": "2025-10"}, "version_ended", Level.BLOCKING),
        ({"api_version": "2026-01"}, "version_ends", Level.WARNING),
        ({"their_currencies": frozenset({"EUR"})}, "other_currency", Level.BLOCKING),
        ({"named_stores": frozenset({"S99"})}, "unknown_store", Level.BLOCKING),
        ({"by_location": True}, "no_location", Level.WARNING),
        ({"tax_classes": frozenset({"wine"}), "tax_rates": frozenset({"standard"})}, "no_rate", Level.WARNING),
        ({"goods": Goods([("X", "X", 1)], frozenset({"TEA"}))}, "no_overlap", Level.BLOCKING),
        ({"goods": Goods([("TEA", "T", 1), ("X", "X", 1)], frozenset({"TEA"}))}, "unknown_sku", Level.WARNING),
        ({"goods": Goods([("TEA", "T", 1), ("", "X", 1)], frozenset({"TEA"}))}, "no_sku", Level.WARNING),
        ({"goods": Goods([("TEA", "T", 1), ("TEA", "U", 1)], frozenset({"TEA"}))}, "doubled", Level.WARNING),
        ({"goods": Goods([("TEA", "T", None)], frozenset({"TEA"}))}, "no_price", Level.WARNING),
        ({"goods": Goods([("TEA", "T", 1)], frozenset({"TEA"}), ["1/2 was CUP"])}, "reused", Level.BLOCKING),
    ],
)
def test_every_mismatch_is_named_with_its_level_and_its_fix(fields: Any, code: str, level: Level) -> None:
    assert all(m.level is Level.FINE for m in rules.check(Facts(**PLAIN)))
    (found,) = [m for m in rules.check(Facts(**(PLAIN | fields))) if m.level is not Level.FINE]
    assert (found.code, found.level) == (code, level) and found.fix != ""


@pytest.mark.requirement("S-57")
def test_a_channel_with_a_blocking_mismatch_cannot_be_switched_live_before_it_is_mended(world: World) -> None:
    with LocalShopify() as shop:
        shop.put("OTHER", "Something else", "5.00", 1)
        channel = world.connect("shopify", shop.url, pull=False)
        secrets = {"access_token": shop.token}
        settings = {"places": {"": "1"}, "api_version": "2025-01"}
        sync.connect(world.brand.id, channel, "shopify", shop.url, secrets=secrets, settings=settings, by="ann")
        sync.pause(world.brand.id, channel, by="ann")
        found = sync.check_channel(world.brand.id, channel, by="ann")
        assert "version_ended" in {m.code for m in found.blocking}
        with pytest.raises(Conflict):
            sync.resume(world.brand.id, channel, by="ann")
        assert sync.get_link(world.brand.id, channel).paused_at is not None
        assert sync.last_check(world.brand.id, channel, "shopify") == found


@pytest.mark.requirement("S-57")
def test_an_erp_is_tried_dry_and_goes_live_when_nothing_blocks(world: World, tmp_path: Path) -> None:
    sync.put_erp(world.brand.id, "sap", "sap", settings={"folder": str(tmp_path)}, secrets={}, by="ann")
    path = tmp_path / "in" / "MARD_1.csv"
    path.write_text("MATNR;WERKS;LABST\nNOPE;S01;1\n")
    import os

    os.utime(path, (1, 1))
    with pytest.raises(Conflict) as refused:
        sync.erp_live(world.brand.id, "sap", live=True, by="ann")
    assert [p.code for p in refused.value.problems] == ["rows_none"]
    path.write_text("MATNR;WERKS;LABST\nTEA;S01;5\n")
    os.utime(path, (1, 1))
    assert sync.erp_live(world.brand.id, "sap", live=True, by="ann").live is True
    assert path.exists()


@pytest.mark.requirement("S-57")
def test_an_odoo_whose_key_is_refused_or_whose_settings_lack_an_id_does_not_go_live(world: World) -> None:
    with LocalOdoo() as odoo:
        settings = {"base_url": odoo.url, "database": "main"}
        for key, code in (("wrong", "not_allowed"), (odoo.key, "no_setting")):
            sync.put_erp(world.brand.id, "odoo", "odoo", settings=settings, secrets={"api_key": key}, by="ann")
            found = sync.check_erp(world.brand.id, "odoo", by="ann")
            assert [m.code for m in found.blocking] == [code]
