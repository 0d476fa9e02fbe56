"""Files that people get: templates to fill in, the rows that are bad with what is wrong, everything there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.imports import words
from datong.imports.kinds.customers.sample import SAMPLE
from datong.imports.ports import Kind, kind_of
from datong.imports.queries import get_reconciliation, get_run, lines_of, list_faults, rows_apart
from datong.imports.rules.headings import normal
from datong.imports.rules.writing import Heading, csv_bytes, csv_pieces
from datong.imports.types import Column, Compared, Fault, Raw, Run
from datong.kernel.money import Money

FAULT_PAGE = 5000
HELP = (
    _("Column"), _("In the other language"), _("Needed"), pgettext_lazy("column", "What it means"), _("Example"),
)  # fmt: skip
YES, FIRST, NO = _("yes"), _("where new"), _("no")
HOW_TO = _("How to fill it in")


def workbook_bytes(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Raw]],
    *,
    title: str,
    help_title: str = "",
    help_lines: Sequence[Sequence[str]] = (),
) -> bytes:
    """A workbook: the table on its first sheet; where there are `help_lines`, a second that explains."""
    from datong.imports.rules.workbook import written  # OpenPyXL, which only a workbook needs

    return written(headings, rows, title=title, help_title=help_title, help_lines=help_lines)


def template(kind_name: str, file_format: str, language: str) -> bytes:
    """An empty table with headings in both languages, `language` first; a workbook also explains each column."""
    kind = kind_of(kind_name)
    order = sorted(words.LANGUAGES, key=lambda each: each != language)
    headings = [_heading(column, order) for column in kind.columns]
    if file_format == "csv":
        return csv_bytes(headings, [])
    title = words.said(kind.title, language)
    lines = _explained(kind, order)
    return workbook_bytes(headings, [], title=title, help_title=words.said(HOW_TO, language), help_lines=lines)


def sample(language: str) -> bytes:
    """A first file to try, as CSV: three invented people, in a language."""
    return table_file("customers", "csv", language, SAMPLE.get(language, SAMPLE["en"]))


def table_file(kind_name: str, file_format: str, language: str, lines: Iterable[Mapping[str, Raw]]) -> bytes:
    """These rows, each by column, in the shape of a kind's template."""
    return b"".join(table_pieces(kind_name, file_format, language, lines))


def table_pieces(
    kind_name: str, file_format: str, language: str, lines: Iterable[Mapping[str, Raw]]
) -> Iterator[bytes]:
    """The same as it is read; a workbook is one piece."""
    kind = kind_of(kind_name)
    order = sorted(words.LANGUAGES, key=lambda each: each != language)
    headings = [_heading(column, order) for column in kind.columns]
    rows = ([row.get(column.name) for column in kind.columns] for row in lines)
    if file_format == "csv":
        return csv_pieces(headings, rows)
    return iter((workbook_bytes(headings, rows, title=words.said(kind.title, language)),))


def bad_rows(brand_id: UUID, run_id: UUID) -> tuple[bytes, str]:
    """The user's own file with only the bad rows and two columns more: what is wrong, and its fix. (bytes, format).

    It is read again as it is: the two columns are known and passed over.
    """
    run = get_run(brand_id, run_id)
    own = run.notes.get("own", len(run.headings))
    faults = _by_line(brand_id, run_id)
    kept = [at for at, name in enumerate(run.headings[:own]) if normal(name) not in _added()]
    headings = [Heading((run.headings[at],), text=True) for at in kept]
    headings += [Heading((str(words.PROBLEM),), width=48), Heading((str(words.FIX),), width=48)]
    kind = kind_of(run.kind)
    rows = (
        [*[cells[at] if at < len(cells) else None for at in kept], *_told(kind, run, faults[line])]
        for lines in lines_of(brand_id, run_id)
        for line, cells in lines
        if line in faults
    )
    if run.notes.get("format") == "xlsx":
        return workbook_bytes(headings, rows, title=str(words.PROBLEM)), "xlsx"
    return csv_bytes(headings, rows, str(run.notes.get("separator", ","))), "csv"


