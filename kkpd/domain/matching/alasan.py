"""The reasons of a link in words, with their weights: every decision explains itself (law 13)."""

from __future__ import annotations

import math

import numpy as np

from kkpd.domain.matching.hari import teks_hari
from kkpd.domain.matching.kolom import Dua
from kkpd.domain.matching.larik import I64, gabung_kunci
from kkpd.domain.matching.nilai import teks_nilai
from kkpd.domain.matching.tautan import BALIK, JENIS, REFUND, SATU, Tautan
from kkpd.domain.matching.tipe import Alasan
from kkpd.domain.money import Rupiah

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
    if jenis == REFUND:
        penuh = bank == -catatan
        kata = "penuh" if penuh else "sebagian"
        teks = f"pengembalian {kata}: Rp {Rupiah(-bank)} dari Rp {Rupiah(catatan)}"
        return Alasan("nilai", teks, w, penuh)
    teks, sama = teks_nilai(int(r.kelas_nilai[row]), bank, catatan)
    return Alasan("nilai", teks, w, sama)


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
    umum = [_umum(tautan, int(row)) for row in rows[pertama]]
    teks = list(map(umum.__getitem__, balik.tolist()))
    banyak = np.bincount(r.nomor, minlength=len(tautan.jenis))
    for n in np.flatnonzero((jenis % BALIK != SATU) | (r.kelas_nilai[rows] != 0)).tolist():
        teks[n] = f"{_khusus(dua, tautan, int(rows[n]), banyak)}; {teks[n].partition('; ')[2]}"
    if rinci:
        teks = [f"{kata} [{_bobot(tautan, row)}]" for kata, row in zip(teks, rows, strict=True)]
    return teks


def _umum(tautan: Tautan, row: int) -> str:
    hari, nama = _hari(tautan, row, 0.0), _nama(tautan, row, 0.0)
    return f"nilai sama; {hari.teks}; {nama.teks}"


def _khusus(dua: Dua, tautan: Tautan, row: int, banyak: I64) -> str:
    nomor = int(tautan.rinci.nomor[row])
    jenis = int(tautan.jenis[nomor])
    if jenis in _TUNGGAL:
        return _nilai(dua, tautan, row, 0.0, jenis).teks
    kata = "belanja" if JENIS[jenis] == "pecah" else "baris bank"
    return f"satu dari {banyak[nomor]} {kata} yang jumlahnya tepat sama"


def _bobot(tautan: Tautan, row: np.int64) -> str:
    r, n = tautan.rinci, int(tautan.rinci.nomor[row])
    bagian = (("nilai", r.w_nilai[row]), ("tanggal", r.w_hari[row]), ("nama", r.w_nama[row]))
    teks = "; ".join(f"{kata} {w:+.2f}" for kata, w in bagian)
    akhir = f"peluang {tautan.peluang[n]:.5f}; jarak {tautan.jarak[n]:.2f}"
    return f"{teks}; {akhir}".replace(".", ",")
