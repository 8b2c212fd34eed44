"""The command to record a purchase: its cleaning, and the check that it describes a purchase at all
(law 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import tidy_npwp
from kkpd.core.choices import CHANNELS, PPH, TAX_COLLECTORS
from kkpd.core.errors import DomainError, Finding
from kkpd.core.indonesian_dates import brief
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.pan import mask
from kkpd.engines.classify.words.codes import tidy_rekening
from kkpd.models import Kartu, Orang, Program, Rekening, Transaksi
from kkpd.pagu import reads as pagu_reads


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurchase:
    """One purchase line as a person gives it; `kunci_kirim` marks the form it came from.

    `pemakai_id` None is the holder; an empty `sumber_dana` is taken from the OPD's DPA when it has
    only one for this account. `asal_id` is the purchase that a refund (negative `nilai`) gives
    back. `mata_uang` other than IDR is kept in the finding it causes.
    """

    opd_id: int
    kartu_id: int
    tanggal: date
    merchant: str
    uraian: str
    sub_kegiatan: str
    rekening: str
    nilai: Rupiah
    kunci_kirim: str
    sumber_dana: str = ""
    pemakai_id: int | None = None
    kanal: str = "lain"
    satuan: str = ""
    volume: int | None = None
    harga_satuan: Rupiah | None = None
    nota: str = ""
    penjual_npwp: str = ""
    dpp: Rupiah = ZERO
    ppn: Rupiah = ZERO
    pbjt: Rupiah = ZERO
    pph_jenis: str | None = None
    pph: Rupiah = ZERO
    pemungut: str = "tidak_ada"
    bukti_pajak: str = ""
    pdn_umk: bool = False
    program_id: int | None = None
    asal_id: int | None = None
    mata_uang: str = "IDR"


class NotAFact(DomainError):
    """The input describes no purchase; `findings` names every wrong field (and row)."""

    status = 422

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].message, field=findings[0].field)
        self.findings = tuple(findings)


#: The longest text of a field, and the field's name for people.
_LONGEST: Final = {
    "merchant": (200, "Penyedia"),
    "uraian": (500, "Untuk apa"),
    "sub_kegiatan": (30, "Sub kegiatan"),
    "rekening": (20, "Rekening"),
    "sumber_dana": (80, "Sumber dana"),
    "satuan": (40, "Satuan"),
    "nota": (120, "Nomor nota"),
    "penjual_npwp": (40, "NPWP penjual"),
    "bukti_pajak": (80, "Bukti pajak"),
    "kunci_kirim": (64, "Penanda formulir"),
    "mata_uang": (3, "Mata uang"),
}
_REQUIRED: Final = ("merchant", "uraian", "sub_kegiatan", "rekening", "kunci_kirim")
_CHOICES: Final = {"kanal": CHANNELS, "pemungut": TAX_COLLECTORS, "pph_jenis": (None, *PPH)}
#: A larger amount is a typing error, and canonical JSON could not hold it (RFC 7493).
_LARGEST: Final = Rupiah.of(1_000_000_000_000)
#: Permendagri 79/2022 came into force in 2022: no card purchase is older.
_EARLIEST: Final = date(2022, 1, 1)


def without_controls(text: str) -> str:
    """One line without control characters, blanks single, card numbers cut (law 8)."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return mask(" ".join(shown.split()))


def tidy_up(command: RecordPurchase) -> RecordPurchase:
    """The command with tidy texts, codes in their official form, no card number anywhere."""
    tidy: dict[str, str] = {
        name: without_controls(value)
        for field in fields(command)
        if isinstance(value := getattr(command, name := field.name), str)
    }
    tidy["rekening"] = tidy_rekening(tidy["rekening"]) if tidy["rekening"] else ""
    tidy["penjual_npwp"] = tidy_npwp(command.penjual_npwp) if tidy["penjual_npwp"] else ""
    tidy["mata_uang"] = tidy["mata_uang"].upper() or "IDR"
    return replace(command, **tidy)  # type: ignore[arg-type]  # only str fields are replaced


def fill_in(session: Session, command: RecordPurchase) -> RecordPurchase:
    """The command with the fund source that the OPD's DPA gives when it has only one."""
    if command.sumber_dana:
        return command
    sources = pagu_reads.sumber_dana(
        session, command.opd_id, command.tanggal.year, command.sub_kegiatan, command.rekening
    )
    if len(sources) > 1:
        return command
    return replace(command, sumber_dana=sources[0] if sources else "tidak ada dalam DPA")


