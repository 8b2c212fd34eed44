"""The instance's folders for kept bytes."""

from __future__ import annotations

from kkpd.records.custody import Store
from kkpd.web.globals import settings
from kkpd.worker.context import WorkStores, work_stores_in


def store() -> Store:
    """The folder of evidence and bank files, keyed by content."""
    return Store(settings().instance / "berkas")


def work_stores() -> WorkStores:
    """All folders that the worker needs."""
    return work_stores_in(settings().instance)