def _by_line(brand_id: UUID, run_id: UUID) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    after = -1
    while page := list_faults(brand_id, run_id, after_line=after, limit=FAULT_PAGE):
        if len(page) == FAULT_PAGE and page[0].line != page[-1].line:
            page = [fault for fault in page if fault.line != page[-1].line]  # a row is not cut in two
        for fault in page:
            found.setdefault(fault.line, []).append(fault)
        after = page[-1].line
    return {line: faults for line, faults in found.items() if any(fault.blocks for fault in faults)}


def _told(kind: Kind, run: Run, faults: Sequence[Fault]) -> list[Raw]:
    """What is wrong with a row, each by the heading of the user's own file."""
    said: list[tuple[str, str]] = []
    for fault in faults:
        what, fix = words.sentences(fault)
        name = heading_of(kind, run, fault.column)
        said.append((f"{name}: {what}" if name else what, f"{name}: {fix}" if name else fix))
    return ["\n".join(what for what, _fix in said), "\n".join(fix for _what, fix in said)]


def heading_of(kind: Kind, run: Run, column: str) -> str:
    """A column by the heading it has in the run's own file; by our name for it where the file has none."""
    at = run.mapping.get(column)
    own = run.notes.get("own", len(run.headings))
    if at is not None and at < own:
        return run.headings[at]
    return words.labelled(kind, column) if column else ""


def _added() -> set[str]:
    return {normal(words.said(text, language)) for text in (words.PROBLEM, words.FIX) for language in words.LANGUAGES}


def _heading(column: Column, order: Sequence[str]) -> Heading:
    return Heading(
        names=tuple(words.said(column.label, language) for language in order),
        help=" / ".join(words.said(column.help, language) for language in order),
        choices=column.choices,
        needed=column.needed,
        width=column.width,
        text=isinstance(column.example, str),
    )


def _explained(kind: Kind, order: Sequence[str]) -> list[list[str]]:
    first, second = order
    lines = [[words.said(text, first) for text in HELP]]
    for column in kind.columns:
        needed = YES if column.needed else FIRST if column.first else NO
        lines.append(
            [
                words.said(column.label, first),
                words.said(column.label, second),
                words.said(needed, first),
                words.said(column.help, first),
                str(column.example if column.example is not None else ""),
            ]
        )
    return lines


def reconciliation_file(brand_id: UUID, reconciliation_id: UUID) -> bytes:
    """A workbook: the totals, then every row that differs, in the language of the moment."""
    found = get_reconciliation(brand_id, reconciliation_id)
    kind = kind_of(get_run(brand_id, found.run_id).kind)
    totals = [Heading((str(name),), width=20) for name in words.TOTALS]
    lines = [
        [
            " / ".join(line.group),
            words.measured(kind, line.measure),
            *figures(line),
            "" if line.difference == 0 else "≠",
        ]
        for line in found.lines
    ]
    apart = [[str(name) for name in words.APART]]
    for row in rows_apart(brand_id, reconciliation_id):
        apart.append([str(row.line), row.called, str(words.WHAT[row.what]), words.why(row), row.file, row.here])
    signed = f"{found.signed_by} {found.signed_at:%Y-%m-%d %H:%M} UTC {found.note}" if found.signed_at else "-"
    lines.append([str(words.SIGNED), signed, None, None, None, None, None])
    title = str(words.RECONCILIATION)
    return workbook_bytes(totals, lines, title=title, help_title=str(words.ROWS_APART), help_lines=apart)


def figures(line: Compared) -> list[str | None]:
    """Control, file, here and difference as people write them."""
    found = (line.control, line.file, line.here, line.difference)
    if not line.unit:
        return [None if value is None else str(value) for value in found]
    return [None if value is None else str(Money(value, line.unit).decimal) for value in found]
