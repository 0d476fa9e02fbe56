"""Writes of the ledger. What is posted stays; a correction is another transfer."""

from datong.ledger.actions.post import post

__all__ = ["post"]
