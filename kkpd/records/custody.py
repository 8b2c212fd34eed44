"""Custody: bytes are kept once under their SHA-256; every receipt says who, when, which name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.files import intact
from kkpd.core.pan import mask
from kkpd.models import Berkas, Event, Impor, ImporKeluar

#: The event by which a bank file that was never taken in is thrown away.
THROWN_AWAY: Final = "tagihan:berkas:buang"


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of kept bytes: `<root>/9f/9f2c...`. Files are named by their content, so a
    rolled-back transaction leaves at most an unused file, never a wrong one (law 4).
    """

    root: Path

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their SHA-256. A file is whole or absent, also after a crash.

        If it was changed in the store it is written again, so an upload repairs the store.
        """
        digest = sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return digest
        with intact(path) as handle:
            handle.write(data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes, checked against their hash; NotFound when they are gone or changed."""
        path = self.path(digest)
        if not path.exists():
            raise NotFound(
                f"Berkas {digest[:12]}… tidak ada di penyimpanan. Hubungi administrator."
            )
        data = path.read_bytes()
        if sha256(data).hexdigest() != digest:
            raise NotFound(f"Berkas {digest[:12]}… berubah di penyimpanan. Hubungi administrator.")
        return data

    def path(self, digest: str) -> Path:
        """The path of the bytes with this hash."""
        return self.root / digest[:2] / digest


def keep(
    session: Session,
    store: Store,
    data: bytes,
    *,
    opd_id: int,
    jenis: str,
    nama: str,
    media: str,
    oleh_id: int,
    now: datetime,
    sha256_asli: str | None = None,
    teks: str | None = None,
) -> Berkas:
    """Keep the bytes and their receipt. The same bytes of one OPD and kind share one receipt, until
    its import was taken out or the file thrown away: then they get a new one.

    `teks` is what could be read of evidence. `sha256_asli` is the hash of the file as sent, when
    card numbers in it were hidden before.
    """
    digest = store.put(data)
    row = session.execute(
        select(Berkas, ImporKeluar.impor_id, thrown_away())
        .outerjoin(Impor, Impor.berkas_id == Berkas.id)
        .outerjoin(ImporKeluar, ImporKeluar.impor_id == Impor.id)
        .where(Berkas.opd_id == opd_id, Berkas.jenis == jenis, Berkas.sha256 == digest)
        .order_by(Berkas.giliran.desc())
        .limit(1)
    ).one_or_none()
    found, taken_out, gone = row or (None, None, False)
    if found is not None and taken_out is None and not gone:
        return found
    berkas = Berkas(
        opd_id=opd_id,
        jenis=jenis,
        sha256=digest,
        ukuran=len(data),
        media=media,
        nama=mask(Path(nama).name)[:255],
        at=now,
        oleh_id=oleh_id,
        sha256_asli=sha256_asli,
        teks=teks,
        giliran=found.giliran + 1 if found else 1,
    )
    session.add(berkas)
    session.flush()
    return berkas


def thrown_away() -> ColumnElement[bool]:
    """Whether the receipt's file was thrown away."""
    subjects = select(Event.subjek).where(Event.jenis == THROWN_AWAY)
    return (literal("berkas:") + cast(Berkas.id, String)).in_(subjects)
