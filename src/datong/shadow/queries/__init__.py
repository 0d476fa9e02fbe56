"""Reads of shadow mode."""

from datong.shadow.queries.findings import FindingFilter, FindingPage, finding, findings_page
from datong.shadow.queries.projects import feed_problems, feeds, list_projects, project_of, system_view, unmatched
from datong.shadow.queries.report import report, top_findings

__all__ = [
    "FindingFilter",
    "FindingPage",
    "feed_problems",
    "feeds",
    "finding",
    "findings_page",
    "list_projects",
    "project_of",
    "report",
    "system_view",
    "top_findings",
    "unmatched",
]
