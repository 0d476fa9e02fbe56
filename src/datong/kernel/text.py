"""Text files as people send them: byte order marks, UTF-8, UTF-16, and the code pages that Excel writes."""

from __future__ import annotations

import codecs
import csv
import re

from datong.kernel.errors import DatongError

_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030",
    "cp1252": "Windows-1252",
}
SEPARATORS = ",;\t|"


class NotText(DatongError):
    """Bytes that are no text; `binary` when they never were meant to be."""

    def __init__(self, binary: bool) -> None:
        super().__init__("these bytes are no text")
        self.binary = binary


def encoding_of(data: bytes) -> str:
    """The codec in which `data` is written: UTF-8 or UTF-16, else GB18030 (GBK) or Windows 1252. Raises NotText."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _reads(data, codec)
    head = data[:2000]
    if head.count(0) > len(head) // 4:
        return _reads(data, "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be")
    if b"\x00" in head:
        raise NotText(binary=True)
    # Chinese in GBK comes in pairs of high bytes; a Western letter with an accent stands alone between plain ones.
    runs = _HIGH_RUNS.findall(data)
    chinese = sum(len(run) == 1 for run in runs) * 2 <= len(runs)
    for codec in ("utf-8", "gb18030", "cp1252") if chinese else ("utf-8", "cp1252"):
        try:
            return _reads(data, codec)
        except NotText:
            continue
    raise NotText(binary=False)


def decode(data: bytes) -> tuple[str, str]:
    """(text, the encoding's name as people know it). Raises NotText."""
    codec = encoding_of(data)
    return data.decode(codec), NAMES[codec]


def _reads(data: bytes, codec: str) -> str:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        raise NotText(binary=False) from None
    return codec


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
