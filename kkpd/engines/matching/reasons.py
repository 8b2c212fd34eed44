"""The reasons of a link in words, with their weights: every decision explains itself (law 13)."""

from __future__ import annotations

import math

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.matching.amount_gap import teks_nilai
from kkpd.engines.matching.arrays import I64, gabung_kunci
from kkpd.engines.matching.columns import Dua
from kkpd.engines.matching.day_gap import teks_hari
from kkpd.engines.matching.links import BALIK, JENIS, PECAH, REFUND, SATU, Tautan
from kkpd.engines.matching.shapes import Alasan

#: From this similarity on two merchant texts count as agreeing.
_NAMA_SAMA = 0.9
#: Kinds of one line and one purchase.
_TUNGGAL = (SATU, REFUND, BALIK)


def alasan_tautan(dua: Dua, tautan: Tautan, nomor: int, rows: I64) -> tuple[Alasan, ...]:
    """Reasons of link `nomor`, whose rows are `rows`; their weights add up to its score."""
    r, jenis = tautan.rinci, int(tautan.jenis[nomor])
    w_hari, w_nama = float(r.w_hari[rows].sum()), float(r.w_nama[rows].sum())
    w_nilai = float(r.w_nilai[rows].sum())
    sisa = float(tautan.skor[nomor]) - w_hari - w_nama - w_nilai
    kartu = Alasan("kartu", "kartu sama", 0.0, True)
    if jenis in _TUNGGAL:
        row = int(rows[0])
        nilai = _nilai(dua, tautan, row, w_nilai, jenis)
        awal = Alasan("awal", "sebelum dibandingkan", sisa, True)
        return kartu, nilai, _hari(tautan, row, w_hari), _nama(tautan, row, w_nama), awal
    return kartu, _jumlah(dua, tautan, jenis, rows, w_nilai + sisa), *_bagian(tautan, rows)


def _nilai(dua: Dua, tautan: Tautan, row: int, w: float, jenis: int) -> Alasan:
    r = tautan.rinci
    bank, catatan = int(dua.bank.nilai[r.b[row]]), int(dua.catatan.nilai[r.c[row]])
    teks, sama = _kata_nilai(jenis, int(r.kelas_nilai[row]), bank, catatan)
    return Alasan("nilai", teks, w, sama)


def _kata_nilai(jenis: int, kelas: int, bank: int, catatan: int) -> tuple[str, bool]:
    """What a person reads about the amounts (sen) of one line and one purchase."""
    if jenis != REFUND:
        return teks_nilai(kelas, bank, catatan)
    penuh = bank == -catatan
    kata = "penuh" if penuh else "sebagian"
    return f"pengembalian {kata}: Rp {Rupiah(-bank)} dari Rp {Rupiah(catatan)}", penuh


def _hari(tautan: Tautan, row: int, w: float) -> Alasan:
    r, beda = tautan.rinci, int(tautan.rinci.beda_hari[row])
    if int(tautan.jenis[r.nomor[row]]) == REFUND:
        return Alasan("tanggal", f"{-beda} hari sesudah belanja", w, beda <= 0)
    teks, sama = teks_hari(int(r.kelas_hari[row]), beda)
    return Alasan("tanggal", teks, w, sama)


def _nama(tautan: Tautan, row: int, w: float) -> Alasan:
    mirip = float(tautan.rinci.mirip[row])
    return Alasan("nama", teks_nama(mirip), w, mirip >= _NAMA_SAMA)


def teks_nama(mirip: float) -> str:
    """`nama mirip 0,88`, or that a side names nobody (or a marketplace only)."""
    if math.isnan(mirip):
        return "nama tidak dapat dibandingkan"
    return f"nama mirip {mirip:.2f}".replace(".", ",")


def _jumlah(dua: Dua, tautan: Tautan, jenis: int, rows: I64, w: float) -> Alasan:
    r = tautan.rinci
    pecah = JENIS[jenis] == "pecah"
    bagian = dua.catatan.nilai[r.c[rows]] if pecah else dua.bank.nilai[r.b[rows]]
    kata = "belanja" if pecah else "baris bank"
    teks = f"{len(rows)} {kata} berjumlah Rp {Rupiah(int(bagian.sum()))}: tepat sama"
    return Alasan("nilai", teks, w, True)


