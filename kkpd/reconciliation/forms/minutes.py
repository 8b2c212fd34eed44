"""Berita Acara Rekonsiliasi: bank bill against books, the difference and what explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kkpd.core import moments as tanggal
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper.forms import (
    NO,
    Frame,
    ListShape,
    day,
    dokumen,
    fill_table,
    masked_card,
    money,
    rincian,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Paragraph,
    Piece,
    SignatureBlock,
    TotalsDiffer,
)

_KARTU = ListShape(
    formulir="rekonsiliasi",
    judul="Perbandingan per kartu",
    kolom=(
        NO,
        Column("pemegang", "Pemegang KKPD", "teks", 130),
        Column("nomor", "No KKPD", "kode", 60),
        money("bank", "Menurut Bank", 90),
        money("catatan", "Menurut Pembukuan", 90),
        money("selisih", "Selisih", 80),
    ),
)
_EXPLANATIONS = ListShape(
    formulir="rekonsiliasi",
    judul="Penjelasan selisih",
    kolom=(
        NO,
        day("tanggal"),
        Column("uraian", "Uraian", "teks", 150),
        Column("sebab", "Sebab dan Tindak Lanjut", "teks", 170),
        money("nilai", "Nilai (Rp)", 80),
    ),
    kosong="Tidak ada selisih.",
)


@dataclass(frozen=True, slots=True)
class MinutesCard:
    """One card: its total on the bill and in the books."""

    pemegang: str
    kartu: str
    bank: Rupiah
    catatan: Rupiah

    @property
    def nomor(self) -> str:
        """The masked number."""
        return masked_card(self.kartu)

    @property
    def selisih(self) -> Rupiah:
        """Bill minus books."""
        return self.bank - self.catatan


@dataclass(frozen=True, slots=True)
class MinutesExplanation:
    """One line that explains a part of the difference."""

    tanggal: date
    uraian: str
    sebab: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesInput:
    """The content of the minutes. The explanations must add up to the whole difference.

    `not_yet_billed` counts and sums the purchases that the bank has not billed; `arithmetic` shows
    where each rupiah of each final bill is, as label rows.
    """

    paper_frame: Frame
    opd: str
    period_label: str
    tagihan: str
    kartu: Sequence[MinutesCard]
    explanations: Sequence[MinutesExplanation]
    signed_by: Sequence[SignatureBlock]
    not_yet_billed: tuple[int, Rupiah] = (0, ZERO)
    arithmetic: Sequence[Sequence[tuple[str, str]]] = ()


def reconciliation_minutes(data: MinutesInput) -> FrozenDocument:
    """The frozen minutes; TotalsDiffer where the explanations do not explain the difference."""
    difference = total(kartu.selisih for kartu in data.kartu)
    if total(line.nilai for line in data.explanations) != difference:
        raise TotalsDiffer("the explanations do not add up to the difference")
    return dokumen(
        data.paper_frame,
        "rekonsiliasi",
        "Berita Acara Rekonsiliasi Tagihan KKPD",
        [
            Paragraph(
                f"Pada hari ini, {tanggal.in_words(data.paper_frame.tanggal)}, telah dilakukan "
                "rekonsiliasi antara tagihan bank penerbit dan pembukuan belanja KKPD "
                f"{data.opd} untuk {data.period_label}, dengan hasil sebagai berikut."
            ),
            rincian(
                [
                    ("Tagihan", data.tagihan),
                    ("Menurut bank", f"Rp {total(k.bank for k in data.kartu)}"),
                    ("Menurut pembukuan", f"Rp {total(k.catatan for k in data.kartu)}"),
                    ("Selisih", f"Rp {difference}"),
                ]
            ),
            fill_table(_KARTU, [("", data.kartu)], _KARTU.judul),
            fill_table(_EXPLANATIONS, [("", data.explanations)], _EXPLANATIONS.judul),
            *_not_yet_billed(*data.not_yet_billed),
            *(part for rows in data.arithmetic for part in bill_arithmetic(rows)),
            Paragraph(
                "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan "
                "sebagaimana mestinya."
            ),
        ],
        data.signed_by,
    )


def _not_yet_billed(count: int, amount: Rupiah) -> list[Paragraph]:
    """The purchases that wait for their bill; they are no difference, because nobody bills them
    yet.
    """
    if not count:
        return []
    return [
        Paragraph(
            f"Di luar perbandingan ini, {count} belanja senilai Rp {amount} sudah dibukukan dan "
            "belum ditagih bank; belanja itu menunggu tagihannya."
        )
    ]


def bill_arithmetic(rows: Sequence[tuple[str, str]]) -> list[Piece]:
    """The block that shows where each rupiah of a bill is; empty if no bill is known."""
    if not rows:
        return []
    return [Paragraph("Hitungan tagihan", tebal=True), rincian(rows)]
