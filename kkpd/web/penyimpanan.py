"""Where the bytes that people send are kept: the instance's own folder."""

from __future__ import annotations

from kkpd.services.berkas import Store
from kkpd.web.ground import settings


def store() -> Store:
    """The folder of evidence and bank files, keyed by content."""
    return Store(settings().instance / "berkas")
