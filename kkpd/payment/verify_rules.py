"""The checklist of an SPP-GU: what the PPK-SKPD verifies before an SPM, with the basis of each.

The program says what it knows; `menunggu` is a valid answer, because no program sees whether a
receipt is true or a tax is due (law 13).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.payment.forms.payment_facts import PaymentInput

Outcome = Literal["sesuai", "tidak_sesuai", "menunggu"]
ANSWERS: Final = ("ya", "tidak")


@dataclass(frozen=True, slots=True, kw_only=True)
class SppFacts:
    """What the checklist looks at. `papers` are amounts by paper that must be equal; lists of names
    say which purchases lack something.
    """

    tanggal: date
    annexes: Sequence[str]
    lacking_annexes: Sequence[str]
    papers: Mapping[str, Rupiah | None]
    lines: int
    undecided: Sequence[str]
    without_dpr: Sequence[str]
    without_evidence: Sequence[str]
    evidence: int
    payment: PaymentInput


Found = tuple[Outcome, str]
_Check = Callable[[SppFacts], Found]


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item: its word, its question, its basis, the day from which it is asked, its check."""

    kode: str
    nama: str
    dasar: str
    berlaku: date
    check: _Check


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item with what the program found about one SPP."""

    kode: str
    nama: str
    dasar: str
    hasil: Outcome
    wording: str


CHECKLIST: Final[list[ChecklistItem]] = []
_COMPLETE: Final = ("Permendagri 77/2020, kelengkapan SPP-GU", date(2020, 12, 30))
_KKPD_SINCE: Final = date(2022, 9, 27)


def _item(kode: str, nama: str, dasar: str, berlaku: date) -> Callable[[_Check], _Check]:
    def enter(check: _Check) -> _Check:
        CHECKLIST.append(ChecklistItem(kode, nama, dasar, berlaku, check))
        return check

    return enter


def in_force(on: date) -> tuple[ChecklistItem, ...]:
    """The items that are asked of an SPP of this day."""
    return tuple(item for item in CHECKLIST if item.berlaku <= on)


def examine(facts: SppFacts) -> tuple[ItemFound, ...]:
    """What the program knows of each item that is asked."""
    return tuple(
        ItemFound(item.kode, item.nama, item.dasar, *item.check(facts))
        for item in in_force(facts.tanggal)
    )


def check_answers(found: Sequence[ItemFound], jawaban: Mapping[str, str]) -> None:
    """DomainError unless every item was answered, and with yes."""
    for one in found:
        answer = jawaban.get(one.kode)
        if answer not in ANSWERS:
            raise DomainError(
                f"Butir {one.nama} belum dijawab. Jawab setiap butir dengan ya atau tidak.",
                rule=one.dasar,
                field=f"butir-{one.kode}",
            )
        if answer == "tidak":
            raise DomainError(
                f"Butir {one.nama} dijawab tidak: SPP-GU ini tidak dapat diverifikasi. "
                "Kembalikan kepada bendahara dengan alasannya.",
                rule=one.dasar,
                field=f"butir-{one.kode}",
            )


@_item("surat", "Pengantar, ringkasan, rincian, pernyataan dan SPTB", *_COMPLETE)
def sheets(facts: SppFacts) -> Found:
    """The sheets of the SPP, all under its one number."""
    if facts.lacking_annexes:
        return "tidak_sesuai", f"Tidak ada: {'; '.join(facts.lacking_annexes)}."
    return "sesuai", f"Ada: pengantar; {'; '.join(facts.annexes)}."


@_item("jumlah", "Jumlah SPP sama dengan DPT dan NPD", "Permendagri 79/2022 Pasal 5", _KKPD_SINCE)
def amounts(facts: SppFacts) -> Found:
    """SPP, DPT, NPD and the lines carry one amount."""
    absent = [name for name, amount in facts.papers.items() if amount is None]
    if absent:
        return "tidak_sesuai", f"Tidak ada: {', '.join(absent)}."
    told = "; ".join(f"{name} Rp {amount}" for name, amount in facts.papers.items())
    same = len(set(facts.papers.values())) == 1
    return ("sesuai" if same else "tidak_sesuai"), f"{told}."


@_item(
    "uji", "Diperiksa PPTK, disetujui PA atau KPA", "Permendagri 79/2022 Pasal 5 dan 6", _KKPD_SINCE
)
def decided(facts: SppFacts) -> Found:
    """Every line is on a signed DPR and was approved."""
    missing = (*facts.without_dpr, *facts.undecided)
    if missing:
        return "tidak_sesuai", f"Tanpa DPR atau putusan: {', '.join(missing)}."
    return "sesuai", f"{facts.lines} belanja ada dalam DPR yang ditandatangani dan disetujui."


@_item("tagihan", "Tagihan bank yang dibayar", "Permendagri 79/2022 Pasal 5 huruf e", _KKPD_SINCE)
def bill(facts: SppFacts) -> Found:
    """The SPP pays a bill of the bank."""
    told = facts.payment.tagihan
    return ("sesuai", f"{told}.") if told else ("menunggu", "Tagihan yang dibayar tidak diketahui.")


@_item("bukti", "Bukti setiap belanja lengkap dan sah", *_COMPLETE)
def evidence(facts: SppFacts) -> Found:
    """The program knows whether files are there, not whether they prove anything."""
    if facts.without_evidence:
        return "tidak_sesuai", f"Tanpa bukti: {', '.join(facts.without_evidence)}."
    return (
        "menunggu",
        f"{facts.evidence} berkas bukti pada {facts.lines} belanja; sah tidaknya belum diketahui.",
    )


@_item("pajak", "Pajak yang harus dipungut", *_COMPLETE)
def taxes(facts: SppFacts) -> Found:
    """The program adds up what was recorded; whether tax is due it cannot know."""
    cuts = "; ".join(f"{one.uraian} Rp {one.nilai}" for one in facts.payment.cuts)
    told = f"Dicatat dipungut bendahara: {cuts}" if cuts else "Tidak ada yang dicatat dipungut"
    return "menunggu", f"{told}; benar tidaknya belum diketahui."


@_item("anggaran", "Anggaran tersedia pada DPA", *_COMPLETE)
def budget(facts: SppFacts) -> Found:
    """No account is charged beyond its budget."""
    over = [row.rekening for row in facts.payment.baris if row.sisa < ZERO]
    if over:
        return "tidak_sesuai", f"Melampaui anggaran: {', '.join(over)}."
    return "sesuai", f"{len(facts.payment.baris)} rekening belanja, semuanya dalam anggaran."


@_item("spd", "Dana tersedia pada SPD", *_COMPLETE)
def funds(facts: SppFacts) -> Found:
    """The SPDs less earlier SP2Ds hold this amount."""
    data = facts.payment
    if not data.spd:
        return "tidak_sesuai", "Belum ada SPD untuk tahun ini."
    if data.spd_left < ZERO:
        return "tidak_sesuai", f"SPD kurang Rp {abs(data.spd_left)}."
    return "sesuai", f"Sisa SPD sesudah SPP ini Rp {data.spd_left}."


@_item("rekening", "Bank, rekening dan NPWP bendahara", *_COMPLETE)
def account(facts: SppFacts) -> Found:
    """Whom the SP2D pays."""
    data = facts.payment
    said = {"bank": data.bank, "rekening": data.rekening_bank, "NPWP": data.npwp}
    absent = [name for name, text in said.items() if not text]
    if absent:
        return "tidak_sesuai", f"Belum diisi: {', '.join(absent)}."
    return "sesuai", f"{data.bank}, rekening {data.rekening_bank}, NPWP {data.npwp}."
