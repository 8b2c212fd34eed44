"""The six tests of Permendagri 79/2022 Pasal 5 huruf e, on one purchase line.

The program reports what it could check by itself, with its inputs; the person looks and answers.
`menunggu` is a valid result: the program cannot see goods or read a contract (law 13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kkpd.approval.evidence_rules import EvidenceSays, EvidenceSeen, says
from kkpd.belanja.checks import is_for_travel
from kkpd.core.choices import TEST_ANSWERS
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah, total, whole_number

Outcome = Literal["sesuai", "tidak_sesuai", "menunggu"]


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A bank line that the purchase is matched with."""

    merchant: str
    nilai: Rupiah
    bagian: Rupiah


@dataclass(frozen=True, slots=True)
class BillArithmetic:
    """The bill's own arithmetic; None where the bank prints no such total."""

    tagihan_lalu: Rupiah | None
    belanja_baru: Rupiah | None
    pembayaran: Rupiah | None
    total: Rupiah | None
    lines_total: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class SixTestInputs:
    """What the six tests look at."""

    merchant: str
    penjual_npwp: str
    tanggal: date
    nilai: Rupiah
    volume: int | None
    harga_satuan: Rupiah | None
    dpp: Rupiah
    ppn: Rupiah
    pbjt: Rupiah
    rekening: str
    kelas: str
    card_kind: str
    status_kartu: str
    bukti: tuple[EvidenceSeen, ...]
    baris: tuple[BilledLine, ...]
    tagihan: tuple[BillArithmetic, ...]

    @property
    def said(self) -> EvidenceSays:
        """What stands in the texts of the evidence."""
        return says(self.bukti, self.nilai, self.tanggal, frozenset(_words(self.merchant)))

    @property
    def files(self) -> str:
        """The evidence as people read it."""
        return "; ".join(one.wording for one in self.bukti) or "tidak ada"


@dataclass(frozen=True, slots=True)
class LineTest:
    """One test on one line: what the program found, in one sentence, from which inputs.

    `by_eye`: no program can know it, so that it is unknown on every line alike.
    """

    nomor: int
    nama: str
    dasar: str
    hasil: Outcome
    wording: str
    masukan: Mapping[str, str]
    by_eye: bool = False


Found = tuple[Outcome, str, dict[str, str]]
_Check = Callable[[SixTestInputs], Found]


@dataclass(frozen=True, slots=True)
class SixTest:
    """One test of the article: its name, its source, and what the program can check of it."""

    nama: str
    dasar: str
    check: _Check
    by_eye: bool = False


#: number -> test, in the order of the article; answers, pages and rows follow this table
SIX_TESTS: Final[dict[int, SixTest]] = {}


def _test(nama: str, *, by_eye: bool = False) -> Callable[[_Check], _Check]:
    """Enter a check as the next test of Pasal 5 huruf e."""

    def enter(check: _Check) -> _Check:
        nomor = len(SIX_TESTS) + 1
        SIX_TESTS[nomor] = SixTest(nama, f"Pasal 5 huruf e angka {nomor}", check, by_eye)
        return check

    return enter


@_test("Data penerima pembayaran")
def penerima(inputs: SixTestInputs) -> Found:
    """1: the payee's data: does the bill name the seller that the purchase names?"""
    seen = {"belanja": inputs.merchant, "npwp": inputs.penjual_npwp or "tidak diisi"}
    if not inputs.baris:
        return "menunggu", "Belum ada baris tagihan yang dipasangkan; lihat nama pada nota.", seen
    seen["tagihan"] = "; ".join(line.merchant for line in inputs.baris)
    if all(_same_name(inputs.merchant, line.merchant) for line in inputs.baris):
        return "sesuai", "Nama penyedia sama dengan nama pada tagihan.", seen
    return "menunggu", "Nama pada tagihan berbeda dari nama penyedia; periksa notanya.", seen


