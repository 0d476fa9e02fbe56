"""Tables over HTTP: in, out, and what was taken in held against what should be."""

from datong.imports.http import reconciliations, runs, tables
from datong.imports.http.common import router

__all__ = ["reconciliations", "router", "runs", "tables"]
