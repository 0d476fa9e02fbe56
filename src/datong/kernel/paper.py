"""Colours and type of what is printed. Chinese is set in STSong-Light, which every PDF reader brings along."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, TableStyle

INK, QUIET, LINE, PAPER = HexColor("#1c2127"), HexColor("#626b75"), HexColor("#d9dee3"), HexColor("#f5f7f8")
ACCENT, HIGH, MEDIUM, LOW = HexColor("#1f6f54"), HexColor("#b42318"), HexColor("#b25e09"), HexColor("#626b75")
CHINESE = "STSong-Light"
LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"
MARGIN = 18 * mm
LINES = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
)
"""Rows with a hairline under each."""


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def is_wide(text: str) -> bool:
    return any(ord(char) > 0x2E7F for char in text)


def latin(text: str) -> bool:
    """Whether the standard fonts have every character (they hold Windows-1252)."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def font_of(text: str, *, bold: bool = False) -> str:
    _fonts()
    return (LATIN_BOLD if bold else LATIN) if latin(text) else CHINESE


def style(
    text: str, size: float, *, color: Color = INK, bold: bool = False, right: bool = False, leading: float = 0
) -> ParagraphStyle:
    wide = is_wide(text)
    made = ParagraphStyle(
        "t",
        fontName=font_of(text, bold=bold),
        fontSize=size,
        leading=leading or size * (1.5 if wide else 1.3),
        textColor=color,
        wordWrap="CJK" if wide else None,
    )
    if right:
        made.alignment = TA_RIGHT
    return made


def safe(text: str) -> str:
    """Text for a paragraph: marked up nothing, and a yen sign where the font has none for the full-width one."""
    return escape(text.replace("￥", "¥"))


def text(said: str, size: float, **look: Any) -> Paragraph:
    """A paragraph in the font that has its characters; `look` as for `style`."""
    return Paragraph(safe(said), style(said, size, **look))