@_test("Bukti benar materiil dan hitungan")
def evidence_true(inputs: SixTestInputs) -> Found:
    """2: material truth and arithmetic of the evidence."""
    seen = {"bukti": inputs.files, "nilai": f"Rp {inputs.nilai}"}
    if not inputs.bukti:
        return "tidak_sesuai", "Tidak ada bukti yang dilampirkan.", seen
    paid = abs(inputs.nilai)  # taxes and prices have no sign, on a refund too
    if inputs.volume is not None and inputs.harga_satuan is not None:
        product = abs(inputs.harga_satuan) * inputs.volume
        seen["hitungan"] = f"{inputs.volume} x Rp {abs(inputs.harga_satuan)} = Rp {product}"
        if product not in (paid, inputs.dpp, paid - inputs.ppn - inputs.pbjt):
            return "tidak_sesuai", "Volume kali harga satuan tidak sama dengan nilai belanja.", seen
    if inputs.dpp and inputs.dpp + inputs.ppn + inputs.pbjt != paid:
        seen["pajak"] = f"Rp {inputs.dpp} + PPN Rp {inputs.ppn} + PBJT Rp {inputs.pbjt}"
        return "tidak_sesuai", "DPP ditambah pajak tidak sama dengan nilai belanja.", seen
    said = inputs.said
    if not said.read:
        told = "Isi buktinya belum diketahui: program tidak membaca teks di dalamnya."
        return "menunggu", told, seen
    if not said.whole:
        return "menunggu", f"Pada teks bukti tidak ditemukan: {said.lacking}. Periksa.", seen
    return "sesuai", "Nilai, tanggal dan nama toko ada pada teks bukti; hitungannya sama.", seen


@_test("Hitungan tagihan")
def bill_arithmetic(inputs: SixTestInputs) -> Found:
    """3: arithmetic of the Tagihan (e-billing) or Daftar Tagihan Sementara."""
    if not inputs.tagihan:
        return "menunggu", "Belum ada tagihan bank untuk belanja ini.", {}
    seen: dict[str, str] = {}
    unprinted = False
    for number, bill in enumerate(inputs.tagihan, 1):
        seen[f"tagihan {number}"] = f"jumlah baris Rp {bill.lines_total}"
        if bill.belanja_baru is None:
            unprinted = True
        elif bill.belanja_baru != bill.lines_total:
            seen[f"tercetak {number}"] = f"belanja baru Rp {bill.belanja_baru}"
            return "tidak_sesuai", "Jumlah baris tidak sama dengan belanja baru tagihan.", seen
        if not _adds_up(bill):
            return "tidak_sesuai", "Saldo lalu + belanja baru - pembayaran bukan total.", seen
    if unprinted:
        return "menunggu", "Bank tidak mencetak jumlah pada tagihan; jumlahkan sendiri.", seen
    return "sesuai", "Jumlah baris sama dengan tagihan bank.", seen


@_test("Bukti sesuai tagihan")
def bukti_tagihan(inputs: SixTestInputs) -> Found:
    """4: agreement of the evidence with the bill."""
    billed = total(line.bagian for line in inputs.baris)
    seen = {"tagihan": f"Rp {billed}", "belanja": f"Rp {inputs.nilai}"}
    if not inputs.baris:
        return "menunggu", "Belanja belum ditagih bank; belum dapat dibandingkan.", seen
    if billed == inputs.nilai:
        if inputs.said.nilai:
            return "sesuai", "Nilai pada tagihan, belanja dan teks bukti sama.", seen
        told = "Tagihan sama dengan catatan belanja; nilai pada bukti belum diketahui."
        return "menunggu", told, seen
    more = billed - inputs.nilai
    word = "lebih" if more > ZERO else "kurang"
    return "tidak_sesuai", f"Tagihan {word} Rp {abs(more)} dari nilai belanja.", seen


@_test("Jenis belanja boleh dengan KKPD")
def jenis_belanja(inputs: SixTestInputs) -> Found:
    """5: may this kind of spending be paid by KKPD (Pasal 18), and by this card?"""
    seen = {
        "kartu": inputs.card_kind,
        "status kartu": inputs.status_kartu,
        "rekening": inputs.rekening,
        "kelas": inputs.kelas,
    }
    travel = inputs.rekening.startswith("5.1.02.04")
    if not inputs.rekening.startswith(("5.1.02", "5.2")):
        return "tidak_sesuai", "KKPD hanya untuk belanja barang dan jasa serta belanja modal.", seen
    if inputs.card_kind == "perjalanan" and not is_for_travel(inputs.rekening):
        return "tidak_sesuai", "Kartu perjalanan dinas tidak untuk belanja barang atau jasa.", seen
    if inputs.card_kind == "barang" and travel:
        return "tidak_sesuai", "Kartu barang/jasa/modal tidak untuk perjalanan dinas.", seen
    if (inputs.kelas == "modal") != inputs.rekening.startswith("5.2"):
        return "tidak_sesuai", f"Kelas {inputs.kelas} tidak sesuai dengan rekeningnya.", seen
    return "sesuai", "Jenis belanja termasuk yang boleh dibayar dengan kartu ini.", seen


