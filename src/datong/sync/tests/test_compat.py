"""Before a connection goes live both sides are laid side by side; what does not fit is named with its fix."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datong.catalog.api import put_products
from datong.catalog.types import Modifier, ModifierChoice, Product, ProductState, Variant
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
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
        ({"named_choices": frozenset({"oat-milk"}), "choices": frozenset({"ice"})}, "unknown_choice", Level.WARNING),
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


OPTIONS = """
name = "bazaar"
[body]
orders = "/order"
[signature]
at = "sign"
algorithm = "sha256"
[order]
external_id = "/id"
placed_at = "/at"
[order.lines]
each = "/items"
sku = "/sku"
units = "/n"
options = { paths = ["/extras/*"], map = { "多冰" = "ice", "燕麦奶" = "oat-milk" } }
"""


@pytest.mark.requirement("S-57")
def test_options_a_mapping_translates_to_codes_we_do_not_have_are_named(world: World) -> None:
    ice = Modifier("ice", "Ice", 0, 1, (ModifierChoice("ice", "More ice"),))
    tea = Product(uuid7(), "tea", "retail", "Tea", ProductState.ON_SALE, variants=(Variant("TEA"),), modifiers=(ice,))
    put_products(world.brand.id, [tea], by="test")
    channel = world.connect("marketplace", "http://127.0.0.1:9", code="bazaar", mapping_toml=OPTIONS)
    found = sync.check_channel(world.brand.id, channel, by="test")
    (unknown,) = [m for m in found.mismatches if m.code == "unknown_choice"]
    assert (unknown.found, unknown.level) == ("oat-milk", Level.WARNING)
