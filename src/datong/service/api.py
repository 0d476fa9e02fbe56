"""The public face of service."""

from datong.service.actions import add_step, ask_to_compensate, assign, open_case, put_reason, put_team, set_state
from datong.service.queries import get_case, given_for, given_today, list_cases, measures, reasons, summary, teams

__all__ = [
    "add_step",
    "ask_to_compensate",
    "assign",
    "get_case",
    "given_for",
    "given_today",
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
