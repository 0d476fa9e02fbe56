"""Reads of opening files."""

from datong.imports.queries.reconciliations import (
    get_reconciliation,
    reconciliations_of,
    reconciliations_waiting,
    rows_apart,
)
from datong.imports.queries.runs import (
    PAGE,
    Line,
    faults_by_code,
    first_lines,
    get_run,
    lines_of,
    list_faults,
    list_runs,
    pack,
    run_of,
    runs_at_work,
    unpack,
    unpack_images,
)

__all__ = [
    "PAGE",
    "Line",
    "faults_by_code",
    "first_lines",
    "get_reconciliation",
    "get_run",
    "lines_of",
    "list_faults",
    "list_runs",
    "pack",
    "reconciliations_of",
    "reconciliations_waiting",
    "rows_apart",
    "run_of",
    "runs_at_work",
    "unpack",
    "unpack_images",
]
