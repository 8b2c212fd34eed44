"""What the web hands to services that issue documents or keep files: key, archive, drawing."""

from __future__ import annotations

from kkpd.reports.drawings import draw
from kkpd.services.berkas import Store
from kkpd.services.dokumen import Penerbit
from kkpd.services.kunci_log import load_signer
from kkpd.web.ground import settings


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Penerbit:
    """The issuing office of this installation."""
    return Penerbit(load_signer(settings().instance), arsip(), draw)
