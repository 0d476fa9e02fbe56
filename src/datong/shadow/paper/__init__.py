"""The report for the board: one page that says it, and the tables behind it, as a PDF."""

from datong.shadow.paper.pdf import pdf

__all__ = ["pdf"]
