"""Writes of the brand."""
