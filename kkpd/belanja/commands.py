"""Cleaning of a purchase as it was typed, and the check that it is a purchase at all (law 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import tidy_npwp
from kkpd.belanja.fields import FIELDS, RecordPurchase, of_kind
from kkpd.core.errors import DomainError, Finding
from kkpd.core.indonesian_dates import brief
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.pan import mask
from kkpd.engines.classify.words.codes import tidy_rekening
from kkpd.models import Kartu, Orang, Program, Rekening, Transaksi
from kkpd.pagu import reads as pagu_reads


class NotAFact(DomainError):
    """The input describes no purchase; `findings` names every wrong field (and row)."""

    status = 422

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].message, field=findings[0].field)
        self.findings = tuple(findings)


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
    for name, one in FIELDS.items():
        text = getattr(command, name)
        if one.longest and not text and one.required:
            yield name, f"{one.word} belum diisi."
        elif one.longest and len(text) > one.longest:
            yield (
                name,
                f"{one.word} terlalu panjang: {len(text)} huruf, paling banyak {one.longest}.",
            )
        elif one.choices and one.stored and (text or "") not in one.choices:
            yield name, f"“{text}” bukan salah satu pilihan. Pilih dari daftar."
    if not command.sumber_dana:
        yield "sumber_dana", "Rekening ini ada pada beberapa sumber dana. Pilih salah satu."


def _amounts(command: RecordPurchase) -> Iterator[tuple[str, str]]:
    if not command.nilai:
        yield "nilai", "Nilai nol bukan belanja. Isi jumlah pada nota."
    if command.nilai > ZERO and command.asal_id is not None:
        yield "nilai", "Pengembalian bernilai negatif. Tulis dengan tanda minus di depan."
    if command.volume is not None and not 0 < command.volume < 2**31:
        yield "volume", "Volume harus bilangan bulat lebih dari nol."
    if command.harga_satuan is not None and command.harga_satuan <= ZERO:
        yield "harga_satuan", "Harga satuan harus lebih dari nol."
    for name in of_kind("money", "tax"):
        amount = getattr(command, name) or ZERO
        if FIELDS[name].kind == "tax" and amount < ZERO:
            yield name, f"{name.upper()} tidak boleh negatif."
        if abs(amount) > _LARGEST:
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
