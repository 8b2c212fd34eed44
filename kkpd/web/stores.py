"""Folders of kept bytes, and what verbs that issue documents need: key, archive, drawing."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from wtforms import Field

from kkpd.core.errors import DomainError, NotFound
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.web.forms import uploads
from kkpd.web.globals import settings, signature, signed
from kkpd.web.request.permissions import actor
from kkpd.web.translation import _
from kkpd.worker import take_in
from kkpd.worker.context import WorkStores, work_stores_in

_SHA: Final = re.compile(r"[0-9a-f]{64}")


def store() -> Store:
    """The folder of evidence and bank files, keyed by content."""
    return Store(settings().instance / "berkas")


def one_table(field: Field) -> tuple[str, bytes]:
    """Name and bytes of the one file that the form asks for, as they may be kept: card numbers in
    it are cut. DomainError for none or several.
    """
    sent = uploads(field)
    if len(sent) != 1:
        raise DomainError(_("Pilih satu berkas."), field="berkas")
    kept = take_in.prepare(sent[0].read(), sent[0].filename or "berkas")
    return kept.name, kept.data


def checked_mark(data: bytes) -> str:
    """Keep a file while its check is looked at; the mark stands for it in forms of this person."""
    digest = store().put(data)
    return f"{digest}.{signature(_checked_by(digest))}"


def checked_file(mark: str | None) -> bytes:
    """The file whose check this person saw; DomainError when it was never sent or is gone."""
    digest, _dot, by = (mark or "").partition(".")
    if _SHA.fullmatch(digest) and signed(_checked_by(digest), by):
        with suppress(NotFound):
            return store().get(digest)
    raise DomainError(
        "Berkas yang diperiksa tidak ada lagi. Pilih berkasnya dan periksa sekali lagi.",
        field="berkas",
    )


def _checked_by(digest: str) -> str:
    return f"diperiksa:{actor().orang_id}:{digest}"


def work_stores() -> WorkStores:
    """All folders that the worker needs."""
    return work_stores_in(settings().instance)


def arsip() -> Store:
    """The archive of issued files."""
    return Store(settings().instance / "arsip")


def penerbit() -> Issuer:
    """The issuer of this installation."""
    return Issuer(load_signer(settings().instance), arsip(), draw)
