"""Every kept file and every archived PDF against the hash that the books have of it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.models import Arsip, Berkas, Penandatanganan
from kkpd.records.custody import Store


def faults(session: Session, berkas: Store, arsip: Store) -> Iterator[str]:
    """What is gone or changed: bank files and evidence in `berkas`, papers in `arsip`."""
    for model, store in ((Berkas, berkas), (Arsip, arsip), (Penandatanganan, arsip)):
        rows = session.execute(
            select(model.id, model.sha256).order_by(model.id).execution_options(yield_per=1_000)
        )
        for number, digest in rows:
            fault = _fault(store, digest)
            if fault:
                yield f"{model.__tablename__} [{number}]: berkas {digest} {fault}"


def _fault(store: Store, digest: str) -> str:
    try:
        with store.path(digest).open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"tidak terbaca ({error.strerror})"
    return "" if found == digest else "berubah di penyimpanan"
