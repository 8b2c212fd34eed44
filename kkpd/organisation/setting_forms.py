"""The forms of dated settings (law 15): a value that no rule could read is refused at entry.

A key that is not here is kept as text. Blank is always allowed: not checked.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from kkpd.core.errors import DomainError
from kkpd.core.money import NOL, Rupiah
from kkpd.pagu.plan_rules import CARA

#: Settings that hold an amount, as `1.000.000`.
UANG: Final = frozenset(
    {
        "batas_kapitalisasi",
        "bea_meterai",
        "first_limit_goods",
        "first_limit_travel",
        "limit_kartu_barang",
        "limit_kartu_perjalanan",
        "max_per_payee_domestic_small",
        "max_per_payee_general",
    }
)
#: Settings that hold a share, as `40%`.
BAGIAN: Final = frozenset({"share_up_kkpd", "low_use_threshold", "target_pemakaian_triwulan"})
#: Settings that hold a whole number.
BANYAK: Final = frozenset(
    {"low_use_months", "late_months_threshold", "unused_card_days", "refill_per_month"}
)
#: Settings that count days from another day; 0 is that day itself.
BANYAK_HARI: Final = frozenset({"days_to_pay_after_funds", "settle_within_days"})
#: Settings that hold a day, as `2026-12-13`.
HARI: Final = frozenset({"year_end_use_cutoff", "year_end_spm_cutoff"})
#: Settings that hold one of a few words.
KATA: Final = {
    "periksa_spd": CARA,
    "periksa_kas": CARA,
    "ppn_kecuali_kartu": ("ya",),
    "pph22_kecuali_kartu": ("ya",),
}
_BAGIAN: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?\s*%", re.ASCII)


def periksa(kunci: str, nilai: str | None) -> None:
    """DomainError when the value is not what the setting holds."""
    if nilai is None:
        return
    if kunci in UANG and Rupiah.parse(nilai) < NOL:
        raise DomainError("Batas tidak boleh negatif.", field="nilai")
    if kunci in BAGIAN:
        _share(nilai)
    if kunci in BANYAK and not re.fullmatch(r"[1-9][0-9]{0,3}", nilai):
        raise DomainError("Tulis bilangan bulat mulai 1, atau kosongkan.", field="nilai")
    if kunci in BANYAK_HARI and not re.fullmatch(r"[0-9]{1,3}", nilai):
        raise DomainError("Tulis banyaknya hari dengan angka, atau kosongkan.", field="nilai")
    if kunci in HARI:
        _day(nilai)
    if kunci in KATA and nilai not in KATA[kunci]:
        words = " atau ".join(KATA[kunci])
        raise DomainError(f"Tulis {words}, atau kosongkan.", field="nilai")


def _share(nilai: str) -> None:
    if (
        not _BAGIAN.fullmatch(nilai)
        or not 0 <= Decimal(nilai.rstrip("% ").replace(",", ".")) <= 100
    ):
        raise DomainError("Tulis bagian seperti 40% (0% sampai 100%).", field="nilai")


def _day(nilai: str) -> None:
    try:
        date.fromisoformat(nilai)
    except ValueError as error:
        raise DomainError("Tulis tanggal seperti 2026-12-13.", field="nilai") from error
