"""What may happen in an office, and how often: the steps that a life is drawn from."""

from __future__ import annotations

from typing import Final

from tests.simulator import catatan, kantor, mundur, pengganti, rantai, tagihan, tanggungan
from tests.simulator.langkah import Step
from tests.simulator.serangan import SERANGAN

#: (weight, step); the rules that must refuse have one each.
GERAK: Final[tuple[tuple[int, Step], ...]] = (
    (8, catatan.catat),
    (16, catatan.lampirkan),
    (4, catatan.tetapkan_kelas),
    (3, catatan.ubah),
    (2, catatan.pecah),
    (1, catatan.batalkan),
    (1, catatan.cabut_bukti),
    (3, catatan.kembalikan),
    (2, catatan.weigh),
    (3, tagihan.ekspor),
    (2, tagihan.tagihan_bulan),
    (2, tagihan.keluarkan),
    (3, tagihan.accept_certain),
    (10, tagihan.pasangkan),
    (6, tagihan.jelaskan),
    (1, tagihan.urungkan_cocok),
    (6, rantai.ajukan),
    (1, rantai.tarik),
    (6, rantai.periksa),
    (18, rantai.putuskan),
    (2, rantai.urungkan_uji),
    (3, mundur.batalkan),
    (1, mundur.batalkan_surat),
    (1, mundur.batalkan_terlambat),
    (2, tanggungan.bayar),
    (1, tanggungan.bayar_lebih),
    (1, tanggungan.balik),
    (1, pengganti.limpahkan),
    (2, pengganti.wakil_menguji),
    (3, pengganti.gabungkan),
    (2, tagihan.dts),
    (4, rantai.terbit_dpt),
    (2, rantai.terbit_penolakan),
    (18, rantai.lanjutkan),
    (2, kantor.shift),
    (1, kantor.ubah_up),
    (1, kantor.blokir),
    (8, kantor.tutup),
    (2, kantor.buka_buku),
    *((1, one) for one in SERANGAN),
)
