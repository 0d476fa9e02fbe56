"""Files as people have them: encodings, separators, dates, amounts, codes that Excel spoilt."""

from __future__ import annotations

import datetime as dt

import pytest

from datong.imports.rules import cells
from datong.imports.rules.headings import match
from datong.imports.rules.reading import read_table
from datong.imports.rules.writing import Heading, csv_bytes, guarded
from datong.imports.tests.conftest import Desk, xlsx
from datong.imports.types import Facts, Raw, Unreadable, Wrong

US, CN, JP = (
    Facts("USD", "America/Chicago", "US"),
    Facts("CNY", "Asia/Shanghai", "CN"),
    Facts("JPY", "Asia/Tokyo", "JP"),
)
NAIVE = dt.datetime(2026, 1, 2, 9, 30)  # noqa: DTZ001 - a cell of a workbook has no zone
TEXT = "编码,名称\n0012,茶杯\n"
KNOWN = {"编码", "名称", "sku", "title"}


def score(names: object) -> int:
    return sum(name in KNOWN for name in names)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("gb18030"), "GB18030"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_chinese_files_are_read_in_every_encoding(data: bytes, encoding: str) -> None:
    table = read_table(data, "x.csv", score)
    assert (table.headings, list(table.rows)) == (("编码", "名称"), [(2, ["0012", "茶杯"])])
    assert table.notes["encoding"] == encoding


def test_western_files_of_an_old_code_page_are_no_chinese() -> None:
    table = read_table("sku;title\n1;Café crème\n".encode("cp1252"), "x.csv", score)
    assert list(table.rows) == [(2, ["1", "Café crème"])]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_separators_are_found(sign: str) -> None:
    data = f'sku{sign}title\nA{sign}"a, b; c"\n'.encode()
    assert list(read_table(data, "x.txt", score).rows) == [(2, ["A", "a, b; c"])]


def test_lines_above_the_headings_empty_rows_and_a_second_language_are_passed_over() -> None:
    rows = [["Goods of 2026"], [], ["sku", "title"], ["编码", "名称"], ["A", "One"], [], ["B", "Two"]]
    table = read_table(xlsx(*rows), "x.xlsx", score)
    assert [(line, row[:2]) for line, row in table.rows] == [(5, ["A", "One"]), (7, ["B", "Two"])]


