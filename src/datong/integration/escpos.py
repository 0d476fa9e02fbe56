"""Tickets on network printers that speak ESC/POS (python-escpos makes the commands; Chinese goes as GB 18030).

The address is looked up once and judged, and the connection is made to what was judged, so that a name cannot lead
elsewhere in between.
"""

from __future__ import annotations

import socket
import unicodedata
from typing import Any

from datong.fulfilment.api import allowed_address
from datong.fulfilment.types.printing import Printer, TicketText
from datong.kernel.errors import Unavailable

TIMEOUT_S = 4.0
CHINESE_ON, CHINESE_OFF = b"\x1c&", b"\x1c."
"""FS & and FS . : double-byte characters on and off (Epson ESC/POS)."""


class EscPosPrinter:
    """`anywhere`: printers outside of private networks too."""

    def __init__(self, *, anywhere: bool = False) -> None:
        self._anywhere = anywhere

    def print(self, printer: Printer, text: TicketText) -> None:
        """Raises Unavailable when the printer is not where it should be or does not take it."""
        address = self._address(printer)
        try:
            with socket.create_connection((address, printer.port), timeout=TIMEOUT_S) as line:
                line.sendall(render(text, printer.columns))
                line.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Unavailable(f"{printer.name} at {printer.host}:{printer.port} does not answer: {error}") from None

    def _address(self, printer: Printer) -> str:
        try:
            found = socket.getaddrinfo(printer.host, printer.port, type=socket.SOCK_STREAM)
        except OSError:
            raise Unavailable(f"nobody knows the address {printer.host}") from None
        address = str(found[0][4][0])
        if not allowed_address(address, anywhere=self._anywhere):
            raise Unavailable(f"{printer.host} is not in a private network: nothing was sent")
        return address


def render(text: TicketText, columns: int) -> bytes:
    """The bytes of a ticket: the number large, what to make, notes, and the cut."""
    from escpos.printer import Dummy

    paper = Dummy()
    paper.hw("INIT")
    paper._raw(CHINESE_ON)
    paper.set(align="center", bold=True, double_height=True, double_width=True)
    _line(paper, text.head, columns // 2)
    paper.set(align="center", normal_textsize=True, bold=False)
    _line(paper, f"{text.kind} {text.order_number}", columns)
    paper.set(align="left")
    for fact in text.facts:
        _line(paper, fact, columns)
    _line(paper, "-" * columns, columns)
    for each in text.lines:
        paper.set(bold=True, double_height=True)
        _line(paper, f"{each.units} x {each.title}", columns)
        paper.set(normal_textsize=True, bold=False)
        for option in each.options:
            _line(paper, f"  + {option}", columns)
    for note in text.notes:
        paper.set(bold=True)
        _line(paper, f"* {note}", columns)
    paper.set(bold=False)
    paper._raw(CHINESE_OFF)
    paper.cut()
    return bytes(paper.output)


def _line(paper: Any, text: str, columns: int) -> None:
    for part in wrapped(text, columns):
        paper._raw(part.encode("gb18030", "replace") + b"\n")


def wrapped(text: str, columns: int) -> list[str]:
    """A text in lines of so many columns; a Chinese character takes two. Control characters are left out: they would
    be commands."""
    lines, line, width = list[str](), "", 0
    for char in text:
        if not char.isprintable():
            continue
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width + wide > columns:
            lines.append(line)
            line, width = "", 0
        line, width = line + char, width + wide
    return [*lines, line] if line or not lines else lines
