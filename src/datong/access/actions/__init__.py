"""Writes of access, each one verb."""
