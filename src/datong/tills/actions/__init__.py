"""Writes of tills."""

from datong.tills.actions.devices import register, revoke
from datong.tills.actions.discounts import ask_discount
from datong.tills.actions.facts import take
from datong.tills.actions.looking import close_fact, try_again
from datong.tills.actions.telling import tell

__all__ = ["ask_discount", "close_fact", "register", "revoke", "take", "tell", "try_again"]
