"""Files: CSV, Excel, JSON Lines; streamed, resumable, bad rows told with their places."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from datong.integration.tests.intents import context
from datong.integration.wire import marketplace, tabular
from datong.kernel.errors import BadInput
from datong.orders.types import IntentLine

pytestmark = pytest.mark.requirement("S-162", "S-163")

UCI = marketplace.shipped("uci_online_retail")
CONTEXT = context(currency="GBP", country="GB", timezone="Europe/London")
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
CSV = HEAD + (
    "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
    '536365,71053,"METAL ""LANTERN"", WHITE",6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom\n'
    "536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850.0,United Kingdom\n"
    "536366,22633,HAND WARMER,6,2011-07-01 08:28:00,1.85,,United Kingdom\n"
    "C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom\n"
    "536380,22961,JAM MAKING,24,2010-12-01 09:41:00,1.45,17809.0,United Kingdom\n"
)
ROWS = [dict(zip(HEAD.strip().split(","), row, strict=True)) for row in (
    ["536365", "85123A", "WHITE HANGING HEART", 6, "2010-12-01 08:26:00", 2.55, 17850, "United Kingdom"],
    ["536365", "71053", 'METAL "LANTERN", WHITE', 6, "2010-12-01 08:26:00", 3.39, 17850, "United Kingdom"],
    ["536366", "22633", "HAND WARMER", 6, "2011-07-01 08:28:00", 1.85, None, "United Kingdom"],
)]  # fmt: skip


def orders(path: Path, after: int = 0) -> list[tabular.Group]:
    return list(tabular.groups(tabular.rows_of(path, UCI.table), UCI, after=after))


def test_rows_of_one_order_become_one_order(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    found = orders(path)
    assert [(g.external_id, g.row, g.end) for g in found] == [("536365", 1, 3), ("536366", 4, 5), ("536380", 6, 6)]
    [first] = tabular.parse(tabular.encode(found[0]), CONTEXT, UCI)
    assert first.lines == (
        IntentLine(1, "85123A", 6, 255, 0, "WHITE HANGING HEART"),
        IntentLine(2, "71053", 6, 339, 0, 'METAL "LANTERN", WHITE'),
    )
    assert first.placed_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert first.identities[0].value == "c:17850"
    [second] = tabular.parse(tabular.encode(found[1]), CONTEXT, UCI)
    assert second.placed_at == datetime(2011, 7, 1, 7, 28, tzinfo=UTC)  # London keeps summer time
    assert second.identities == ()


def test_excel_and_json_lines_give_the_same_orders_as_csv(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(list(ROWS[0]))
    for row in ROWS:
        when = datetime.fromisoformat(str(row["InvoiceDate"]))
        book.active.append([when if key == "InvoiceDate" else value for key, value in row.items()])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    (tmp_path / "a.csv").write_text(CSV)
    read = {
        name: [i for g in orders(tmp_path / name)[:2] for i in tabular.parse(tabular.encode(g), CONTEXT, UCI)]
        for name in ("a.csv", "a.xlsx", "a.jsonl")
    }
    assert read["a.xlsx"] == read["a.csv"] == read["a.jsonl"]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=12), st.data())
def test_reading_on_from_any_checkpoint_gives_the_rest(shape: list[tuple[int, int]], pick: st.DataObject) -> None:
    rows = [{"InvoiceNo": str(n), "n": i} for n, (count, _) in enumerate(shape) for i in range(count)]
    whole = list(tabular.groups(rows, UCI))
    cut = pick.draw(st.integers(0, len(whole)))
    rest = list(tabular.groups(rows, UCI, after=whole[cut - 1].end if cut else 0))
    assert whole[cut:] == rest


def test_scattered_rows_of_an_order_are_told_not_taken_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV + "536365,1,X,1,2010-12-01 08:26:00,1.00,,UK\n")
    last = orders(path)[-1]
    assert last.apart
    with pytest.raises(BadInput) as error:
        tabular.parse(tabular.encode(last), CONTEXT, UCI)
    assert error.value.problems[0].code == "rows_apart"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"no zip"),
        ("a.csv", b""),
        ("a.csv", b'"never closed\n'),
        ("a.csv", b"\xff\xfe\xff,b\n"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as error:
        orders(tmp_path / name)
    assert error.value.problems[0].fix


GOOD = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
AFTER = "536366,22633,HAND WARMER,6,2011-07-01 08:28:00,1.85,,United Kingdom\n"
LINE = json.dumps(ROWS[0]).encode() + b"\n"
NEXT = json.dumps(ROWS[2]).encode() + b"\n"


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", HEAD + GOOD + '536400,"never closed,X,1\n' + AFTER, '536400,"never closed,X,1'),
        ("a.csv", HEAD + GOOD + '536400,a "b" "c",X,1\n'.replace('a "b"', '"a"b') + AFTER, '536400,"a"b "c",X,1'),
        ("a.csv", HEAD + GOOD + f'536400,"{"x" * 40_000}",a\n' + AFTER, '536400,"xxx'),
        ("a.csv", (HEAD + GOOD).encode() + b"536400,\xff\xfe,x\n" + AFTER.encode(), "536400,"),
        ("a.jsonl", LINE + b'{"InvoiceNo": \n' + NEXT, '{"InvoiceNo":'),
        ("a.jsonl", LINE + b"[1]\n" + NEXT, "[1]"),
        ("a.jsonl", LINE + b'{"a": "\xff"}\n' + NEXT, '{"a": "'),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_by_itself_and_the_others_go_on(
    tmp_path: Path, name: str, content: str | bytes, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    first, bad, last = orders(path)
    assert (first.external_id, bad.external_id, last.external_id) == ("536365", "", "536366")
    assert orders(path, after=first.end) == [bad, last], "a checkpoint before or behind it reads on the same"
    assert orders(path, after=bad.end) == [last]
    with pytest.raises(BadInput) as error:
        tabular.parse(tabular.encode(bad), CONTEXT, UCI)
    [problem] = error.value.problems
    assert problem.code == "bad_row" and str(problem.value).startswith(text) and problem.fix


def test_a_file_in_gbk_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + "1,T,龙井茶,6,2010-12-01 08:26:00,2.55,1,中国\n").encode("gb18030"))
    [found] = orders(path)
    assert found.document["Description"] == "龙井茶"


def test_a_field_may_run_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + '1,T,"two\nlines",6,2010-12-01 08:26:00,2.55,1,UK\n' + AFTER)
    assert [g.document["Description"] for g in orders(path)] == ["two\nlines", "HAND WARMER"]


def test_bad_cells_are_told_with_row_and_column() -> None:
    row = {"InvoiceNo": "1", "StockCode": "", "Quantity": "six", "InvoiceDate": "?", "UnitPrice": "1.005"}
    [group] = tabular.groups([row], UCI)
    with pytest.raises(BadInput) as error:
        tabular.parse(tabular.encode(group), CONTEXT, UCI)
    assert {p.field: p.code for p in error.value.problems} == {
        "/rows/0/Quantity": "bad_number",
        "/rows/0/StockCode": "missing",
        "/rows/0/UnitPrice": "bad_amount",
        "/InvoiceDate": "bad_time",
    }
