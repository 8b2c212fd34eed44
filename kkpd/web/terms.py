"""Words of the domain as people say them, for pages and the translation catalogue.

Every page that speaks of a difference, a bill, a due date, a setting or what monitoring found takes
its words from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.moments import MONTHS, period_name
from kkpd.core.money import Rupiah
from kkpd.ledger.difference_kinds import LABELS
from kkpd.ledger.standing import DueState
from kkpd.ledger.sums import BillBlock
from kkpd.oversight.due import DueDate
from kkpd.oversight.monitoring_rules import SENTENCES, Highlight
from kkpd.records import settings as records_settings
from kkpd.web.filters import percent, rupiah
from kkpd.web.translation import N_, _

#: The states of a month.
PERIOD_STATUS_NAMES = {
    "terbuka": N_("terbuka"),
    "ditutup": N_("ditutup, menunggu konfirmasi PA"),
    "dikonfirmasi": N_("dikonfirmasi, menunggu tinjauan"),
    "ditinjau": N_("ditinjau"),
}

#: The acts on a month.
ACTION_NAMES = {
    "tutup": N_("ditutup"),
    "konfirmasi": N_("dikonfirmasi"),
    "tinjau": N_("ditinjau"),
    "buka": N_("dibuka kembali"),
}


#: Place in a bill's sum -> its name.
PLACE: Final = {
    "dpt": N_("Dibayar dengan DPT"),
    "refused": N_("Ditolak, ditanggung pemegang"),
    "up_tunai": N_("UP Tunai"),
    "others": N_("Ditanggung pemegang atau bank"),
    "carried": N_("Dialihkan ke tagihan lain"),
    "open": N_("Belum ditetapkan"),
}
#: Stage of a part -> who must act.
MOVE: Final = {
    "open": N_("Bendahara mencocokkan atau menjelaskan"),
    "recorded": N_("Bendahara melengkapi bukti"),
    "evidenced": N_("Bendahara mengajukan DPR"),
    "put_forward": N_("PPTK memeriksa DPR"),
    "checked": N_("Pengguna Anggaran menguji"),
    "approved": N_("Pengguna Anggaran menerbitkan DPT"),
    "dpt": N_("Pengguna Anggaran menerbitkan NPD"),
    "npd": N_("Bendahara mengajukan SPP-GU"),
    "spp": N_("PPK-SKPD menguji SPP, Pengguna Anggaran menerbitkan SPM"),
    "spm": N_("Kuasa BUD menerbitkan SP2D"),
    "sp2d": N_("Bendahara mendebet kepada bank"),
    "refused": N_("pemegang kartu membayar kembali"),
    "holder": N_("dibayar yang menanggung"),
    "up_tunai": N_("Bendahara membayar dari UP Tunai"),
    "bank": N_("bank mengembalikan"),
}


def bill_state(block: BillBlock) -> str:
    """`Lunas` once every rupiah of the bill is settled, else what is left."""
    return _("Lunas") if block.settled else _("Sisa %(nilai)s", nilai=rupiah(block.left))


def due_term(found: DueState | None) -> str:
    """The days to the due day while the bank is owed something; afterwards whether it was paid in
    time.
    """
    if found is None:
        return _("belum ada tagihan")
    if not found.dibayar:
        if found.day is None:
            return _("tanpa jatuh tempo")
        if found.day < 0:
            return _("lewat jatuh tempo %(n)s hari", n=-found.day)
        return _("%(n)s hari ke jatuh tempo", n=found.day)
    said = _("bank dibayar") if found.sisa else _("lunas")
    if found.day is not None and found.day < 0:
        said = _("%(apa)s %(n)s hari sesudah jatuh tempo", apa=said, n=-found.day)
    elif found.day is not None:
        said = _("%(apa)s %(n)s hari sebelum jatuh tempo", apa=said, n=found.day)
    return said


#: Kinds of due dates.
DUE_NAMES = {
    "tagihan": N_("Tagihan bank"),
    "debet": N_("Debet sesudah SP2D"),
    "belanja": N_("Belanja belum lunas"),
    "selisih": N_("Selisih"),
    "kembali": N_("Tanggungan pemegang kartu"),
    "kasus": N_("Tindak lanjut"),
}


def due_title(one: DueDate) -> str:
    """What has to be done, in the language of the page."""
    month = period_name(*one.periode)
    if one.jenis == "tagihan":
        return _("Lunasi tagihan bank %(bulan)s", bulan=month)
    if one.jenis == "debet":
        return _("Debet kepada bank, %(dpt)s", dpt=one.uraian)
    if one.jenis == "belanja":
        return _("Selesaikan %(n)s belanja %(bulan)s", n=one.uraian, bulan=month)
    if one.jenis == "kembali":
        return _("Belanja %(bulan)s yang ditolak dibayar kembali pemegangnya", bulan=month)
    if one.jenis == "kasus":
        return _("Jawab tindak lanjut: %(apa)s", apa=one.uraian)
    return _("Selesaikan selisih: %(apa)s", apa=_(LABELS.get(one.dasar, one.dasar)))


#: rule -> its name
HIGHLIGHT_NAMES = {
    "rendah": N_("Pemakaian rendah"),
    "terlambat": N_("Terlambat membayar"),
    "kartu": N_("Kartu tidak dipakai"),
    "target": N_("Target triwulan"),
    "naikkan": N_("Saran: naikkan bagian kartu"),
    "turunkan": N_("Saran: turunkan bagian kartu"),
}


def highlight_text(one: Highlight) -> str:
    """The sentence in the language of the page."""
    return _(
        SENTENCES[one.aturan], **{key: _said(key, value) for key, value in one.numeric.items()}
    )


def month_names(months: Sequence[int]) -> str:
    """`Jan–Okt` of neighbouring months, `Mar, Mei` of others."""
    names = [MONTHS[number - 1][:3] for number in months]
    runs = len(months) > 2 and months[-1] - months[0] == len(months) - 1
    return f"{names[0]}–{names[-1]}" if runs else ", ".join(names)


def _said(key: str, value: object) -> str:
    if isinstance(value, Rupiah):
        return rupiah(value)
    if not isinstance(value, Fraction):
        return str(value)
    if key != "gu":
        return percent(value)
    times = Decimal(value.numerator) / value.denominator
    return str(times.quantize(Decimal("0.1"), ROUND_HALF_UP)).replace(".", ",")


#: setting -> its name for people
SETTING_NAMES: Final = {
    "share_up_kkpd": N_("Bagian UP KKPD dari UP"),
    "batas_kapitalisasi": N_("Batas kapitalisasi aset"),
    "batas_kapitalisasi_buku": N_("Batas kapitalisasi buku dan barang perpustakaan"),
    "max_per_payee_domestic_small": N_("Batas per penyedia, produk dalam negeri"),
    "max_per_payee_general": N_("Batas per penyedia, umum"),
    "faktor_kedua_wajib": N_("Faktor kedua wajib bagi administrator, PA, KPA, PPK, BUD, bendahara"),
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
    "days_to_answer_case": N_("Hari menjawab tindak lanjut"),
    "share_of_cases_reopened": N_("Bagian tindak lanjut yang dibuka lagi secara acak"),
    "pantau_judi": N_("Pengawasan: judi"),
    "pantau_dompet": N_("Pengawasan: pengisian dompet elektronik"),
    "pantau_tunai": N_("Pengawasan: penarikan tunai dan pengiriman uang"),
    "pantau_permainan": N_("Pengawasan: permainan digital"),
    "pantau_mcc": N_("Pengawasan: kategori merchant yang tidak wajar"),
    "pantau_kartu": N_("Pengawasan: kartu tidak aktif atau tidak dikenal"),
    "pantau_pecah": N_("Pengawasan: batas yang dihindari dengan memecah pembayaran"),
    "pantau_cepat": N_("Pengawasan: banyaknya pembayaran beruntun"),
    "pantau_kebiasaan": N_("Pengawasan: sepersepuluh simpangan di atas kebiasaan kartu"),
    "pantau_toko": N_("Pengawasan: nilai besar pada penjual baru"),
    "pantau_jauh": N_("Pengawasan: kota lain"),
    "pantau_batas": N_("Pengawasan: jarak tepat di bawah batas"),
    "pantau_waktu": N_("Pengawasan: jam malam"),
    "pantau_pencatat": N_("Pengawasan: pemegang mencatat sendiri"),
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


#: topic -> its settings, in the order of the page
SETTING_TOPICS: Final = {
    N_("Kepala surat dan dokumen"): (
        "nama_pemerintah lambang tempat_dokumen perangkat_bud alamat_bud alamat_periksa"
    ),
    N_("Bank"): "bank_rkud rekening_bendahara",
    N_("UP KKPD, batas belanja dan kartu"): (
        "share_up_kkpd max_per_payee_domestic_small max_per_payee_general first_limit_goods "
        "first_limit_travel limit_kartu_barang limit_kartu_perjalanan"
    ),
    N_("Anggaran dan aset"): ("periksa_spd periksa_kas batas_kapitalisasi batas_kapitalisasi_buku"),
    N_("Pajak dan meterai"): "ppn_kecuali_kartu pph22_kecuali_kartu bea_meterai",
    N_("Tenggat dan akhir tahun"): (
        "days_to_pay_after_funds settle_within_days year_end_use_cutoff year_end_spm_cutoff"
    ),
    N_("Pemantauan"): (
        "low_use_threshold low_use_months late_months_threshold unused_card_days "
        "target_pemakaian_triwulan refill_per_month days_to_answer_case share_of_cases_reopened"
    ),
    N_("Pengawasan baris bank"): (
        "pantau_judi pantau_dompet pantau_tunai pantau_permainan pantau_mcc pantau_kartu "
        "pantau_pecah pantau_cepat pantau_kebiasaan pantau_toko pantau_jauh pantau_batas "
        "pantau_waktu pantau_pencatat"
    ),
    N_("Keamanan"): "faktor_kedua_wajib",
}


#: State of a case -> as people say it; `menunggu` is both that are not done.
CASE_STATUS_NAMES: Final = {
    "menunggu": N_("menunggu"),
    "terbuka": N_("menunggu jawaban"),
    "dijawab": N_("sudah dijawab"),
    "selesai": N_("selesai"),
}
OUTCOME_NAMES: Final = {
    "wajar": N_("Wajar"),
    "salah_dibetulkan": N_("Salah, sudah dibetulkan"),
    "administratif": N_("Kekurangan administratif"),
    "pribadi_dikembalikan": N_("Keperluan pribadi, sudah dikembalikan"),
    "dugaan_diteruskan": N_("Dugaan penyalahgunaan, diteruskan"),
}
BPK_NAMES: Final = {
    "sesuai": N_("Sesuai rekomendasi"),
    "belum_sesuai": N_("Belum sesuai rekomendasi"),
    "belum_ditindaklanjuti": N_("Belum ditindaklanjuti"),
    "tidak_dapat_ditindaklanjuti": N_("Tidak dapat ditindaklanjuti"),
}
STEP_NAMES: Final = {
    "buka": N_("dibuka"),
    "tambah": N_("bertambah"),
    "tunjuk": N_("pemilik ditunjuk"),
    "jawab": N_("dijawab"),
    "kembalikan": N_("jawaban dikembalikan"),
    "putus": N_("diputuskan"),
    "tutup": N_("selesai dengan sendirinya"),
    "buka_lagi": N_("dibuka lagi"),
    "uji_acak": N_("dibuka lagi secara acak"),
    "komentar": N_("komentar"),
}


def blank_settings(session: Session, keys: Iterable[str], day: date, opd_id: int) -> list[str]:
    """The checks that are off for the OPD that day, because their setting is blank."""
    return [
        _(SETTING_NAMES[key])
        for key in keys
        if records_settings.value(session, key, day, opd_id) is None
    ]


UP_REASONS: Final = {
    "kebutuhan_naik": N_("kebutuhan kartu sebulan melebihi UP KKPD"),
    "kebutuhan_tunai": N_("kebutuhan tunai sebulan melebihi UP Tunai"),
    "penyedia_tanpa_kartu": N_("sedikit penyedia menerima kartu"),
    "lain": N_("alasan lain"),
}
