"""Writes of the ledger. What is posted stays; a correction is another transfer."""

from datong.ledger.actions.floors import set_floor
from datong.ledger.actions.hold import capture, expire, hold, hold_each, release
from datong.ledger.actions.post import post, post_each

__all__ = ["capture", "expire", "hold", "hold_each", "post", "post_each", "release", "set_floor"]
