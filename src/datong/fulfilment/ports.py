"""What fulfilment needs of others: something that prints."""

from __future__ import annotations

from typing import Protocol

from datong.fulfilment.types.printing import Printer, PrinterKind, TicketText


class TicketPrinter(Protocol):
    """Prints on one kind of printer."""

    def print(self, printer: Printer, text: TicketText) -> None:
        """Print and cut; raises Unavailable when it was not taken. Never inside of an open transaction."""
        ...


_adapters: dict[PrinterKind, TicketPrinter] = {}


def register_printer(kind: PrinterKind, adapter: TicketPrinter | None) -> None:
    """What prints on printers of this kind; None takes it away."""
    if adapter is None:
        _adapters.pop(kind, None)
    else:
        _adapters[kind] = adapter


def printer_of(kind: PrinterKind) -> TicketPrinter | None:
    """The adapter, None when this installation has none for the kind."""
    return _adapters.get(kind)
