"""The public face of opening files."""

from datong.imports.actions import (
    ask_check,
    ask_start,
    ask_undo,
    forget,
    give_up,
    is_mapped,
    lacking_columns,
    map_run,
    receive,
    work,
)
from datong.imports.files import bad_rows, export_file, heading_of, table_file, template, workbook_bytes
from datong.imports.kinds.customers.leaving import Line, lines_of_people, masked
from datong.imports.ports import Kind, kind_of, kinds, register
from datong.imports.queries import faults_by_code, first_lines, get_run, list_faults, list_runs, runs_at_work
from datong.imports.rules.reading import read_table
from datong.imports.rules.vcards import write_cards
from datong.imports.rules.writing import Heading, csv_bytes
from datong.imports.words import labelled, sentences

__all__ = [
    "Heading",
    "Kind",
    "Line",
    "ask_check",
    "ask_start",
    "ask_undo",
    "bad_rows",
    "csv_bytes",
    "export_file",
    "faults_by_code",
    "first_lines",
    "forget",
    "get_run",
    "give_up",
    "heading_of",
    "is_mapped",
    "kind_of",
    "kinds",
    "lacking_columns",
    "labelled",
    "lines_of_people",
    "list_faults",
    "list_runs",
    "map_run",
    "masked",
    "read_table",
    "receive",
    "register",
    "runs_at_work",
    "sentences",
    "table_file",
    "template",
    "work",
    "workbook_bytes",
    "write_cards",
]
