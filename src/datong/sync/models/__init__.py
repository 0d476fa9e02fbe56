"""Tables of sync: what is told (outward), what is read (inward)."""

from datong.sync.models.inward import Pull, Theirs
from datong.sync.models.outward import LANES, Counterpart, Lane, Link, Outward

__all__ = ["LANES", "Counterpart", "Lane", "Link", "Outward", "Pull", "Theirs"]