def _bagian(tautan: Tautan, rows: I64) -> tuple[Alasan, ...]:
    """Date and name of every part together."""
    r = tautan.rinci
    hari = [teks_hari(int(r.kelas_hari[row]), int(r.beda_hari[row])) for row in rows]
    sama = all(benar for _, benar in hari)
    teks = "tanggal sama" if sama else ", ".join(kata for kata, _ in hari)
    mirip = r.mirip[rows]
    terendah = float(np.nanmin(mirip)) if not np.isnan(mirip).all() else math.nan
    return (
        Alasan("tanggal", teks, float(r.w_hari[rows].sum()), sama),
        Alasan("nama", teks_nama(terendah), float(r.w_nama[rows].sum()), terendah >= _NAMA_SAMA),
    )


def alasan_singkat(dua: Dua, tautan: Tautan, rows: I64, *, rinci: bool) -> list[str]:
    """One line of reasons for each of `rows`; with `rinci` every weight, probability and margin.

    Rows that compare alike share their text; only differing amounts and sets are worded one by one.
    """
    r = tautan.rinci
    jenis = tautan.jenis[r.nomor[rows]]
    persen = np.where(np.isnan(r.mirip[rows]), -1, np.nan_to_num(r.mirip[rows]) * 100).round()
    beda = r.beda_hari[rows].astype(np.int64)
    terkecil = int(beda.min(initial=0))
    ciri = gabung_kunci(
        jenis, r.kelas_hari[rows].astype(np.int64), beda - terkecil, persen.astype(np.int64) + 1
    )
    _, pertama, balik = np.unique(ciri, return_index=True, return_inverse=True)
    ekor = [_umum(tautan, int(row)) for row in rows[pertama]]
    sama = [f"nilai sama; {kata}" for kata in ekor]
    teks = list(map(sama.__getitem__, balik.tolist()))
    khusus = np.flatnonzero((jenis % BALIK != SATU) | (r.kelas_nilai[rows] != 0))
    kepala = _khusus(dua, tautan, rows[khusus])
    for n, ke, kata in zip(khusus.tolist(), balik[khusus].tolist(), kepala, strict=True):
        teks[n] = f"{kata}; {ekor[ke]}"
    if rinci:
        teks = [f"{kata} [{_bobot(tautan, row)}]" for kata, row in zip(teks, rows, strict=True)]
    return teks


def _umum(tautan: Tautan, row: int) -> str:
    return f"{_hari(tautan, row, 0.0).teks}; {_nama(tautan, row, 0.0).teks}"


def _khusus(dua: Dua, tautan: Tautan, rows: I64) -> list[str]:
    """The amounts of rows in words, each by itself."""
    r, nomor = tautan.rinci, tautan.rinci.nomor[rows]
    # rows of one link stand together
    banyak = np.searchsorted(r.nomor, nomor, "right") - np.searchsorted(r.nomor, nomor)
    lajur = (
        tautan.jenis[nomor], r.kelas_nilai[rows],
        dua.bank.nilai[r.b[rows]], dua.catatan.nilai[r.c[rows]], banyak,
    )  # fmt: skip
    hasil = []
    for jenis, kelas, bank, catatan, n in zip(*(isi.tolist() for isi in lajur), strict=True):
        if jenis in _TUNGGAL:
            hasil.append(_kata_nilai(jenis, kelas, bank, catatan)[0])
        else:
            kata = "belanja" if jenis == PECAH else "baris bank"
            hasil.append(f"satu dari {n} {kata} yang jumlahnya tepat sama")
    return hasil


def _bobot(tautan: Tautan, row: np.int64) -> str:
    r, n = tautan.rinci, int(tautan.rinci.nomor[row])
    bagian = (("nilai", r.w_nilai[row]), ("tanggal", r.w_hari[row]), ("nama", r.w_nama[row]))
    teks = "; ".join(f"{kata} {w:+.2f}" for kata, w in bagian)
    akhir = f"peluang {tautan.peluang[n]:.5f}; jarak {tautan.jarak[n]:.2f}"
    return f"{teks}; {akhir}".replace(".", ",")
