"""Writes of shadow mode, each one verb; none writes outside of its own tables and the audit trail."""

from datong.shadow.actions.explain import explain, reopen
from datong.shadow.actions.feed import feed_file, receive
from datong.shadow.actions.projects import connect, delete_project, open_project, set_tolerances
from datong.shadow.actions.run import daily, forget_old, run
from datong.shadow.actions.watch import bind, read_channel, read_channels

__all__ = [
    "connect",
    "daily",
    "delete_project",
    "explain",
    "feed_file",
    "forget_old",
    "open_project",
    "receive",
    "reopen",
    "run",
    "bind",
    "read_channel",
    "read_channels",
    "set_tolerances",
]
