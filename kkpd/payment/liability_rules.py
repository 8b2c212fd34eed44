"""Who must repay what the budget does not bear (kkpd.md 1.7, 1.9; Pasal 5 huruf g)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah


@dataclass(frozen=True, slots=True)
class LiabilityRule:
    """Who may repay one kind (the first is the usual payer), and the source of the rule."""

    penanggung: tuple[str, ...]
    dasar: str


#: kind of what is owed -> its rule; `ditolak` is a purchase refused whole or in part,
#: `kembali_pemegang` what came back of one after its holder had paid.
RULES: Final = {
    "ditolak": LiabilityRule(
        ("pemegang", "up_tunai", "penyedia"),
        "Pasal 5 huruf g: yang ditolak dibayar pribadi; salah jenis kartu boleh dari UP Tunai",
    ),
    "biaya": LiabilityRule(
        ("pemegang", "bank"),
        "iuran, bunga, denda dan biaya tambahan kartu tidak dibebankan pada APBD",
    ),
    "kartu_salah": LiabilityRule(
        ("pemegang", "up_tunai"), "Pasal 18: salah jenis kartu dibayar pribadi atau dari UP Tunai"
    ),
    "lewat_batas": LiabilityRule(
        ("up_tunai", "pemegang"), "pemakaian sesudah batas akhir tahun jatuh pada UP Tunai"
    ),
    "meterai": LiabilityRule(("up_tunai",), "bea meterai pada tagihan dibayar dari UP Tunai"),
    "dibayar_dua_kali": LiabilityRule(
        ("bank",), "keterlanjuran pembayaran dikembalikan bank ke rekening bendahara"
    ),
    "refund_ditunggu": LiabilityRule(
        ("penyedia", "bank", "pemegang"), "pengembalian yang kurang ditanggung pemegang"
    ),
    "kembali_pemegang": LiabilityRule(
        ("bank", "penyedia"),
        "pengembalian atas belanja yang sudah dibayar pemegang adalah haknya (Pasal 5 huruf g)",
    ),
    "tanpa_belanja": LiabilityRule(
        ("pemegang", "penyedia", "bank"),
        "tagihan tanpa belanja dinas ditanggung pemegang; yang bukan pemakaian kartunya "
        "dikembalikan penyedia atau bank",
    ),
    "opd_salah": LiabilityRule(("bank",), "bank memindahkan tagihan kepada OPD pemilik kartunya"),
    "tanpa_pagu": LiabilityRule(
        ("pemegang", "up_tunai"), "belanja tanpa pagu tidak dibebankan pada KKPD (Pasal 5 huruf f)"
    ),
    **dict.fromkeys(
        ("nilai", "tanggal", "belum_ditagih", "belum_dibayar"),
        LiabilityRule(
            ("pemegang", "penyedia", "bank"),
            "kelebihan atas yang disetujui ditanggung pemegang, atau dikembalikan penyedia atau "
            "bank",
        ),
    ),
}


def check(jenis: str, penanggung: str, nilai: Rupiah, sisa: Rupiah) -> None:
    """DomainError when this payer may not repay this kind, or the amount is more than the rest."""
    rule = RULES[jenis]
    if penanggung not in rule.penanggung:
        raise DomainError(
            f"Yang menanggung: {' atau '.join(rule.penanggung).replace('_', ' ')} ({rule.dasar}).",
            rule=rule.dasar,
            field="penanggung",
        )
    if not ZERO < nilai <= sisa:
        raise DomainError(
            f"Nilai harus lebih dari nol dan paling banyak sisanya, Rp {sisa}.", field="nilai"
        )
