"""Colours, type and parts of the paper. Chinese is set in STSong-Light, which every PDF reader brings along."""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

INK, QUIET, LINE, PAPER = HexColor("#1c2127"), HexColor("#626b75"), HexColor("#d9dee3"), HexColor("#f5f7f8")
ACCENT, HIGH, MEDIUM, LOW = HexColor("#1f6f54"), HexColor("#b42318"), HexColor("#b25e09"), HexColor("#626b75")
CHINESE = "STSong-Light"
LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"


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
