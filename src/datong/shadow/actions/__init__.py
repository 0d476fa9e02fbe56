"""Writes of shadow mode, each one verb; none writes outside of its own tables and the audit trail."""

from datong.shadow.actions.explain import explain, reopen
from datong.shadow.actions.feed import feed_file, feed_from, receive
from datong.shadow.actions.projects import connect, delete_project, open_project, set_tolerances
from datong.shadow.actions.run import daily, forget_old, run

__all__ = [
    "connect",
    "daily",
    "delete_project",
    "explain",
    "feed_file",
    "feed_from",
    "forget_old",
    "open_project",
    "receive",
    "reopen",
    "run",
    "set_tolerances",
]
