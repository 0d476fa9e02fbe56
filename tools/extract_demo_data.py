"""Make the demo's compact extract from the two public data sets it stands on.

    python tools/extract_demo_data.py --uci online_retail.csv.gz --stores bestbuy_stores.json.gz

Input: the UCI "Online Retail" lines (CC BY 4.0) as CSV and Best Buy's open store list (CC0) as JSON, both gzipped.
Output: `retail_orders.csv.gz`, `retail_goods.csv.gz`, `retail_stores.csv.gz`; the same input gives the same bytes.
Which baskets are taken, and why, is written in docs/explanation/demo-data.md; the rules are the constants below.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import heapq
import io
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

OUT = Path(__file__).parents[1] / "src/datong/site/demo/data"

GOODS_CODE = re.compile(r"\d{5}[A-Z]*")
CARRIAGE = {"POST", "DOT", "C2"}  # postage lines: dropped, the basket of goods stays complete
MAX_LINES = 12
MAX_UNITS = 1_000  # a van, not a container: larger invoices are pallets to resellers
MIN_BASKETS = 5_400

SPAN = re.compile(r"(\d+)(?::(\d\d))?-(\d+)(?::(\d\d))?")
SHORTEST_DAY_MIN = 240
TEXTS = "name", "address", "address2", "city", "state"
WRONG_PLACE = {1536: 2949}
"""Stores whose coordinates are not in their town -> the store with the same ZIP that has them right."""


class Line(NamedTuple):
    sku: str
    units: int
    unit_minor: int


class Basket(NamedTuple):
    invoice: str
    at: str
    customer: str
    country: str
    lines: tuple[Line, ...]


def read_baskets(rows: Iterable[Sequence[str]]) -> tuple[list[Basket], dict[str, Counter[str]]]:
    """Complete baskets of goods, by invoice number, and how often each code carries which description.

    Cancellations (C...) and bad-debt rows (A...) are left out, exact duplicates are taken once, postage is dropped.
    An invoice with any other line that is no sale of goods (a manual correction, a zero price, a fee) is left out
    whole: what remained of it would not be a real basket. Codes are read in capitals: `47566b` is `47566B`.
    """
    seen: set[tuple[str, ...]] = set()
    spoilt: set[str] = set()
    heads: dict[str, tuple[str, str, str]] = {}
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    titles: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        invoice, code, title, quantity, at, price, customer, country = row
        sku = code.upper()
        if not invoice.isdigit() or tuple(row) in seen or sku in CARRIAGE:
            continue
        seen.add(tuple(row))
        if not GOODS_CODE.fullmatch(sku) or int(quantity) <= 0 or Decimal(price) <= 0:
            spoilt.add(invoice)
            continue
        # 43 invoices run over a minute: their first line's time stands for all.
        heads.setdefault(invoice, (at[:16], customer.removesuffix(".0"), country))
        lines[invoice].append(Line(sku, int(quantity), int(Decimal(price) * 100)))
        titles[sku][" ".join(title.split())] += 1
    return [Basket(i, *heads[i], tuple(lines[i])) for i in sorted(lines) if i not in spoilt], dict(titles)


def prices_of(baskets: Iterable[Basket]) -> dict[str, tuple[int, int]]:
    """Per code: the list price (the most frequent one) and the trade price (the most frequent lower one, or the same
    when it was never sold for less).
    """
    seen: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for basket in baskets:
        for line in basket.lines:
            seen[line.sku][line.unit_minor] += 1
    prices = {}
    for sku, counts in seen.items():
        usual = max(counts, key=lambda price: (counts[price], price))
        lower = [price for price in counts if price < usual]
        prices[sku] = usual, max(lower, key=lambda price: (counts[price], price), default=usual)
    return prices


def kind_of(basket: Basket, prices: Mapping[str, tuple[int, int]]) -> str:
    """'list' or 'trade' when every line is at that price, 'mixed' when each is at one of the two, else ''."""
    if all(line.unit_minor == prices[line.sku][0] for line in basket.lines):
        return "list"
    if all(line.unit_minor == prices[line.sku][1] for line in basket.lines):
        return "trade"
    return "mixed" if all(line.unit_minor in prices[line.sku] for line in basket.lines) else ""


def choose(baskets: Sequence[Basket], prices: Mapping[str, tuple[int, int]], at_least: int) -> list[Basket]:
    """A range of goods small enough to stock, with as many complete baskets as possible.

    Candidates have 1 to MAX_LINES lines, at most MAX_UNITS units, and list or trade prices only. Then the good that
    stands in the fewest remaining baskets goes, with those baskets, until one more would leave fewer than `at_least`.
    Ties go by code.
    """
    left = {
        b.invoice: b
        for b in baskets
        if len(b.lines) <= MAX_LINES and sum(line.units for line in b.lines) <= MAX_UNITS and kind_of(b, prices)
    }
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for basket in left.values():
        for line in basket.lines:
            holders[line.sku].add(basket.invoice)
    heap = sorted((len(invoices), sku) for sku, invoices in holders.items())
    while heap:
        baskets_of_it, sku = heapq.heappop(heap)
        if baskets_of_it != len(holders.get(sku, ())):
            continue
        if len(left) - baskets_of_it < at_least:
            break
        touched = set()
        for invoice in holders.pop(sku):
            for other in {line.sku for line in left.pop(invoice).lines} - {sku}:
                holders[other].discard(invoice)
                touched.add(other)
        for other in touched:
            heapq.heappush(heap, (len(holders[other]), other))
    return [left[invoice] for invoice in sorted(left)]


def read_stores(stores: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """All stores, by number, mended where the source is damaged: lost leading zeros of ZIP codes, ZIP+4 cut to the
    five digits, stray spaces, missing second address lines, coordinates in another state (WRONG_PLACE), hours without
    a.m. and p.m. (`hours_of`)."""
    by_id = {store["id"]: store for store in stores}
    rows = []
    for number in sorted(by_id):
        store = by_id[number]
        place = by_id[WRONG_PLACE[number]]["location"] if number in WRONG_PLACE else store["location"]
        text = {
            key: " ".join(str(store[key] or "").split()) for key in ("name", "address", "address2", "city", "state")
        }
        address = ", ".join(part for part in (text["address"], text["address2"]) if part)
        postcode = str(store["zip"]).partition("-")[0].zfill(5)
        services = "|".join(" ".join(service.split()) for service in store["services"])
        head = [str(number), str(store["type"]), text["name"], address, text["city"], text["state"], postcode]
        rows.append([*head, f"{place['lon']:.6f}", f"{place['lat']:.6f}", hours_of(str(store["hours"])), services])
    return rows


def hours_of(text: str) -> str:
    """The source's hours, which have no a.m. or p.m., on the 24-hour clock.

    Shops open from six in the morning to after noon, and for four hours at least: "9-10" is 9:00-22:00, "1-6" is
    13:00-18:00. "0-11:59" in the airports is around the clock.
    """

    def span(match: re.Match[str]) -> str:
        if match[0] == "0-11:59":
            return "0:00-24:00"
        start, end = int(match[1]) * 60 + int(match[2] or 0), int(match[3]) * 60 + int(match[4] or 0)
        start += 720 if start < 360 else 0
        while end - start < SHORTEST_DAY_MIN:
            end += 720
        return f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"

    return SPAN.sub(span, text)


def write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> int:
    """Write gzipped CSV without a time stamp in it; returns its size in bytes."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header.split())
    table.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    return path.stat().st_size


