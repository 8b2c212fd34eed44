"""Settings in words, and which settings of a page are blank."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.records import settings as records_settings
from kkpd.web.translation import N_, _

#: setting -> its name for people
NAMES: Final = {
    "share_up_kkpd": N_("Bagian UP KKPD dari UP"),
    "batas_kapitalisasi": N_("Batas kapitalisasi aset"),
    "max_per_payee_domestic_small": N_("Batas per penyedia, produk dalam negeri"),
    "max_per_payee_general": N_("Batas per penyedia, umum"),
    "first_limit_goods": N_("Batas pemakaian pertama kartu barang"),
    "first_limit_travel": N_("Batas pemakaian pertama kartu perjalanan"),
    "limit_kartu_barang": N_("Limit kartu barang/jasa/modal menurut keputusan kepala daerah"),
    "limit_kartu_perjalanan": N_("Limit kartu perjalanan menurut keputusan kepala daerah"),
    "periksa_spd": N_("SPD membatasi belanja (bulan atau kumulatif)"),
    "periksa_kas": N_("Anggaran kas membatasi belanja (bulan atau kumulatif)"),
    "year_end_use_cutoff": N_("Hari terakhir pemakaian kartu"),
    "year_end_spm_cutoff": N_("Hari terakhir SPM-GU diterima"),
    "ppn_kecuali_kartu": N_("PPN belanja kartu tidak dipungut bendahara"),
    "pph22_kecuali_kartu": N_("PPh 22 belanja kartu tidak dipungut bendahara"),
    "bea_meterai": N_("Bea meterai"),
    "days_to_pay_after_funds": N_("Hari kerja membayar sesudah dana masuk"),
    "settle_within_days": N_("Hari penyelesaian sejak transaksi"),
    "low_use_threshold": N_("Batas pemakaian rendah dari UP KKPD"),
    "low_use_months": N_("Bulan berturut-turut pemakaian rendah"),
    "late_months_threshold": N_("Bulan berturut-turut terlambat membayar"),
    "unused_card_days": N_("Hari kartu tidak dipakai"),
    "target_pemakaian_triwulan": N_("Target pemakaian UP KKPD tiap triwulan"),
    "refill_per_month": N_("Pengisian kembali sebulan yang membenarkan kenaikan bagian kartu"),
    "nama_pemerintah": N_("Nama pemerintah daerah"),
    "lambang": N_("Lambang daerah"),
    "tempat_dokumen": N_("Tempat penandatanganan"),
    "alamat_periksa": N_("Alamat pemeriksaan dokumen"),
    "bank_rkud": N_("Bank RKUD"),
    "rekening_bendahara": N_("Rekening bendahara"),
    "perangkat_bud": N_("Perangkat daerah Kuasa BUD"),
    "alamat_bud": N_("Alamat perangkat daerah Kuasa BUD"),
}


def kosong(session: Session, keys: Iterable[str], day: date, opd_id: int) -> list[str]:
    """The checks that are off for the OPD that day, because their setting is blank."""
    return [
        _(NAMES[key]) for key in keys if records_settings.value(session, key, day, opd_id) is None
    ]