def test_dates_numbers_and_formulas_of_a_workbook() -> None:
    rows = [["sku", "title"], [dt.date(2026, 12, 24), 12.0], [12.5, "=1+1"], [NAIVE, True]]
    table = read_table(xlsx(*rows), "x.xlsx", score)
    assert [row for _, row in table.rows] == [["2026-12-24", 12], [12.5, None], ["2026-01-02T09:30:00", True]]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"sku,title\n", "no_rows"), (bytes(range(256)) * 9, "binary"), (b"PK\x03\x04junk", "workbook"),
     (b'sku,title\nA,"open\n', "csv"), (b"[1, 2]", "json")],
)  # fmt: skip
def test_what_is_no_table_is_said_with_its_fix(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_table(data, "x", score)
    assert told.value.fault == code
    assert told.value.problems[0].fix


@pytest.mark.parametrize(
    ("raw", "facts", "minor"),
    [("1,234.50", US, 123450), ("1.234,50", US, 123450), ("¥1,234", CN, 123400), ("￥1，234.5", CN, 123450),
     ("1 234,50", US, 123450), ("12,5", US, 1250), (12.1, US, 1210), (0.1 + 0.2, US, 30), ("USD 12", US, 1200),
     ("1,234,567", US, 123456700), ("¥1.234", JP, 1234), ("1'234.00", US, 123400), (".5", US, 50)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(raw: Raw, facts: Facts, minor: int) -> None:
    assert cells.money(raw, facts) == minor


@pytest.mark.parametrize(
    ("raw", "code"),
    [("1.234", "ambiguous"), ("¥12", "other_currency"), ("-3", "negative"), ("(3)", "negative"), ("abc", "money"),
     ("1.0005", "decimals"), ("1,23.50", "money"), ("99999999999", "beyond_reason"), ("#N/A", "formula_error")],
)  # fmt: skip
def test_amounts_that_are_none_or_two_are_refused(raw: Raw, code: str) -> None:
    with pytest.raises(Wrong) as told:
        cells.money(raw, US)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [(46000, "excel_date", {"meant": "2025-12-09"}), ("46000", "excel_date", {"meant": "2025-12-09"}),
     ("1/2/2026", "date_order", {"one": "2026-01-02", "two": "2026-02-01"}), ("soon", "date", {}),
     ("2026-02-30", "date", {})],
)  # fmt: skip
def test_dates_that_are_numbers_or_can_be_read_in_two_ways(raw: Raw, code: str, facts: dict[str, str]) -> None:
    with pytest.raises(Wrong) as told:
        cells.day(raw, US)
    assert (told.value.code, told.value.facts) == (code, facts)


def test_dates_as_people_write_them() -> None:
    for text in ("2026-12-24", "2026/12/24", "2026年12月24日", "20261224", "12/24/2026", "24.12.2026"):
        assert cells.day(text, US) == dt.date(2026, 12, 24)
    assert cells.moment("2026-12-24", US) == "2026-12-24T06:00:00+00:00"


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [("4006381333932", "gtin_check", {"right": "4006381333931"}),
     (12345678905, "gtin_zeros", {"right": "012345678905"}),
     ("6.9E+12", "shortened_number", {"value": "6.9E+12"}), ("12345", "gtin_length", {"length": 5})],
)  # fmt: skip
def test_bar_codes_that_excel_or_a_finger_spoilt(raw: Raw, code: str, facts: dict[str, str]) -> None:
    with pytest.raises(Wrong) as told:
        cells.gtin(raw, US)
    assert (told.value.code, told.value.facts) == (code, facts)


def test_a_sku_that_excel_made_a_number_is_known_by_its_zeros(desk: Desk) -> None:
    desk.take("products", "sku,title\n0012,Cup\n")
    data = xlsx(["SKU", "Title"], [12, "Cup"], [6901234567890123, "Pot"])
    run = desk.check("products", data, name="x.xlsx")
    assert desk.told(run) == [(2, "sku", "code_zeros"), (3, "sku", "shortened_number")]
    assert desk.faults(run)[0].facts == {"right": "0012"}
    stock = desk.check("stock", "store,sku,on_hand\n1,0012,4\n0001,12,4\n")
    assert desk.told(stock) == [(2, "store", "code_zeros"), (3, "sku", "code_zeros")]


def test_prices_that_overlap_are_named_with_the_row_above(desk: Desk) -> None:
    desk.take("products", "sku,title\nCUP,Cup\n")
    rows = "CUP,10,2027-01-01,2027-03-01\nCUP,9,2027-02-01,2027-04-01\nCUP,8,2027-04-01,\nCUP,7,2027-05-01,2027-05-01\n"
    run = desk.check("prices", "sku,price,valid_from,valid_to\n" + rows)
    assert desk.told(run) == [(3, "valid_from", "overlap"), (5, "valid_to", "ends_first")]
    assert desk.faults(run)[0].facts == {"above": 2, "until": "2027-03-01"}


def test_headings_are_known_in_both_languages_and_nearly() -> None:
    names = {"sku": ("SKU", "商品编码"), "price": ("Price", "价格", "售价")}
    found = match(["商品编码 *", "Pirce", "Colour"], names, {})
    assert (found.mapping, found.doubts, found.unused) == ({"sku": 0}, {"Pirce": "price"}, ("Colour",))
    assert match(["sku", "SKU", "价格"], names, {"price": None}) == match(
        ["sku", "SKU", "价格"], names, {"price": None}
    )
    assert match(["sku", "SKU"], names, {}).twice == ("SKU",)


def test_what_a_spreadsheet_would_run_leaves_as_text_and_comes_back_as_it_was(desk: Desk) -> None:
    assert [guarded(v) for v in ("=1+1", "@x", "-5", "+a", 'a"b')] == ["'=1+1", "'@x", "-5", "'+a", 'a"b']
    data = csv_bytes([Heading(("sku",)), Heading(("title",))], [["A", "=HYPERLINK(1)"]])
    assert "'=HYPERLINK(1)" in data.decode("utf-8-sig")
    assert cells.text(50)("'=HYPERLINK(1)", US) == "=HYPERLINK(1)"
