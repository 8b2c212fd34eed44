"""What an audit package of one OPD holds: issued papers, tables, files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, inspect, not_, or_, select, true
from sqlalchemy.orm import Session

from kkpd.belanja.fields import FURTHER
from kkpd.core.moments import Span
from kkpd.core.money import Rupiah
from kkpd.engines.paper.model import rupiah_text
from kkpd.ledger.active import bill_exists, is_given
from kkpd.models import (
    Arsip,
    BarisBank,
    Berkas,
    Bukti,
    Cocok,
    Dokumen,
    DokumenBaris,
    Impor,
    ImporKeluar,
    Kartu,
    Orang,
    Pembatalan,
    Pencairan,
    Persetujuan,
    Selisih,
    Tagihan,
    Temuan,
    Transaksi,
    Uji,
)
from kkpd.reports import signatures as reports_signatures


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A kept file: its hash, its media type, its name as received."""

    sha256: str
    media: str
    nama: str


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """An issued paper: its kind and number, its frozen data, the hashes of its archived file and of
    the newest signed one (None where nobody has signed).
    """

    jenis: str
    nomor: str
    data: bytes
    arsip: str
    signed_hash: str | None


def within(model: Any, opd_id: int, span: Span) -> tuple[Any, ...]:
    """The conditions that a row with opd_id, tahun and bulan is of the package."""
    return (
        model.opd_id == opd_id,
        model.tahun == span.tahun,
        model.bulan.between(span.start, span.finish),
    )


def issue(session: Session, opd_id: int, span: Span) -> list[IssuedPaper]:
    """Issued papers of the months, in the order of their issue."""
    rows = session.execute(
        select(Dokumen.id, Dokumen.jenis, Dokumen.nomor, Dokumen.data, Arsip.sha256)
        .join(Arsip, Arsip.dokumen_id == Dokumen.id)
        .where(*within(Dokumen, opd_id, span))
        .order_by(Dokumen.id)
    )
    return [
        IssuedPaper(
            jenis, number, data, digest, reports_signatures.latest_signed_hash(session, id_)
        )
        for id_, jenis, number, data, digest in rows
    ]


def evidence_files(opd_id: int, span: Span) -> Select[int]:
    """The keys of evidence files of the months' purchases, withdrawn ones too."""
    mine = select(Transaksi.id).where(*within(Transaksi, opd_id, span))
    return select(Bukti.berkas_id).where(Bukti.transaksi_id.in_(mine))


def bank_file(opd_id: int, span: Span) -> Select[int]:
    """The keys of the bank's files from which the months' lines and bills came."""
    lines = select(BarisBank.berkas_id).where(*within(BarisBank, opd_id, span))
    bills = select(Tagihan.berkas_id).where(*within(Tagihan, opd_id, span))
    return select(Berkas.id).where(or_(Berkas.id.in_(lines), Berkas.id.in_(bills)))


def berkas(opd_id: int, span: Span) -> Select[int]:
    """The keys of all files of the months."""
    proofs, bank_files = evidence_files(opd_id, span), bank_file(opd_id, span)
    return select(Berkas.id).where(or_(Berkas.id.in_(proofs), Berkas.id.in_(bank_files)))


def bukti(session: Session, opd_id: int, span: Span) -> list[PackedFile]:
    """Evidence of the months' purchases, each file once."""
    return _files(session, opd_id, evidence_files(opd_id, span))


def bank(session: Session, opd_id: int, span: Span) -> list[PackedFile]:
    """The bank's files from which the months' lines came."""
    return _files(session, opd_id, bank_file(opd_id, span))


def _files(session: Session, opd_id: int, keys: Select[int]) -> list[PackedFile]:
    wanted = select(Berkas).where(Berkas.opd_id == opd_id, Berkas.id.in_(keys))
    rows = session.scalars(wanted.order_by(Berkas.id))
    found = {row.sha256: PackedFile(row.sha256, row.media, row.nama) for row in rows}
    return list(found.values())


