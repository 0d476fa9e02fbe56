"""Which printers there may be, what each prints, when it is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

from datong.fulfilment.types.printing import Printer, PrinterKind, TicketText
from datong.kernel.errors import BadInput, Problem

MAX_TRIES = 40
COLUMNS = (32, 42, 48)
LEASE = timedelta(seconds=60)


def allowed_address(address: str, *, anywhere: bool = False) -> bool:
    """Whether a ticket may be sent to this address: the store's own network or this machine, unless `anywhere`.

    Link-local addresses never: a cloud machine's own secrets are asked for there.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    return anywhere or found.is_private or found.is_loopback


def check_printer(printer: Printer, *, anywhere: bool = False) -> None:
    """Raises BadInput naming each field. A name is looked up again when it is printed on, and judged then too."""
    problems = []
    if not printer.name.strip() or len(printer.name) > 60 or not printer.name.isprintable():
        problems.append(Problem("name", "bad_value", "a name, at most 60 characters", printer.name[:80]))
    if printer.columns not in COLUMNS:
        problems.append(Problem("columns", "bad_value", f"one of {', '.join(map(str, COLUMNS))}", printer.columns))
    if len(printer.categories) > 20 or any(not c or len(c) > 80 for c in printer.categories):
        problems.append(Problem("categories", "bad_value", "at most 20 categories", None))
    if printer.kind is PrinterKind.NETWORK:
        literal = not any(c.isalpha() for c in printer.host.replace("::", "")) or ":" in printer.host
        if not printer.host or len(printer.host) > 100 or any(c in printer.host for c in "/@? \\#"):
            problems.append(Problem("host", "bad_value", "an address of the store's network", printer.host[:80]))
        elif literal and not allowed_address(printer.host, anywhere=anywhere):
            fix = "a private address of the store's network, such as 192.168.1.50"
            problems.append(Problem("host", "not_private", fix, printer.host[:80]))
        if not 1 <= printer.port <= 65535:
            problems.append(Problem("port", "bad_value", "1 to 65535, usually 9100", printer.port))
    if problems:
        raise BadInput("this printer cannot be used", *problems)


def part_for(printer: Printer, text: TicketText) -> TicketText | None:
    """What this printer prints of a ticket; None for nothing."""
    if not printer.categories:
        return text
    mine = tuple(line for line in text.lines if line.category.startswith(printer.categories))
    return replace(text, lines=mine) if mine else None


def wait_after(attempts: int) -> timedelta:
    """Soon at first: somebody puts paper in; then every two minutes."""
    return timedelta(seconds=min(5 * 2 ** min(attempts, 6), 120))
