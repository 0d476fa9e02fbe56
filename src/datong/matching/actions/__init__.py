"""Writes of matching."""

from datong.matching.actions.consider import consider
from datong.matching.actions.runs import ask_run, end_run, work
from datong.matching.actions.settings import say_setting

__all__ = ["ask_run", "consider", "end_run", "say_setting", "work"]
