"""The mapping language: how a sender's format becomes orders, written down in a file instead of code."""
