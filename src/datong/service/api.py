"""The public face of service."""

from datong.service.actions import add_step, assign, open_case, put_reason, put_team, set_state
from datong.service.queries import get_case, list_cases, measures, reasons, summary, teams

__all__ = [
    "add_step",
    "assign",
    "get_case",
    "list_cases",
    "measures",
    "open_case",
    "put_reason",
    "put_team",
    "reasons",
    "set_state",
    "summary",
    "teams",
]