def not_a_fact(session: Session, command: RecordPurchase, today: date) -> list[Finding]:
    """Every reason why this is not a purchase; empty if it is one."""
    found = [
        *_texts(command),
        *_amounts(command),
        *_day(command, today),
        *_references(session, command),
    ]
    return [
        Finding("bukan_fakta", message, "salah", field=field) for field, message in found if message
    ]


def _texts(command: RecordPurchase) -> Iterator[tuple[str, str]]:
    for name, (longest, shown) in _LONGEST.items():
        text = getattr(command, name)
        if not text and name in _REQUIRED:
            yield name, f"{shown} belum diisi."
        elif len(text) > longest:
            yield name, f"{shown} terlalu panjang: {len(text)} huruf, paling banyak {longest}."
    if not command.sumber_dana:
        yield "sumber_dana", "Rekening ini ada pada beberapa sumber dana. Pilih salah satu."
    for name, words in _CHOICES.items():
        if getattr(command, name) not in words:
            yield name, f"“{getattr(command, name)}” bukan salah satu pilihan. Pilih dari daftar."


def _amounts(command: RecordPurchase) -> Iterator[tuple[str, str]]:
    if not command.nilai:
        yield "nilai", "Nilai nol bukan belanja. Isi jumlah pada nota."
    if command.nilai > ZERO and command.asal_id is not None:
        yield "nilai", "Pengembalian bernilai negatif. Tulis dengan tanda minus di depan."
    if command.volume is not None and not 0 < command.volume < 2**31:
        yield "volume", "Volume harus bilangan bulat lebih dari nol."
    if command.harga_satuan is not None and command.harga_satuan <= ZERO:
        yield "harga_satuan", "Harga satuan harus lebih dari nol."
    for name in ("dpp", "ppn", "pbjt", "pph"):
        if getattr(command, name) < ZERO:
            yield name, f"{name.upper()} tidak boleh negatif."
    for name in ("nilai", "harga_satuan", "dpp", "ppn", "pbjt", "pph"):
        amount = getattr(command, name)
        if amount is not None and abs(amount) > _LARGEST:
            yield name, f"Nilai lebih dari Rp {_LARGEST}. Periksa jumlah angkanya."


def _day(command: RecordPurchase, today: date) -> Iterator[tuple[str, str]]:
    if command.tanggal > today:
        yield "tanggal", f"Tanggal {brief(command.tanggal)} belum terjadi. Isi tanggal pada nota."
    if command.tanggal < _EARLIEST:
        yield "tanggal", f"Tanggal {brief(command.tanggal)} sebelum KKPD ada. Periksa tahunnya."


def _references(session: Session, command: RecordPurchase) -> Iterator[tuple[str, str]]:
    kartu = session.get(Kartu, command.kartu_id)
    if kartu is None or kartu.opd_id != command.opd_id:
        yield "kartu_id", "Kartu itu tidak ada pada OPD ini. Pilih dari daftar."
    if command.pemakai_id is not None and session.get(Orang, command.pemakai_id) is None:
        yield "pemakai_id", "Orang itu tidak dikenal. Pilih dari daftar."
    if command.rekening and not _account(session, command):
        yield (
            "rekening",
            f"Rekening {command.rekening} tidak ada dalam tabel rekening {command.tanggal.year}. "
            "Pilih dari daftar, atau minta administrator memuat tabelnya.",
        )
    if command.program_id is not None:
        program = session.get(Program, command.program_id)
        if program is None or program.opd_id != command.opd_id:
            yield "program_id", "Program itu tidak ada pada OPD ini. Pilih dari daftar."
    if command.asal_id is not None:
        asal = session.get(Transaksi, command.asal_id)
        if asal is None or asal.opd_id != command.opd_id or asal.nilai < ZERO:
            yield "asal_id", "Belanja asal tidak ditemukan pada OPD ini. Periksa nomornya."


def _account(session: Session, command: RecordPurchase) -> bool:
    year = command.tanggal.year
    known = session.scalar(
        select(Rekening.kode).where(Rekening.tahun == year, Rekening.kode == command.rekening)
    )
    return known is not None or pagu_reads.has_rekening(
        session, command.opd_id, year, command.rekening
    )
