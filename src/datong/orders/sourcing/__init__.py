"""Sourcing (寻源): which store serves an order, out of thousands, and why not the others."""
