"""Datong: one hub for every channel of a brand."""

__version__ = "0.1.0"
