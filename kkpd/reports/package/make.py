"""Making an audit package: what the books hold, drawn, gathered and proved, into one ZIP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from string import Template
from typing import IO, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.core.span import Rentang
from kkpd.engines.paper import csv, xlsx
from kkpd.engines.paper.drawings import draw
from kkpd.models import Opd
from kkpd.records.custody import Store
from kkpd.records.documents import nama_berkas
from kkpd.records.event_log import Signer
from kkpd.reports import named
from kkpd.reports.package import contents as isi
from kkpd.reports.package import log_part
from kkpd.reports.package import verbs as services
from kkpd.reports.package.write import Paket, tabel

_EKSTENSI: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
_PETUNJUK: Final = Path(__file__).resolve().parents[2] / "data" / "paket" / "PERIKSA.md"
#: Told how much is done of how much.
Maju = Callable[[int, int], None]


def diam(_done: int, _of: int) -> None:
    """Tell nobody."""


def buat(
    engine: Engine,
    actor: Actor,
    permintaan: tuple[str, Rentang],
    tempat: tuple[Store, Store],
    signer: Signer,
    out: IO[bytes],
    now: datetime,
    maju: Maju = diam,
) -> str:
    """Write the package of this OPD (code) and span into `out`; gives the name it should have.

    The same books give the same bytes on any day: its only moment is that of its checkpoint.
    `tempat` are the store of bank files and evidence, and the archive.
    """
    kode, rentang = permintaan
    scope = EVERY_OPD if actor.opd_ids is None else actor.opd_ids
    with writing(engine, scope) as session:
        opd, titik = services.mulai(session, actor, kode, rentang, signer, now)
        _require_something(session, opd, rentang)
        checkpoint, at = (titik.isi, titik.tanda, titik.seq), titik.at
    with reading(engine, scope) as session, Paket(out, at) as paket:
        opd = session.get_one(Opd, opd.id)
        _require_covered(session, opd, rentang, checkpoint[0])
        steps = list(_steps(session, actor, opd, rentang, tempat, paket, at))
        for done, step in enumerate(steps):
            maju(done, len(steps))
            step()
        _proof(session, opd, rentang, checkpoint, signer, paket)
        about: dict[str, Json] = {
            "opd": opd.kode,
            "nama_opd": opd.nama,
            "periode": rentang.kode,
            "tahun": rentang.tahun,
            "bulan": [rentang.awal, rentang.akhir],
            "per": at.isoformat(timespec="seconds"),
            "titik_periksa": checkpoint[2],
        }
        paket.tutup(about, petunjuk(opd.nama, rentang), signer.sign)
    return f"paket-{opd.slug}-{rentang.kode}.zip"


def _require_something(session: Session, opd: Opd, rentang: Rentang) -> None:
    """A package without a purchase, a bill or a paper would prove nothing."""
    if not any(rows for _, _, rows in _main_tables(session, opd, rentang)):
        raise NotFound(
            f"Tidak ada belanja, tagihan, atau dokumen {opd.nama} untuk {rentang.nama}. "
            "Periksa OPD dan periodenya.",
            field="periode",
        )


def _require_covered(session: Session, opd: Opd, rentang: Rentang, checkpoint: bytes) -> None:
    """What is read now must not be newer than what the checkpoint has signed."""
    if log_part.batas(session, opd, rentang) > _size(checkpoint, opd):
        raise Conflict("Pembukuan berubah saat paket mulai dibuat. Minta paketnya sekali lagi.")


def _main_tables(
    session: Session, opd: Opd, rentang: Rentang
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for name, columns, rows in isi.tabel(session, opd.id, rentang):
        if name in ("belanja", "tagihan", "dokumen", "temuan"):
            yield name, columns, rows


def _steps(
    session: Session,
    actor: Actor,
    opd: Opd,
    rentang: Rentang,
    tempat: tuple[Store, Store],
    paket: Paket,
    now: datetime,
) -> Iterator[Callable[[], None]]:
    """What there is to do, one file or one report at a time."""
    berkas, arsip = tempat
    for paper in isi.terbit(session, opd.id, rentang):
        yield lambda one=paper: _issued(paket, arsip, one)  # type: ignore[misc]  # bound at once
    for nama in named.DAFTAR:
        yield lambda one=nama: _draft(session, actor, opd, rentang, paket, one, now)  # type: ignore[misc]  # bound at once
    for name, columns, rows in isi.tabel(session, opd.id, rentang):
        data = tabel(columns, rows)
        yield lambda n=name, d=data: paket.tambah(f"data/{n}.csv", d)  # type: ignore[misc]  # bound at once
    for folder, found in (
        ("bukti", isi.bukti(session, opd.id, rentang)),
        ("bank", isi.bank(session, opd.id, rentang)),
    ):
        for file in found:
            yield lambda f=folder, one=file: _kept(paket, berkas, f, one)  # type: ignore[misc]  # bound at once


def _issued(paket: Paket, arsip: Store, paper: isi.Terbit) -> None:
    name = nama_berkas(paper.jenis, paper.nomor).replace("\\", "-")
    paket.laporan(paper.nomor, f"laporan/terbit/{name}", paper.data, arsip.get(paper.arsip))
    if paper.bertanda:
        paket.tambah(f"laporan/terbit/{name}.bertanda-tangan.pdf", arsip.get(paper.bertanda))


def _draft(
    session: Session,
    actor: Actor,
    opd: Opd,
    rentang: Rentang,
    paket: Paket,
    nama: str,
    now: datetime,
) -> None:
    """The report from the books, dated by the checkpoint, in all its forms; or nothing to tell."""
    asked = named.Permintaan(nama=nama, opd=opd.kode, rentang=rentang)
    try:
        naskah = named.susun(session, actor, asked, business_day(now), izin="paket:unduh")
    except Conflict:
        raise
    except DomainError:  # nothing of the kind was bought, asked for or refused
        return
    name = f"laporan/rancangan/{nama}"
    paket.tambah(f"{name}.pdf", draw(naskah))
    paket.tambah(f"{name}.xlsx", xlsx.write(naskah))
    paket.tambah(f"{name}.csv", csv.write(naskah))


def _kept(paket: Paket, berkas: Store, folder: str, file: isi.BerkasPaket) -> None:
    ending = _EKSTENSI.get(file.media) or Path(file.nama).suffix[:10]
    safe = ending if ending.isascii() and ending[1:].isalnum() else ""
    name = f"{folder}/{file.sha256}{safe}"
    try:
        data = berkas.get(file.sha256)
    except NotFound:
        paket.hilang(name)
        return
    paket.tambah(name, data)


def _proof(
    session: Session,
    opd: Opd,
    rentang: Rentang,
    checkpoint: tuple[bytes, bytes, int],
    signer: Signer,
    paket: Paket,
) -> None:
    """The signed checkpoint and the chain's events up to it."""
    found = log_part.cuplikan(session, opd, rentang, _size(checkpoint[0], opd))
    head: dict[str, Json] = {
        "v": 1,
        "rantai": found.rantai,
        "awal": found.awal,
        "sebelum": found.sebelum,
        "puncak": list(found.puncak),
    }
    paket.tambah("rantai/titik_periksa.json", checkpoint[0])
    paket.tambah("rantai/tanda_tangan.txt", checkpoint[1].hex().encode() + b"\n")
    paket.tambah("rantai/kunci.txt", signer.public_key.hex().encode() + b"\n")
    paket.tambah("rantai/rantai.json", canonical.dumps(head))
    paket.tambah("rantai/peristiwa.jsonl", b"".join(one + b"\n" for one in found.peristiwa))


def _size(checkpoint: bytes, opd: Opd) -> int:
    return log_part.ukuran_rantai(checkpoint, f"opd:{opd.kode}")


def petunjuk(opd: str, rentang: Rentang) -> str:
    """PERIKSA.md of the package."""
    text = _PETUNJUK.read_text(encoding="utf-8")
    return Template(text).substitute(opd=opd, periode=rentang.nama)
