"""Every official report by its name, from the database to the frozen document (`listing`)."""

from kkpd.records.report_request import ALL, ReportScope, coverage
from kkpd.reports.named.registry import LISTING, Report, ReportRequest, compose, find

__all__ = [
    "ALL",
    "LISTING",
    "Report",
    "ReportRequest",
    "ReportScope",
    "compose",
    "coverage",
    "find",
]
