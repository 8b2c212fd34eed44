"""Folders of kept bytes, and what verbs that issue documents need: key, archive, drawing."""

from __future__ import annotations

from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.web.globals import settings
from kkpd.worker.context import WorkStores, work_stores_in


def store() -> Store:
    """The folder of evidence and bank files, keyed by content."""
    return Store(settings().instance / "berkas")


def work_stores() -> WorkStores:
    """All folders that the worker needs."""
    return work_stores_in(settings().instance)


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Issuer:
    """The issuer of this installation."""
    return Issuer(load_signer(settings().instance), arsip(), draw)
