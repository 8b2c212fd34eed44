"""The rules applied to the lines of an import, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.indonesian_dates import brief
from kkpd.models import BarisBank, Kartu, KartuRiwayat
from kkpd.records import settings as records_settings
from kkpd.tagihan.intake.plan_shapes import IntakePlan

#: States of a card in which nobody should be using it any more.
_UNUSABLE: Final = ("diblokir", "hilang", "ditutup")


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """A rule over the lines of one import: which lines, and what to say of one or of many."""

    kunci: str
    berat: str
    condition: ColumnElement[bool]
    one_item: str
    banyak: str


#: What is found of a line by its kind; a file without such a line need not be looked through.
_KINDS: Final = {
    "biaya": ReceiptRule(
        "biaya_kartu",
        "salah",
        BarisBank.jenis == "biaya",
        "Iuran, bunga, denda atau biaya kartu tidak dibebankan pada APBD (Pasal 5 huruf g). "
        "Jelaskan sebagai biaya; pemegang atau bank menanggungnya.",
        "{n} baris iuran, bunga, denda atau biaya kartu tidak dibebankan pada APBD.",
    ),
}


def berkas(plan: IntakePlan) -> Iterator[ReceiptRule]:
    """What the file itself shows: cards, currencies, months."""
    foreign, unknown = plan.foreign_cards, plan.unknown_cards
    seen = {line.currency for line in plan.lines if line.currency}
    if foreign:
        yield ReceiptRule(
            "opd_salah",
            "salah",
            BarisBank.kartu_akhir.in_(sorted(foreign)),
            "Kartu berakhiran {kartu} bukan kartu OPD ini; baris ini salah alamat.",
            "{n} baris memakai kartu yang bukan kartu OPD ini. Tagihan ini mungkin salah alamat.",
        )
    if unknown:
        yield ReceiptRule(
            "kartu_tak_dikenal",
            "perhatian",
            BarisBank.kartu_akhir.in_(sorted(unknown)),
            "Kartu berakhiran {kartu} belum terdaftar. Minta administrator mendaftarkannya.",
            "{n} baris memakai kartu yang belum terdaftar. Minta administrator mendaftarkannya.",
        )
    if seen - {"IDR"} or plan.mata_uang != "IDR":
        yield ReceiptRule(
            "mata_uang_asing",
            "salah",
            BarisBank.mata_uang != "IDR",
            "Baris ini dalam {mata_uang}. Kartu pemerintah tidak untuk transaksi mata uang asing.",
            "{n} baris bukan dalam rupiah. Kartu pemerintah tidak untuk transaksi mata uang asing.",
        )
    if plan.last_closed is not None:
        yield ReceiptRule(
            "baris_terlambat",
            "perhatian",
            BarisBank.bulan_asal.is_not(None),
            "Baris ini milik {asal} yang sudah ditutup; dibukukan pada periode terbuka.",
            "{n} baris milik bulan yang sudah ditutup; dibukukan pada periode terbuka.",
        )


def prohibitions(session: Session, opd_id: int, plan: IntakePlan) -> Iterator[ReceiptRule]:
    """Lines that the budget does not bear, whether or not the purchase was recorded."""
    kinds = {line.kind for line in plan.lines}
    yield from (rule for kind, rule in _KINDS.items() if kind in kinds)
    if "meterai" in kinds:
        yield from _duty(session, opd_id, plan.this_day)
    yield from _cutoff(session, opd_id, plan.this_day)
    yield from _dead_cards(session, opd_id)


def _duty(session: Session, opd_id: int, day: date) -> Iterator[ReceiptRule]:
    """Stamp duty of another amount than the setting says; the usual one is no finding."""
    usual = records_settings.money(session, "bea_meterai", day, opd_id)
    if usual is not None:
        yield ReceiptRule(
            "meterai_beda",
            "perhatian",
            and_(BarisBank.jenis == "meterai", BarisBank.nilai != usual),
            f"Bea meterai pada tagihan ini Rp {{nilai}}, yang ditetapkan Rp {usual}. Tanyakan "
            "kepada bank.",
            f"{{n}} baris bea meterai bukan Rp {usual} yang ditetapkan. Tanyakan kepada bank.",
        )


def _cutoff(session: Session, opd_id: int, day: date) -> Iterator[ReceiptRule]:
    """Use after the last day of card use of this year and the last."""
    for year in (day.year - 1, day.year):
        last = records_settings.year_limit(session, "year_end_use_cutoff", year, opd_id)
        if last is not None:
            yield ReceiptRule(
                "lewat_batas_pakai",
                "salah",
                and_(
                    BarisBank.tanggal_transaksi > last,
                    BarisBank.tanggal_transaksi <= date(year, 12, 31),
                    BarisBank.jenis == "belanja",
                ),
                f"Dipakai sesudah batas pemakaian kartu {brief(last)}; jatuh pada UP Tunai.",
                f"{{n}} baris sesudah batas pemakaian kartu {brief(last)}; jatuh pada UP Tunai.",
            )


def _dead_cards(session: Session, opd_id: int) -> Iterator[ReceiptRule]:
    """Purchases on a card after the day it was blocked, lost or closed."""
    ended = session.execute(
        select(Kartu.id, func.max(KartuRiwayat.tanggal))
        .join(KartuRiwayat, KartuRiwayat.kartu_id == Kartu.id)
        .where(
            Kartu.opd_id == opd_id,
            Kartu.status.in_(_UNUSABLE),
            KartuRiwayat.status == Kartu.status,
        )
        .group_by(Kartu.id)
        .order_by(Kartu.id)
    ).all()
    if ended:
        yield ReceiptRule(
            "kartu_tidak_aktif",
            "salah",
            or_(
                *(
                    and_(BarisBank.kartu_id == id_, BarisBank.tanggal_transaksi > day)
                    for id_, day in ended
                )
            )
            & (BarisBank.jenis == "belanja"),
            "Kartu berakhiran {kartu} sudah diblokir, hilang atau ditutup sebelum transaksi ini. "
            "Tanyakan kepada bank siapa yang memakainya.",
            "{n} baris memakai kartu yang sudah diblokir, hilang atau ditutup.",
        )
