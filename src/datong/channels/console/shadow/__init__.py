"""Beside your systems (影子对照): what the systems of today get wrong, and the evidence."""
