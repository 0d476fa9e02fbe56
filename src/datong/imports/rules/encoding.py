"""Bytes to text: byte order marks, UTF-8, UTF-16, and the code pages that Excel writes (GB18030, Windows 1252)."""

from __future__ import annotations

import codecs
import csv
import re

from datong.imports.types import Unreadable

_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
SEPARATORS = ",;\t|"


def decode(data: bytes) -> tuple[str, str]:
    """(text, the encoding's name). Raises Unreadable for bytes that are no text."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, name), "UTF-8" if name == "utf-8-sig" else "UTF-16"
    head = data[:2000]
    if head.count(0) > len(head) // 4:
        name = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        return _strict(data, name), "UTF-16"
    if b"\x00" in head:
        raise Unreadable("binary", "a CSV file (UTF-8) or an Excel workbook (.xlsx); this is neither")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    # Chinese in GBK comes in pairs of high bytes; a Western letter with an accent stands alone between plain ones.
    runs = _HIGH_RUNS.findall(data)
    alone = sum(len(run) == 1 for run in runs)
    if alone * 2 <= len(runs):
        try:
            return data.decode("gb18030"), "GB18030"
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise Unreadable("encoding", "save the file as 'CSV UTF-8', or as an Excel workbook") from None


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Unreadable("encoding", "save the file as 'CSV UTF-8'; some of its bytes are no text") from None


def separator(text: str) -> str:
    """What stands between the cells: the sign that splits the first lines into the most cells, evenly."""
    if (first := re.match(r"sep=(.)\r?\n", text)) is not None:  # Excel's own hint
        return first[1]
    sample = text[:20_000]
    best, best_score = ",", (0, 0.0)
    for sign in SEPARATORS:
        try:
            lines = [row for _, row in zip(range(20), csv.reader(sample.splitlines(), delimiter=sign), strict=False)]
        except csv.Error:
            continue
        widths = [len(row) for row in lines if any(row)]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = (int(usual > 1), widths.count(usual) / len(widths) * usual)
        if score > best_score:
            best, best_score = sign, score
    return best
