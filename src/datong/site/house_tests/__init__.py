"""Tests of the house itself: its borders, its sizes, its tools. Each plants a violation and sees it caught."""

from pathlib import Path

ROOT = Path(__file__).parents[4]
"""The checkout."""
