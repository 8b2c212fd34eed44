"""Folders of kept bytes, and what verbs that issue documents need: key, archive, drawing."""

from __future__ import annotations

import re
from contextlib import suppress
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
    if _SHA.fullmatch(digest := digest or ""):
        with suppress(NotFound):
            return store().get(digest)
    raise DomainError(
        "Berkas yang diperiksa tidak ada lagi. Pilih berkasnya dan periksa sekali lagi.",
        field="berkas",
    )


def work_stores() -> WorkStores:
    """All folders that the worker needs."""
    return work_stores_in(settings().instance)


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Issuer:
    """The issuer of this installation."""
    return Issuer(load_signer(settings().instance), arsip(), draw)
