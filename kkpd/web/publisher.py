"""What verbs that issue documents need from the web: key, archive, drawing."""

from __future__ import annotations

from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.web.globals import settings


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Issuer:
    """The issuer of this installation."""
    return Issuer(load_signer(settings().instance), arsip(), draw)
