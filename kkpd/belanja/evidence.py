"""Evidence of purchases: kept whole under its hash; a wrong file is withdrawn, never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.commands import without_controls
from kkpd.core import endings, sandbox
from kkpd.core.errors import Conflict, DomainError, Finding, NotFound, TooLarge, Unreadable
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, require
from kkpd.models import Berkas, Bukti, Transaksi
from kkpd.records import custody, event_log
from kkpd.records import findings as records_findings
from kkpd.records.custody import Store
from kkpd.records.transitions import advance, locked_purchase

#: The media types of evidence.
MEDIA: Final = ("image/jpeg", "image/png", "application/pdf")
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a good file: its media type, its words (a PDF's), the day a photo was taken
    as its camera wrote it (`2026:10:14 09:32:11`, or empty).
    """

    media: str
    teks: str = ""
    taken: str = ""


#: Hash -> what was seen in files that were judged good: a page judges before it opens the
#: transaction in which they are attached, since nobody else may write during that.
_judged: dict[str, Seen] = {}
_REMEMBERED: Final = 1_000
#: So much of the text stays with the file: a receipt says its amount, day and shop early.
_TEXT_KEPT: Final = 2_000


def check(data: bytes, nama: str, max_bytes: int) -> str:
    """The media type of these bytes; Unreadable or TooLarge with the sentence otherwise."""
    return look(data, nama, max_bytes).media


def look(data: bytes, nama: str, max_bytes: int) -> Seen:
    """What is in these bytes, opened in a child; Unreadable or TooLarge with the sentence."""
    if not data:
        raise Unreadable(f"Berkas {nama} kosong. Ambil fotonya lagi.", field="berkas")
    if len(data) > max_bytes:
        raise TooLarge(
            f"Berkas {nama} lebih besar dari {max_bytes // _MIB} MB. "
            "Perkecil fotonya atau pindai dengan mutu lebih rendah.",
            field="berkas",
        )
    import filetype  # type: ignore[import-untyped]  # the package ships no types

    kind = filetype.guess(data[:8192])
    media = "" if kind is None else kind.mime
    if media not in MEDIA:
        raise Unreadable(
            f"Berkas {nama} bukan foto atau PDF. Kirim berkas JPG, PNG atau PDF.", field="berkas"
        )
    endings.refuse_other(nama, media)
    digest = sha256(data).hexdigest()
    if digest not in _judged:
        said = sandbox.run("kkpd.belanja.evidence_content:judge", data, nama, media, field="berkas")
        if len(_judged) >= _REMEMBERED:
            _judged.clear()
        teks, taken = said
        _judged[digest] = Seen(media, mask(str(teks)), str(taken))
    return _judged[digest]


#: Kinds of evidence.
KINDS: Final = ("nota", "faktur", "bast", "foto", "lain")
#: Evidence may be added until the PA has decided, and to a refused line (proof of repayment).
ALLOWED_STATUSES: Final = ("tercatat", "berbukti", "diajukan", "diperiksa", "ditolak")


@dataclass(frozen=True, slots=True)
class AttachEvidence:
    """One file for one purchase; `nama` is the file's name."""

    transaksi_id: int
    nama: str
    data: bytes
    jenis: str = "nota"


def attach(
    session: Session,
    actor: Actor,
    store: Store,
    command: AttachEvidence,
    *,
    max_bytes: int,
    now: datetime,
) -> Bukti:
    """Keep the file as evidence of the line; the first one changes the status `tercatat` to
    `berbukti`.

    TooLarge or Unreadable if it cannot be evidence, Conflict if the line has these bytes already.
    """
    transaksi = _line(session, actor, command.transaksi_id)
    require(actor, "bukti:unggah", transaksi.opd_id)
    nama = safe_name(command.nama)
    media = check(command.data, nama, max_bytes)
    kept = keep(session, actor, store, transaksi.opd_id, nama, command.data, media, now)
    return attach_kept(session, actor, transaksi.id, kept, command.jenis, now)


def keep(
    session: Session,
    actor: Actor,
    store: Store,
    opd_id: int,
    nama: str,
    data: bytes,
    media: str,
    now: datetime,
) -> Berkas:
    """Keep bytes that were judged good as evidence of this OPD, with the text that was read."""
    seen = _judged.get(sha256(data).hexdigest())
    return custody.keep(
        session,
        store,
        data,
        opd_id=opd_id,
        jenis="bukti",
        nama=nama,
        media=media,
        oleh_id=actor.orang_id,
        now=now,
        teks=_kept_text(seen.teks) if seen else None,
    )


def _kept_text(text: str) -> str | None:
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:_TEXT_KEPT] or None


def attach_kept(
    session: Session, actor: Actor, transaksi_id: int, kept: Berkas, jenis: str, now: datetime
) -> Bukti:
    """The same with bytes that are kept already."""
    transaksi = _line(session, actor, transaksi_id)
    role = require(actor, "bukti:unggah", transaksi.opd_id)
    if jenis not in KINDS:
        raise DomainError("Pilih jenis bukti dari daftar.", field="jenis")
    if transaksi.status not in ALLOWED_STATUSES:
        raise Conflict(f"Belanja berstatus {transaksi.status}; bukti tidak dapat ditambah lagi.")
    bukti = _attach(session, actor, transaksi, kept, jenis, now)
    event_log.record(
        session,
        actor,
        role,
        "belanja:bukti:lampirkan",
        records_findings.subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        after={
            "bukti": bukti.id,
            "sha256": kept.sha256,
            "nama": kept.nama,
            "ukuran": kept.ukuran,
            "jenis": jenis,
        },
    )
    if transaksi.status == "tercatat":
        advance(session, actor, transaksi, "lengkapi", now=now)
    session.flush()
    return bukti


