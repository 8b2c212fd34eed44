"""Every official report by its name, from the database to the frozen document (`listing`)."""

from kkpd.records.report_request import ALL, ReportScope, coverage
from kkpd.reports.named.registry import LISTING, Report, ReportRequest, cari, susun

__all__ = ["ALL", "LISTING", "Report", "ReportRequest", "ReportScope", "cari", "coverage", "susun"]
