"""Reads of service."""

from datong.service.queries.cases import get_case, list_cases, summary
from datong.service.queries.given import given_for, given_today
from datong.service.queries.measures import measures
from datong.service.queries.settings import reasons, teams

__all__ = ["get_case", "given_for", "given_today", "list_cases", "measures", "reasons", "summary", "teams"]