#: file name -> (model, columns); the rows of the months in the order of their keys
TABLES: Final[dict[str, tuple[Any, str]]] = {
    "belanja": (
        Transaksi,
        "id tahun bulan tanggal kartu_id pemegang_id pemakai_id perekam_id merchant uraian "
        "sub_kegiatan rekening sumber_dana nilai kanal status kelas satuan volume harga_satuan "
        f"{' '.join(one.name for one in FURTHER)} penjual_npwp dpp "
        "ppn pbjt pph_jenis pph pemungut bukti_pajak program_id asal_id",
    ),
    "baris_bank": (
        BarisBank,
        "id tahun bulan tagihan_id jenis nilai keterangan merchant tanggal_transaksi "
        "tanggal_posting kartu_akhir referensi mcc mata_uang jam berkas_id lembar baris kejadian",
    ),
    "tagihan": (
        Tagihan,
        "id tahun bulan jenis kartu_akhir tanggal jatuh_tempo tagihan_lalu pembayaran "
        "belanja_baru total berkas_id",
    ),
    "selisih": (
        Selisih,
        "id tahun bulan jenis nilai catatan baris_bank_id transaksi_id dicabut_at",
    ),
    "dokumen": (
        Dokumen,
        "id tahun bulan periode jenis nomor tanggal judul total data_sha256 oleh_id "
        "menggantikan_id",
    ),
    "temuan": (
        Temuan,
        "id tahun bulan aturan berat subjek pesan at selesai_at selesai_oleh_id selesai_catatan",
    ),
}
#: which rows of these tables count; the others are in separate tables, `<name>_keluar`
COUNTED: Final[dict[str, ColumnElement[bool]]] = {
    "baris_bank": is_given(),
    "tagihan": bill_exists(),
}
#: the same for rows that belong to the months' purchases by `transaksi_id`
PURCHASE_TABLES: Final[dict[str, tuple[Any, str]]] = {
    "cocok": (
        Cocok,
        "id baris_bank_id transaksi_id nilai jenis status peluang at oleh_id dicabut_at",
    ),
    "uji": (Uji, "id transaksi_id nomor hasil jawaban penguji_id at"),
    "persetujuan": (
        Persetujuan,
        "id transaksi_id peran keputusan nilai alasan penguji_id at",
    ),
    "bukti": (Bukti, "id transaksi_id berkas_id jenis at oleh_id dicabut_at"),
    "dokumen_baris": (DokumenBaris, "id dokumen_id transaksi_id nilai"),
}


def data_table(
    session: Session, opd_id: int, span: Span
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """(name, columns, rows as text) of each table of the package."""
    for name, (model, words) in TABLES.items():
        where = (*within(model, opd_id, span), COUNTED.get(name, true()))
        yield _table(session, name, model, words, select(model).where(*where))
    for name, there in COUNTED.items():
        model, words = TABLES[name]
        gone = select(model).where(*within(model, opd_id, span), not_(there))
        yield _table(session, f"{name}_keluar", model, words, gone)
    purchases = select(Transaksi.id).where(*within(Transaksi, opd_id, span))
    for name, (model, words) in PURCHASE_TABLES.items():
        yield _table(
            session, name, model, words, select(model).where(model.transaksi_id.in_(purchases))
        )
    papers = select(Dokumen.id).where(*within(Dokumen, opd_id, span))
    steps = select(Pencairan.id).where(Pencairan.dpt_id.in_(papers))
    files = berkas(opd_id, span)
    received = and_(Impor.opd_id == opd_id, Impor.berkas_id.in_(files))
    for name, (model, words), counts in (
        ("pencairan", (Pencairan, "id dpt_id langkah nomor tanggal nilai"),
         Pencairan.id.in_(steps)),
        ("pembatalan", (Pembatalan, "id dokumen_id pencairan_id alasan at oleh_id"),
         or_(Pembatalan.dokumen_id.in_(papers), Pembatalan.pencairan_id.in_(steps))),
        ("berkas", (Berkas, "id jenis sha256 ukuran media nama at oleh_id"),
         and_(Berkas.opd_id == opd_id, Berkas.id.in_(files))),
        ("impor", (Impor, "id berkas_id jenis profil baris_masuk baris_baru baris_lama "
                   "baris_lewat at oleh_id"), received),
        ("impor_keluar", (ImporKeluar, "impor_id alasan baris tetap jumlah at oleh_id"),
         ImporKeluar.impor_id.in_(select(Impor.id).where(received))),
        ("kartu", (Kartu, "id jenis nomor_akhir bank pemegang_id status"), Kartu.opd_id == opd_id),
        ("orang", (Orang, "id nama nip pangkat jabatan"),
         Orang.id.in_(_people(session, opd_id, span))),
    ):  # fmt: skip
        yield _table(session, name, model, words, select(model).where(counts))


def _people(session: Session, opd_id: int, span: Span) -> set[int]:
    """All people named in the package's tables."""
    mine = within(Transaksi, opd_id, span)
    found: set[int] = set()
    for column in (Transaksi.pemegang_id, Transaksi.pemakai_id, Transaksi.perekam_id):
        found.update(session.scalars(select(column).where(*mine).distinct()))
    purchases = select(Transaksi.id).where(*mine)
    for person, transaksi in (
        (Uji.penguji_id, Uji.transaksi_id),
        (Persetujuan.penguji_id, Persetujuan.transaksi_id),
        (Cocok.oleh_id, Cocok.transaksi_id),
        (Bukti.oleh_id, Bukti.transaksi_id),
    ):
        found.update(session.scalars(select(person).where(transaksi.in_(purchases)).distinct()))
    papers = select(Dokumen.oleh_id).where(*within(Dokumen, opd_id, span))
    found.update(session.scalars(papers.distinct()))
    return found


def _table(
    session: Session, name: str, model: Any, words: str, statement: Select[Any]
) -> tuple[str, list[str], list[list[str]]]:
    columns = words.split()
    rows = session.scalars(statement.order_by(*inspect(model).primary_key))
    return name, columns, [_row(row, columns) for row in rows]


def _row(row: Any, columns: Sequence[str]) -> list[str]:
    return [_text(getattr(row, column)) for column in columns]


def _text(value: object) -> str:
    """Exact and plain: amounts `750000.00`, days and moments ISO 8601, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Rupiah):
        return rupiah_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
