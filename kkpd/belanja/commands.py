"""What is checked before a purchase is kept: that what was typed is a purchase at all (law 1),
what the pure checks find about it, and what changed since an older version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import PurchaseFacts, check
from kkpd.belanja.fields import FIELDS, RecordPurchase, of_kind, say_change
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import DomainError, Finding
from kkpd.core.moments import brief
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.pan import mask, tidy_npwp
from kkpd.core.shapes import shaped
from kkpd.engines.classify.knowledge import tidy_rekening
from kkpd.models import Kartu, Orang, Program, Rekening, Transaksi
from kkpd.organisation.cards import status_on
from kkpd.pagu import reads as pagu_reads
from kkpd.records import settings as records_settings
from kkpd.records.event_log import LoggedEvent, event_trail


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


_ACCOUNT: Final = FixedStatement(
    select(Rekening.kode).where(
        Rekening.tahun == bindparam("year"), Rekening.kode == bindparam("account")
    )
)


def _account(session: Session, command: RecordPurchase) -> bool:
    year = command.tanggal.year
    known = _ACCOUNT.of(session, year=year, account=command.rekening)
    return bool(known) or pagu_reads.has_rekening(session, command.opd_id, year, command.rekening)


def findings_of(session: Session, transaksi: Transaksi, mata_uang: str) -> list[Finding]:
    """The findings of the pure checks about this line."""
    return check(_facts(session, transaksi, mata_uang))


def _facts(session: Session, transaksi: Transaksi, mata_uang: str) -> PurchaseFacts:
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    first = f"first_limit_{'goods' if kartu.jenis == 'barang' else 'travel'}"
    return shaped(
        PurchaseFacts,
        transaksi,
        card_kind=kartu.jenis,
        status_kartu=status_on(session, kartu, transaksi.tanggal),
        card_until=kartu.berlaku_sampai,
        mata_uang=mata_uang,
        use_cutoff=records_settings.year_limit(
            session, "year_end_use_cutoff", transaksi.tanggal.year, transaksi.opd_id
        ),
        first_use_limit=records_settings.money(session, first, transaksi.tanggal, transaksi.opd_id),
        is_first_use=_first_use(session, transaksi),
        twins=_twins(session, transaksi),
        origin_left=_origin_left(session, transaksi),
        origin_year=_origin_year(session, transaksi),
        exempt_taxes=frozenset(
            word
            for word in ("ppn", "pph22")
            if records_settings.value(
                session, f"{word}_kecuali_kartu", transaksi.tanggal, transaksi.opd_id
            )
        ),
    )


_EARLIER: Final = FixedStatement(
    select(Transaksi.id)
    .where(
        Transaksi.kartu_id == bindparam("card"),
        Transaksi.id != bindparam("own"),
        Transaksi.status != "dibatalkan",
        Transaksi.tanggal <= bindparam("day"),
    )
    .limit(1)
)
_TWINS: Final = FixedStatement(
    select(Transaksi.id, Transaksi.nota, Transaksi.uraian)
    .where(
        Transaksi.opd_id == bindparam("opd"),
        Transaksi.kartu_id == bindparam("card"),
        Transaksi.tanggal == bindparam("day"),
        Transaksi.nilai == bindparam("amount"),
        func.lower(Transaksi.merchant) == bindparam("shop"),
        Transaksi.id != bindparam("own"),
        Transaksi.status != "dibatalkan",
    )
    .order_by(Transaksi.id)
    .limit(5)
)


def _first_use(session: Session, transaksi: Transaksi) -> bool:
    return not _EARLIER.of(
        session, card=transaksi.kartu_id, own=transaksi.id, day=transaksi.tanggal
    )


def _twins(session: Session, transaksi: Transaksi) -> tuple[int, ...]:
    """Lines with the same card, day, amount and merchant, except cancelled ones and parts of one
    receipt.
    """
    rows = _TWINS.of(
        session,
        opd=transaksi.opd_id,
        card=transaksi.kartu_id,
        day=transaksi.tanggal,
        amount=transaksi.nilai,
        shop=transaksi.merchant.lower(),
        own=transaksi.id,
    )
    mine = (transaksi.nota, transaksi.uraian)
    return tuple(
        id_ for id_, nota, uraian in rows if not (nota and transaksi.nota) or (nota, uraian) == mine
    )


def _origin_year(session: Session, transaksi: Transaksi) -> int | None:
    if transaksi.asal_id is None:
        return None
    return session.scalar(select(Transaksi.tahun).where(Transaksi.id == transaksi.asal_id))


def _origin_left(session: Session, transaksi: Transaksi) -> Rupiah | None:
    """The amount of the refunded purchase minus its other refunds."""
    if transaksi.asal_id is None:
        return None
    asal = session.get_one(Transaksi, transaksi.asal_id)
    others = session.scalar(
        select(func.sum(Transaksi.nilai)).where(
            Transaksi.asal_id == asal.id,
            Transaksi.id != transaksi.id,
            Transaksi.status != "dibatalkan",
        )
    )
    return asal.nilai + (others or ZERO)


def conflict_sentence(session: Session, transaksi: Transaksi, versi: int) -> str:
    """What was changed since that version and by whom: the sentence for saving an old version."""
    told = _since(session, transaksi, versi)
    if not told:
        return "Belanja ini sudah berubah sejak Anda membukanya. Muat ulang, lalu ulangi."
    return (
        f"Belanja ini diubah sesudah Anda membukanya: {told}. "
        "Muat ulang untuk melihat yang baru, lalu ulangi perubahan Anda."
    )


def what_changed(session: Session, opd_id: int, transaksi_id: int, versi: int) -> str:
    """What the page says that already shows the new version; empty for what is not this OPD's."""
    transaksi = session.get(Transaksi, transaksi_id)
    if transaksi is None or transaksi.opd_id != opd_id:
        return ""
    told = _since(session, transaksi, versi) or "ada perubahan"
    return (
        f"{transaksi.merchant} Rp {transaksi.nilai} berubah sejak Anda membukanya: {told}. "
        "Yang tampil sekarang yang baru; putuskan lagi baris ini."
    )


def _since(session: Session, transaksi: Transaksi, versi: int) -> str:
    bumps = [
        event
        for event in event_trail(session, transaksi.opd_id, f"transaksi:{transaksi.id}")
        if event.jenis.startswith(("belanja:transaksi:catat", "belanja:transaksi:ubah"))
        or event.jenis.startswith("belanja:status:")
    ]
    return "; ".join(_told(event) for event in bumps[max(versi, 0) :][-3:])


def _told(event: LoggedEvent) -> str:
    fields = [say_change(*change) for change in event.perubahan if change[0] != "versi"]
    return f"{event.oleh} mengubah {', '.join(fields[:4]) or 'catatan'}"