def main(argv: Sequence[str] | None = None) -> None:
    args = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    args.add_argument("--uci", type=Path, required=True, help="online_retail.csv.gz")
    args.add_argument("--stores", type=Path, required=True, help="bestbuy_stores.json.gz")
    args.add_argument("--out", type=Path, default=OUT)
    args.add_argument("--baskets", type=int, default=MIN_BASKETS, help="keep at least so many baskets")
    given = args.parse_args(argv)
    with gzip.open(given.uci, "rt", encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        next(table)
        baskets, titles = read_baskets(table)
    prices = prices_of(baskets)
    chosen = choose(baskets, prices, given.baskets)
    skus = sorted({line.sku for basket in chosen for line in basket.lines})
    usual = {sku: max(titles[sku], key=lambda title: (titles[sku][title], title)) for sku in skus}
    stores = read_stores(json.loads(gzip.decompress(given.stores.read_bytes())))
    given.out.mkdir(parents=True, exist_ok=True)
    size = write(
        given.out / "retail_orders.csv.gz",
        "invoice at customer country lines",
        ((*b[:4], " ".join(f"{x.sku}*{x.units}@{x.unit_minor}" for x in b.lines)) for b in chosen),
    )
    goods = ((sku, usual[sku], *prices[sku]) for sku in skus)
    size += write(given.out / "retail_goods.csv.gz", "sku title list_minor trade_minor", goods)
    header = "code kind name address city state zip lon lat hours services"
    size += write(given.out / "retail_stores.csv.gz", header, stores)
    figures = {
        "baskets": len(chosen),
        "lines": sum(len(basket.lines) for basket in chosen),
        "units": sum(line.units for basket in chosen for line in basket.lines),
        "amount_minor": sum(line.units * line.unit_minor for basket in chosen for line in basket.lines),
        "customers": len({basket.customer for basket in chosen} - {""}),
        "without_customer": sum(not basket.customer for basket in chosen),
        "kinds": dict(sorted(Counter(kind_of(basket, prices) for basket in chosen).items())),
        "goods": len(skus),
        "stores": len(stores),
        "bytes": size,
    }
    json.dump(figures, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
