"""The formats of dated settings (law 15): a value that a rule could not read is refused at entry.

A key that is not listed is kept as text. Blank is always allowed and means not checked.

A setting that a rule reads gets a line here and its name in `kkpd/web/terms.py`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.pagu.plan_rules import WAYS

#: Settings that hold an amount, as `1.000.000`.
AMOUNTS: Final = frozenset(
    {
        "batas_kapitalisasi",
        "batas_kapitalisasi_buku",
        "bea_meterai",
        "first_limit_goods",
        "first_limit_travel",
        "limit_kartu_barang",
        "limit_kartu_perjalanan",
        "max_per_payee_domestic_small",
        "max_per_payee_general",
        "pantau_pecah",
        "pantau_toko",
    }
)
#: Settings that hold a share, as `40%`.
PORTION: Final = frozenset(
    {
        "share_up_kkpd",
        "low_use_threshold",
        "target_pemakaian_triwulan",
        "share_of_cases_reopened",
        "pantau_batas",
    }
)
#: Settings that hold a whole number.
COUNTED: Final = frozenset(
    {
        "low_use_months",
        "late_months_threshold",
        "unused_card_days",
        "refill_per_month",
        "pantau_cepat",
        "pantau_kebiasaan",
    }
)
#: Settings that count days from some day; 0 is that day itself.
DAY_COUNTS: Final = frozenset(
    {"days_to_pay_after_funds", "settle_within_days", "days_to_answer_case"}
)
#: Settings that hold a day, as `2026-12-13`.
DAYS: Final = frozenset({"year_end_use_cutoff", "year_end_spm_cutoff"})
#: Settings that hold one of a few words.
WORDS: Final = {
    "periksa_spd": WAYS,
    "periksa_kas": WAYS,
    "faktor_kedua_wajib": ("ya",),
    "ppn_kecuali_kartu": ("ya",),
    "pph22_kecuali_kartu": ("ya",),
    "pantau_judi": ("ya",),
    "pantau_dompet": ("ya",),
    "pantau_tunai": ("ya",),
    "pantau_permainan": ("ya",),
    "pantau_mcc": ("ya",),
    "pantau_kartu": ("ya",),
    "pantau_jauh": ("ya",),
    "pantau_pencatat": ("ya",),
}
#: Settings that hold two hours of a night, as `22-5`.
NIGHTS: Final = frozenset({"pantau_waktu"})
_NIGHT: Final = re.compile(r"(?:1\d|2[0-3])-[0-9]", re.ASCII)
_PARTS: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?\s*%", re.ASCII)


def check(kunci: str, nilai: str | None) -> None:
    """DomainError when the value does not have the setting's format."""
    if nilai is None:
        return
    if kunci in AMOUNTS and Rupiah.parse(nilai) < ZERO:
        raise DomainError("Batas tidak boleh negatif.", field="nilai")
    if kunci in PORTION:
        _share(nilai)
    if kunci in COUNTED and not re.fullmatch(r"[1-9][0-9]{0,3}", nilai):
        raise DomainError("Tulis bilangan bulat mulai 1, atau kosongkan.", field="nilai")
    if kunci in DAY_COUNTS and not re.fullmatch(r"[0-9]{1,3}", nilai):
        raise DomainError("Tulis banyaknya hari dengan angka, atau kosongkan.", field="nilai")
    if kunci in DAYS:
        _day(nilai)
    if kunci in NIGHTS and not _NIGHT.fullmatch(nilai):
        raise DomainError("Tulis jam malam seperti 22-5, atau kosongkan.", field="nilai")
    if kunci in WORDS and nilai not in WORDS[kunci]:
        words = " atau ".join(WORDS[kunci])
        raise DomainError(f"Tulis {words}, atau kosongkan.", field="nilai")


def _share(nilai: str) -> None:
    if not _PARTS.fullmatch(nilai) or not 0 <= Decimal(nilai.rstrip("% ").replace(",", ".")) <= 100:
        raise DomainError("Tulis bagian seperti 40% (0% sampai 100%).", field="nilai")


def _day(nilai: str) -> None:
    try:
        date.fromisoformat(nilai)
    except ValueError as error:
        raise DomainError("Tulis tanggal seperti 2026-12-13.", field="nilai") from error
