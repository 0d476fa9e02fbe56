"""The till's sums, reckoned in Chromium, are those of the server: promotions, discount by hand, tax, change."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from datong.catalog.types import Taxed, TaxRounding, tax_each
from datong.catalog.types.taxes import RateUsed
from datong.channels.tests.test_browser import chromium
from datong.kernel.money import part_minor, split_minor

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
SOURCE = Path(__file__).parents[1] / "static" / "till" / "money.js"
RUN = """async ([source, baskets]) => {
  const m = await import('data:text/javascript,' + encodeURIComponent(source));
  return baskets.map(({ lines, hand, market, given }) => {
    const priced = lines.map((line) => ({ ...line, promo: m.off(line.off, line.unit, line.units) }));
    const found = m.sums(priced, hand, market);
    const { goods, tax, added, byHand, total } = found;
    return { goods, tax, added, byHand, total, change: m.change(given, total),
             lines: found.lines.map((line) => [line.discount, line.total]) };
  });
}"""
TEXTS = """async (source) => {
  const m = await import('data:text/javascript,' + encodeURIComponent(source));
  const read = ['12', '12.5', '12.50', ' 1,200.00 ', '12。3', '0.005', '', '-1', '1e3', 'x', '99999999999'];
  const said = [m.plain(1205, 2), m.plain(-5, 2), m.plain(7, 0)];
  return [read.map((text) => m.minorOf(text, 2)), m.minorOf('12.5', 0), ...said];
}"""


def basket(dice: random.Random) -> dict[str, Any]:
    lines = []
    for _ in range(dice.randint(1, 8)):
        unit = dice.choice([0, 1, 3, dice.randint(1, 99_999), dice.randint(1, 10**9)])
        off = dice.choice([None, {"bps": dice.randint(0, 10_000)}, {"most_minor": dice.randint(0, 2 * unit + 1)}])
        ppm = dice.choice([0, 60_000, 68_750, 130_000, 1_000_000, dice.randint(0, 400_000)])
        lines.append({"unit": unit, "units": dice.choice([1, 2, 3, 7, 99]), "off": off, "ppm": ppm, "tax": str(ppm)})
    whole = sum(line["unit"] * line["units"] for line in lines)
    market = {"inclusive": dice.random() < 0.5, "byLine": dice.random() < 0.5}
    hand = dice.choice([0, 0, 1, dice.randint(0, whole + 1)])
    return {"lines": lines, "hand": hand, "market": market, "given": whole}


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """The same by the server's own functions."""
    before, promos = [], []
    for line in given["lines"]:
        whole, off = line["unit"] * line["units"], line["off"] or {"bps": 0}
        most = off.get("most_minor")
        promo = part_minor(whole, off["bps"], 10_000) if most is None else max(0, whole - most * line["units"])
        promos.append(promo)
        before.append(whole - promo)
    hand = min(given["hand"], sum(before))
    each = split_minor(hand, before) if hand else [0] * len(before)
    totals = [total - less for total, less in zip(before, each, strict=True)]
    taxed = [Taxed(line["tax"], (RateUsed("x", line["ppm"]),)) for line in given["lines"]]
    rounding = TaxRounding.LINE if given["market"]["byLine"] else TaxRounding.DOCUMENT
    taxes = tax_each(list(zip(taxed, totals, strict=True)), inclusive=given["market"]["inclusive"], rounding=rounding)
    added = 0 if given["market"]["inclusive"] else sum(taxes)
    total = sum(totals) + added
    lines = [[promo + less, total] for promo, less, total in zip(promos, each, totals, strict=True)]
    return {"goods": sum(totals), "tax": sum(taxes), "added": added, "byHand": hand, "total": total,
            "change": given["given"] - total, "lines": lines}  # fmt: skip


def test_two_thousand_baskets_come_to_the_same_at_the_till_and_at_the_server(chromium: Browser) -> None:
    dice = random.Random(20261123)
    baskets = [basket(dice) for _ in range(2000)]
    context = chromium.new_context()
    page = context.new_page()
    found = page.evaluate(RUN, [SOURCE.read_text(encoding="utf-8"), baskets])
    texts = page.evaluate(TEXTS, SOURCE.read_text(encoding="utf-8"))
    context.close()
    for given, got in zip(baskets, found, strict=True):
        assert got == expected(given), given
    read = [1200, 1250, 1250, 120000, 1230, None, None, None, None, None, None]
    assert texts == [read, None, "12.05", "-0.05", "7"]
