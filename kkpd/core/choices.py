"""The closed sets of words that columns may hold; the database checks the same tuples."""

from __future__ import annotations

from typing import Final, Literal

from kkpd.core.permissions import Role

ROLES: Final = tuple(peran.value for peran in Role)

#: A grant is proposed by one person and gives nothing until a second one confirms it.
PROPOSED: Final = "usulan"
IN_FORCE: Final = "berlaku"
REFUSED: Final = "ditolak"
WITHDRAWN: Final = "ditarik"
ASSIGNMENT_STATUSES: Final = (PROPOSED, IN_FORCE, REFUSED, WITHDRAWN)

#: Permendagri 79/2022 Pasal 18 ayat (1): what a card may pay.
CARD_KINDS: Final = ("barang", "perjalanan")
#: kkpd.md 1.8, the life of a card.
STATUS_KARTU: Final = (
    "diusulkan",
    "ditetapkan",
    "terbit",
    "diserahkan",
    "aktif",
    "diblokir",
    "hilang",
    "ditutup",
)

#: What a short-lived state of logging in waits for: the second factor after the password, a passkey
#: alone, a change of the own factors, the answer of the identity provider.
LOGIN_STEPS: Final = ("faktor", "kunci", "ubah", "penyedia")
#: By what a session was opened: the strongest thing that was shown; `penyedia_mfa` is a provider
#: that says it asked for two factors itself.
PROVIDER_WAYS: Final = ("penyedia", "penyedia_mfa")
LOGIN_WAYS: Final = ("sandi", "totp", "pemulihan", "kunci", *PROVIDER_WAYS)

DPA_VERSIONS: Final = ("murni", "pergeseran", "perubahan")
CEILING_KINDS: Final = ("dpa", "spd", "kas", "up_kkpd", "kartu", "penerima")
#: Documents that make money available by month: SPD and anggaran kas.
PLAN_KINDS: Final = ("spd", "kas")
UP_KINDS: Final = ("up", "tup")
#: Why an OPD asks for another UP KKPD (PMK 196/2018 Art. 6 as a model, kkpd.md 1.5).
UP_REASONS: Final = ("kebutuhan_naik", "kebutuhan_tunai", "penyedia_tanpa_kartu", "lain")
MOVEMENT: Final = ("reserve", "post", "void", "restore", "unpost")

FILE_KINDS: Final = ("bank", "bukti", "arsip")
BILL_KINDS: Final = ("dts", "final")
LINE_KINDS: Final = ("belanja", "refund", "biaya", "meterai", "pembayaran")
#: Lines that are a purchase or a refund: only these can be split, joined or recorded as a purchase.
PURCHASE_LINE_KINDS: Final = ("belanja", "refund")
JOB_KINDS: Final = ("baca", "impor", "laporan", "paket")
JOB_STATUSES: Final = ("antre", "berjalan", "selesai", "gagal", "batal")

CHANNELS: Final = ("katalog", "toko_daring", "lpse", "lain")
TAX_COLLECTORS: Final = ("penjual", "marketplace", "bendahara", "tidak_ada")
PPH: Final = ("pph21", "pph22", "pph23", "pph4_2")
KELAS: Final = ("operasi", "modal", "ragu")

#: The states of a purchase line, in the order of the chain (kkpd.md section 9).
PURCHASE_STATUSES: Final = (
    "tercatat",
    "berbukti",
    "diajukan",
    "diperiksa",
    "disetujui",
    "ditolak",
    "dpt",
    "npd",
    "spp",
    "spm",
    "sp2d",
    "lunas",
    "dibayar_pribadi",
    "dibatalkan",
)

LINK_KINDS: Final = ("satu", "pecah", "gabung", "refund")
LINK_STATUSES: Final = ("pasti", "dipilih")
DIFFERENCE_KINDS: Final = (
    "belum_ditagih",
    "tanpa_belanja",
    "nilai",
    "tanggal",
    "kartu_salah",
    "opd_salah",
    "tanpa_pagu",
    "lewat_batas",
    "ditolak",
    "belum_dibayar",
    "dibayar_dua_kali",
    "meterai",
    "biaya",
    "refund_ditunggu",
)

STATUS_PERIODE: Final = ("terbuka", "ditutup", "dikonfirmasi", "ditinjau")
#: Who makes good what the budget does not bear: the holder, the bank, the seller, or UP Tunai.
BEARERS: Final = ("pemegang", "bank", "penyedia", "up_tunai")
PERIODE_ACTIONS: Final = ("tutup", "konfirmasi", "tinjau", "buka")
DISBURSEMENT_STEPS: Final = ("sp2d", "bayar")
RULINGS: Final = ("setuju", "tolak")
#: How many tests Pasal 5 huruf e has (approval/six_tests.py).
TEST_COUNT: Final = 6
TEST_ANSWERS: Final = ("lulus", "tidak")
TEST_RESULTS: Final = ("sesuai", "tidak_sesuai", "menunggu")
#: What a one-time code is for: the first password, a reset by an administrator, one by mail.
CODE_KINDS: Final = ("undangan", "pulih", "surel")
REMINDER_RESULTS: Final = ("mulai", "gagal")
REMINDER_WAYS: Final = ("smtp", "kotak")
FINDING_SEVERITIES: Final = ("info", "perhatian", "salah")

#: Where a case stands: the office must answer, the inspector must decide, done.
CASE_STATUSES: Final = ("terbuka", "dijawab", "selesai")
#: What the inspector found in the end.
CASE_OUTCOMES: Final = (
    "wajar",
    "salah_dibetulkan",
    "administratif",
    "pribadi_dikembalikan",
    "dugaan_diteruskan",
)
#: How BPK names the standing of a follow-up (Peraturan BPK 2/2017).
BPK_STATUSES: Final = (
    "sesuai",
    "belum_sesuai",
    "belum_ditindaklanjuti",
    "tidak_dapat_ditindaklanjuti",
)
CASE_STEPS: Final = (
    "buka",
    "tambah",
    "tunjuk",
    "jawab",
    "kembalikan",
    "putus",
    "tutup",
    "buka_lagi",
    "uji_acak",
    "komentar",
)

#: What a movement does to a ceiling (law 6).
Kind = Literal["reserve", "post", "void", "restore", "unpost"]