@_test("Spesifikasi dan volume", by_eye=True)
def spesifikasi(inputs: SixTestInputs) -> Found:
    """6: specification and volume against contract, hand-over document and the goods themselves."""
    seen = {
        "volume": "tidak diisi" if inputs.volume is None else str(inputs.volume),
        "bukti": inputs.files,
    }
    return "menunggu", "Perlu dilihat: pesanan, berita acara serah terima, dan barangnya.", seen


def uji(inputs: SixTestInputs) -> tuple[LineTest, ...]:
    """All of them, in the order of the article."""
    return tuple(
        LineTest(nomor, one.nama, one.dasar, *one.check(inputs), one.by_eye)
        for nomor, one in SIX_TESTS.items()
    )


def check_answers(
    jawaban: Mapping[int, str], setuju: bool, nilai: Rupiah, in_full: Rupiah, alasan: str
) -> None:
    """A decision must follow from its answers; DomainError when it does not."""
    failed = _failed(jawaban)
    whole = nilai == in_full
    if setuju and whole and failed:
        raise DomainError(
            f"Uji {', '.join(map(str, failed))} tidak lulus: tolak, atau setujui sebagian.",
            rule="Pasal 5 huruf g",
            field="keputusan",
        )
    if not setuju and not failed:
        raise DomainError(
            "Penolakan perlu sedikitnya satu uji yang tidak lulus.",
            rule="Pasal 5 huruf g",
            field="keputusan",
        )
    if (not setuju or not whole) and len(alasan.strip()) < 5:
        raise DomainError(
            "Tulis alasan penolakan; alasan ini dikirim kepada pemegang kartu.",
            rule="Pasal 5 huruf i",
            field="alasan",
        )
    if len(alasan) > 600:
        raise DomainError("Alasan paling banyak 600 huruf; singkatkan.", field="alasan")
    if setuju and not ZERO < nilai <= in_full:
        raise DomainError(
            f"Nilai yang disetujui harus lebih dari nol dan paling banyak Rp {in_full}.",
            field="nilai",
        )


def check_refund(jawaban: Mapping[int, str], setuju: bool) -> None:
    """A refund follows its original and cannot be refused; DomainError with what to do instead."""
    failed = _failed(jawaban)
    if failed or not setuju:
        told = (
            f"Uji {', '.join(map(str, failed))} tidak lulus" if failed else "Uangnya sudah kembali"
        )
        raise DomainError(
            f"Pengembalian tidak dapat ditolak: ia mengikuti belanja asalnya. {told}; bila datanya "
            "keliru, mintalah PPTK membatalkan DPR-nya agar bendahara memperbaiki.",
            rule="Pasal 5 huruf f: pengembalian mengurangi belanja yang disetujui",
            field="keputusan",
        )


def _failed(jawaban: Mapping[int, str]) -> list[int]:
    """The tests that were answered with no; DomainError while not all are answered."""
    if sorted(jawaban) != [*SIX_TESTS] or not set(jawaban.values()) <= {*TEST_ANSWERS}:
        raise DomainError(
            f"Jawab ke{whole_number(len(SIX_TESTS))} uji dengan lulus atau tidak.",
            rule="Pasal 5 huruf e",
        )
    return [nomor for nomor, answer in sorted(jawaban.items()) if answer == "tidak"]


def _adds_up(bill: BillArithmetic) -> bool:
    if bill.total is None or bill.belanja_baru is None:
        return True
    return (bill.tagihan_lalu or ZERO) + bill.belanja_baru - (bill.pembayaran or ZERO) == bill.total


def _same_name(ours: str, theirs: str) -> bool:
    """Whether the names share a significant word: banks cut, abbreviate and add the city."""
    return bool(_words(ours) & _words(theirs))


def _words(name: str) -> set[str]:
    return {
        word[:5] for word in re.findall(r"[a-z0-9]{3,}", name.casefold()) if word not in _COMMON
    }


_COMMON: Final = frozenset(
    (
        *("toko", "cv", "pt", "ud", "warung", "the", "jaya", "indonesia", "medan", "deli"),
        *("serdang", "lubuk", "pakam", "hotel", "rumah", "makan"),
    )
)
