"""Folders of kept bytes, and what verbs that issue documents need: key, archive, drawing."""

from __future__ import annotations

import re
from typing import Final

from kkpd.core.errors import DomainError, NotFound
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.web.globals import settings
from kkpd.worker.context import WorkStores, work_stores_in

_SHA: Final = re.compile(r"[0-9a-f]{64}")


def store() -> Store:
    """The folder of evidence and bank files, keyed by content."""
    return Store(settings().instance / "berkas")


def checked_file(digest: str | None) -> bytes:
    """The file whose check was seen; DomainError when it was never sent or is gone."""
    try:
        return store().get(digest if digest and _SHA.fullmatch(digest) else "0" * 64)
    except NotFound as gone:
        raise DomainError(
            "Berkas yang diperiksa tidak ada lagi. Pilih berkasnya dan periksa sekali lagi.",
            field="berkas",
        ) from gone


def work_stores() -> WorkStores:
    """All folders that the worker needs."""
    return work_stores_in(settings().instance)


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Issuer:
    """The issuer of this installation."""
    return Issuer(load_signer(settings().instance), arsip(), draw)
