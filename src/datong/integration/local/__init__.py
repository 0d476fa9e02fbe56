"""Platforms as local servers that are true to the protocol: for the demo, for tests, for a dry run without a line."""