def withdraw(session: Session, actor: Actor, bukti_id: int, alasan: str, now: datetime) -> Bukti:
    """Withdraw a wrong file; row and bytes stay. Without evidence the line is `tercatat` again."""
    bukti = session.get(Bukti, bukti_id)
    if bukti is None:
        raise NotFound("Bukti tidak ditemukan.")
    transaksi = _line(session, actor, bukti.transaksi_id)
    role = require(actor, "bukti:unggah", transaksi.opd_id)
    alasan = without_controls(alasan)[:300]
    if len(alasan) < 5:
        raise DomainError("Tulis mengapa bukti ini dicabut, sedikitnya 5 huruf.", field="alasan")
    if bukti.dicabut_at is not None:
        raise Conflict("Bukti ini sudah dicabut. Muat ulang halaman.")
    if transaksi.status not in ("tercatat", "berbukti"):
        raise Conflict(f"Belanja berstatus {transaksi.status}; buktinya tidak dapat dicabut.")
    bukti.dicabut_at, bukti.dicabut_oleh_id = now, actor.orang_id
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        "belanja:bukti:cabut",
        records_findings.subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        before={"bukti": bukti.id},
        after={"alasan": alasan},
    )
    if transaksi.status == "berbukti" and not not_withdrawn(session, transaksi.id):
        advance(session, actor, transaksi, "cabut_bukti", now=now, after={"alasan": alasan})
    return bukti


def not_withdrawn(session: Session, transaksi_id: int) -> list[Bukti]:
    """The line's evidence that was not withdrawn."""
    return list(
        session.scalars(
            select(Bukti)
            .where(Bukti.transaksi_id == transaksi_id, Bukti.dicabut_at.is_(None))
            .order_by(Bukti.id)
        )
    )


def copy_evidence(
    session: Session, actor: Actor, dari: Transaksi, ke: Transaksi, now: datetime
) -> None:
    """Copy the evidence to another line of the same receipt."""
    for bukti in not_withdrawn(session, dari.id):
        session.add(
            Bukti(
                opd_id=ke.opd_id,
                transaksi_id=ke.id,
                berkas_id=bukti.berkas_id,
                at=now,
                oleh_id=actor.orang_id,
                jenis=bukti.jenis,
            )
        )
    session.flush()


def safe_name(nama: str) -> str:
    """The file's own name without folders, control characters or card numbers."""
    last = nama.replace("\\", "/").rsplit("/", 1)[-1]
    return mask(without_controls(last))[-200:] or "bukti"


def _line(session: Session, actor: Actor, transaksi_id: int) -> Transaksi:
    """The line when the actor may attach to it: the treasurer any, a holder only their own."""
    transaksi = locked_purchase(session, actor, transaksi_id)
    own = actor.orang_id in (transaksi.pemegang_id, transaksi.pemakai_id)
    if not own and not actor.can("belanja:catat", transaksi.opd_id):
        raise NotFound("Belanja tidak ditemukan.")
    return transaksi


def _attach(
    session: Session,
    actor: Actor,
    transaksi: Transaksi,
    kept: Berkas,
    jenis: str,
    now: datetime,
) -> Bukti:
    elsewhere = list(
        session.execute(
            select(Bukti.transaksi_id, Transaksi.nota)
            .join(Transaksi, Transaksi.id == Bukti.transaksi_id)
            .where(
                Bukti.berkas_id == kept.id,
                Bukti.dicabut_at.is_(None),
                Transaksi.status != "dibatalkan",
            )
            .order_by(Bukti.transaksi_id)
        )
    )
    if any(id_ == transaksi.id for id_, _ in elsewhere):
        raise Conflict(
            f"Berkas yang sama sudah dilampirkan pada belanja ini ({kept.nama}). "
            "Tidak perlu dikirim lagi.",
            field="berkas",
        )
    bukti = Bukti(
        opd_id=transaksi.opd_id,
        transaksi_id=transaksi.id,
        berkas_id=kept.id,
        at=now,
        oleh_id=actor.orang_id,
        jenis=jenis,
    )
    session.add(bukti)
    session.flush()
    others = [id_ for id_, nota in elsewhere if not nota or nota != transaksi.nota]
    if others:
        _told_twice(session, actor, transaksi, kept, others, now)
    return bukti


def _told_twice(
    session: Session,
    actor: Actor,
    transaksi: Transaksi,
    kept: Berkas,
    others: list[int],
    now: datetime,
) -> None:
    numbers = ", ".join(str(id_) for id_ in others[:5])
    finding = Finding(
        "bukti_ganda",
        f"Berkas {kept.nama} juga menjadi bukti belanja nomor {numbers}. "
        "Pastikan satu nota tidak dibayar dua kali.",
        "perhatian",
        inputs={"belanja": numbers, "sha256": kept.sha256, "dasar": "Pasal 5 huruf e angka 2"},
    )
    records_findings.write_out(session, transaksi, [finding], (), oleh_id=actor.orang_id, now=now)
