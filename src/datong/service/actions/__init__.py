"""Verbs of service."""

from datong.service.actions.cases import add_step, assign, open_case, set_state
from datong.service.actions.giving import ask_to_compensate
from datong.service.actions.settings import put_reason, put_team

__all__ = ["add_step", "ask_to_compensate", "assign", "open_case", "put_reason", "put_team", "set_state"]
