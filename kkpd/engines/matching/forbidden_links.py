"""What may not be linked, and why: double ids, another OPD's purchase, a card nobody holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.core.errors import Finding
from kkpd.engines.matching.arrays import Ya
from kkpd.engines.matching.columns import Kolom

#: With more cards than this, and more of them shared than that, a card does not name an OPD here.
_SEDIKIT_KARTU = 5
_BANYAK_CAMPUR = 0.3


@dataclass(frozen=True, slots=True)
class Periksa:
    """Rows of each side that may be linked, and the findings."""

    bank: Ya
    catatan: Ya
    temuan: tuple[Finding, ...]


def periksa(
    bank: Kolom,
    catatan: Kolom,
    pemegang: Mapping[str, str] | None,
    baris_pertama: int,
) -> Periksa:
    """Check both sides; `pemegang` names the OPD that holds each card, where that is known.

    Without it the OPD of a card is the one that most of its purchases name. `baris_pertama` is the
    file row of the first data row.
    """
    layak_b = np.ones(len(bank.id), dtype=np.bool_)
    layak_c = np.ones(len(catatan.id), dtype=np.bool_)
    temuan: list[Finding] = []
    temuan += _kembar(bank, "referensi", layak_b, baris_pertama)
    temuan += _kembar(catatan, "id", layak_c, baris_pertama)
    temuan += _kartu(bank, catatan, pemegang, layak_b, layak_c, baris_pertama)
    milik = _milik(catatan, temuan) if pemegang is None else pemegang
    temuan += _opd_lain(catatan, milik, layak_c, baris_pertama)
    return Periksa(layak_b, layak_c, tuple(temuan))


def samarkan(kartu: str) -> str:
    """A card as people may read it: its last four signs only (law 8)."""
    return f"•••• {kartu[-4:]}"


def _isi(kolom: Kolom, i: int) -> tuple[int, ...]:
    """A whole row, to tell a row given twice from two rows under one id."""
    lajur = (kolom.kartu, kolom.hari, kolom.posting, kolom.nilai, kolom.nama)
    opd = (kolom.opd,) if len(kolom.daftar_opd) else ()
    return tuple(int(isi[i]) for isi in (*lajur, *opd))


def _kembar(kolom: Kolom, lajur: str, layak: Ya, pertama: int) -> list[Finding]:
    """Ids that stand twice: equal rows count once, differing rows are left out altogether."""
    hasil = []
    for id_, rows in () if kolom.id_unik else sorted(_ganda(kolom.id).items()):
        sama = len({_isi(kolom, i) for i in rows}) == 1
        layak[rows[1:] if sama else rows] = False
        nomor = ", ".join(str(i + pertama) for i in rows)
        akhir = (
            "isinya sama dan dihitung satu kali."
            if sama
            else "isinya bertentangan, jadi tidak ada yang dicocokkan. Periksa berkasnya."
        )
        hasil.append(
            Finding(
                "id_kembar",
                f"{lajur} “{id_}” ada di baris {nomor}: {akhir}",
                "perhatian" if sama else "salah",
                row=rows[0] + pertama,
                field=lajur,
            )
        )
    return hasil


def _ganda(semua: Sequence[str]) -> dict[str, list[int]]:
    """Ids that stand more than once, and their rows."""
    daftar = semua[:]
    if len(set(daftar)) == len(daftar):
        return {}
    tempat: dict[str, list[int]] = defaultdict(list)
    for i, id_ in enumerate(daftar):
        tempat[id_].append(i)
    return {id_: rows for id_, rows in tempat.items() if len(rows) > 1}


def _kartu(
    bank: Kolom,
    catatan: Kolom,
    pemegang: Mapping[str, str] | None,
    layak_b: Ya,
    layak_c: Ya,
    pertama: int,
) -> list[Finding]:
    """Cards that nobody holds: lines on them have no one to ask; nor have lines without a card."""
    dikenal = set(catatan.daftar_kartu) if pemegang is None else set(pemegang)
    dikenal.discard("")
    hasil = []
    for kolom, layak, kata in ((bank, layak_b, "baris tagihan"), (catatan, layak_c, "belanja")):
        asing = [k for k, nama in enumerate(kolom.daftar_kartu) if nama not in dikenal]
        for kode in sorted(asing, key=lambda k: kolom.daftar_kartu[k]):
            rows = np.flatnonzero(kolom.kartu == kode)
            if not len(rows):
                continue
            layak[rows] = False
            nama = kolom.daftar_kartu[kode]
            apa = (
                f"Kartu {samarkan(nama)} tidak dipegang siapa pun" if nama else "Tanpa nomor kartu"
            )
            hasil.append(
                Finding(
                    "kartu_tanpa_pemegang",
                    f"{apa}: {len(rows)} {kata} mulai baris {int(rows[0]) + pertama} "
                    "tidak dicocokkan.",
                    "salah",
                    row=int(rows[0]) + pertama,
                    field="kartu",
                )
            )
    return hasil


def _milik(catatan: Kolom, temuan: list[Finding]) -> dict[str, str]:
    """The OPD of each card by its purchases; "" where two OPDs hold it equally."""
    luas = max(len(catatan.daftar_opd), 1)
    pasangan, hitung = np.unique(catatan.kartu * luas + catatan.opd, return_counts=True)
    isi: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for kunci, banyak in zip(pasangan.tolist(), hitung.tolist(), strict=True):
        if nama := catatan.daftar_opd[kunci % luas]:
            isi[kunci // luas].append((-banyak, nama))
    campur = sum(len(satu) > 1 for satu in isi.values())
    if len(isi) > _SEDIKIT_KARTU and campur > _BANYAK_CAMPUR * len(isi):
        temuan.append(
            Finding(
                "opd_tidak_seragam",
                f"{campur} dari {len(isi)} kartu dipakai lebih dari satu OPD dalam catatan: "
                "OPD tidak dipakai sebagai penentu.",
                field="opd",
            )
        )
        return {}
    milik = {}
    for kartu, satu in isi.items():
        (banyak, nama), *lain = sorted(satu)
        milik[catatan.daftar_kartu[kartu]] = "" if lain and lain[0][0] == banyak else nama
    milik.pop("", None)
    return milik


def _opd_lain(catatan: Kolom, milik: Mapping[str, str], layak: Ya, pertama: int) -> list[Finding]:
    """Purchases that name another OPD than the one that holds their card."""
    kode = {nama: k for k, nama in enumerate(catatan.daftar_opd)}
    kosong = kode.get("", -1)
    punya = np.array(
        [kode.get(milik[k], -2) if k in milik else -3 for k in catatan.daftar_kartu],
        dtype=np.int64,
    )
    pemilik = punya[catatan.kartu] if len(punya) else catatan.kartu
    beda = (catatan.opd != pemilik) & (catatan.opd != kosong) & (pemilik != -3)
    hasil = []
    for i in np.flatnonzero(beda).tolist():
        layak[i] = False
        kartu = catatan.daftar_kartu[int(catatan.kartu[i])]
        nama, opd = milik[kartu], catatan.daftar_opd[int(catatan.opd[i])]
        kata = f"milik OPD {nama}" if nama else "yang dipakai dua OPD sama banyak"
        hasil.append(
            Finding(
                "opd_lain",
                f"Baris {i + pertama}: belanja {catatan.id[i]} dari OPD {opd} memakai kartu "
                f"{samarkan(kartu)} {kata}; tidak dicocokkan.",
                "salah",
                row=i + pertama,
                field="opd",
            )
        )
    return hasil
