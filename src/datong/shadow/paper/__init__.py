"""The report for the board: one page that says it, and the tables behind it, as a PDF."""

from datong.brand.api import list_stores
from datong.shadow.queries import top_findings
from datong.shadow.types import Report

__all__ = ["paper"]


def paper(report: Report, brand: str, language: str) -> bytes:
    """The PDF of a report in 'en' or 'zh-hans'; stores by their names, names of people masked."""
    from datong.shadow.paper.pdf import ROWS, pdf  # ReportLab, which only paper needs

    project = report.project
    stores = {store.code: store.name for store in list_stores(project.brand_id)}
    return pdf(report, brand, top_findings(project.brand_id, project.id, ROWS), stores, language)
