"""What may not be linked, and why: double ids, another OPD's purchase, a card nobody holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.domain.errors import Finding
from kkpd.domain.matching.kolom import Kolom
from kkpd.domain.matching.larik import I64, Ya

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
    opd: Sequence[str],
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
    temuan += _kembar(bank, "referensi", None, layak_b, baris_pertama)
    temuan += _kembar(catatan, "id", opd, layak_c, baris_pertama)
    temuan += _kartu(bank, catatan, pemegang, layak_b, layak_c, baris_pertama)
    milik = _milik(catatan, opd, temuan) if pemegang is None else pemegang
    temuan += _opd_lain(catatan, opd, milik, layak_c, baris_pertama)
    return Periksa(layak_b, layak_c, tuple(temuan))


def samarkan(kartu: str) -> str:
    """A card as people may read it: its last four signs only (law 8)."""
    return f"•••• {kartu[-4:]}"


def _isi(kolom: Kolom, opd: Sequence[str] | None, i: int) -> tuple[int | str, ...]:
    """A whole row, to tell a row given twice from two rows under one id."""
    isi = (kolom.kartu[i], kolom.hari[i], kolom.posting[i], kolom.nilai[i], kolom.nama[i])
    return (*(int(x) for x in isi), opd[i] if opd else "")


def _kembar(
    kolom: Kolom, lajur: str, opd: Sequence[str] | None, layak: Ya, pertama: int
) -> list[Finding]:
    """Ids that stand twice: equal rows count once, differing rows are left out altogether."""
    if len(set(kolom.id)) == len(kolom.id):
        return []
    banyak = Counter(kolom.id)
    tempat: dict[str, list[int]] = defaultdict(list)
    for i, id_ in enumerate(kolom.id):
        if banyak[id_] > 1:
            tempat[id_].append(i)
    hasil = []
    for id_, rows in sorted(tempat.items()):
        sama = len({_isi(kolom, opd, i) for i in rows}) == 1
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


def _kartu(
    bank: Kolom,
    catatan: Kolom,
    pemegang: Mapping[str, str] | None,
    layak_b: Ya,
    layak_c: Ya,
    pertama: int,
) -> list[Finding]:
    """Cards that nobody holds: lines on them have no one to ask."""
    dikenal = set(catatan.daftar_kartu) if pemegang is None else set(pemegang)
    hasil = []
    for kolom, layak, kata in ((bank, layak_b, "baris tagihan"), (catatan, layak_c, "belanja")):
        asing = [k for k, nama in enumerate(kolom.daftar_kartu) if nama not in dikenal]
        for kode in sorted(asing, key=lambda k: kolom.daftar_kartu[k]):
            rows = np.flatnonzero(kolom.kartu == kode)
            layak[rows] = False
            hasil.append(
                Finding(
                    "kartu_tanpa_pemegang",
                    f"Kartu {samarkan(kolom.daftar_kartu[kode])} tidak dipegang siapa pun: "
                    f"{len(rows)} {kata} mulai baris {int(rows[0]) + pertama} tidak dicocokkan.",
                    "salah",
                    row=int(rows[0]) + pertama,
                    field="kartu",
                )
            )
    return hasil


def _milik(catatan: Kolom, opd: Sequence[str], temuan: list[Finding]) -> dict[str, str]:
    """The OPD of each card by its purchases; "" where two OPDs hold it equally."""
    hitung: dict[int, Counter[str]] = defaultdict(Counter)
    pasangan = Counter(zip(catatan.kartu.tolist(), opd, strict=True))
    for (kartu, nama), banyak in pasangan.items():
        if nama:
            hitung[kartu][nama] = banyak
    campur = sum(len(isi) > 1 for isi in hitung.values())
    if len(hitung) > _SEDIKIT_KARTU and campur > _BANYAK_CAMPUR * len(hitung):
        temuan.append(
            Finding(
                "opd_tidak_seragam",
                f"{campur} dari {len(hitung)} kartu dipakai lebih dari satu OPD dalam catatan: "
                "OPD tidak dipakai sebagai penentu.",
                field="opd",
            )
        )
        return {}
    milik = {}
    for kartu, isi in hitung.items():
        (nama, banyak), *lain = isi.most_common(2)
        seri = bool(lain) and lain[0][1] == banyak
        milik[catatan.daftar_kartu[kartu]] = "" if seri else nama
    return milik


def _opd_lain(
    catatan: Kolom, opd: Sequence[str], milik: Mapping[str, str], layak: Ya, pertama: int
) -> list[Finding]:
    kode = {nama: k for k, nama in enumerate(catatan.daftar_kartu)}
    punya = [""] * len(kode)
    for kartu, nama in milik.items():
        if kartu in kode:
            punya[kode[kartu]] = nama
    ada = [kartu in milik for kartu in catatan.daftar_kartu]
    hasil = []
    kartu_rows = catatan.kartu.tolist()
    for i in _berbeda(kartu_rows, opd, punya, ada):
        layak[i] = False
        kartu = samarkan(catatan.daftar_kartu[kartu_rows[i]])
        pemilik = punya[kartu_rows[i]]
        kata = f"milik OPD {pemilik}" if pemilik else "yang dipakai dua OPD sama banyak"
        hasil.append(
            Finding(
                "opd_lain",
                f"Baris {i + pertama}: belanja {catatan.id[i]} dari OPD {opd[i]} memakai kartu "
                f"{kartu} {kata}; tidak dicocokkan.",
                "salah",
                row=i + pertama,
                field="opd",
            )
        )
    return hasil


def _berbeda(kartu: list[int], opd: Sequence[str], punya: list[str], ada: list[bool]) -> list[int]:
    return [
        i
        for i, (k, nama) in enumerate(zip(kartu, opd, strict=True))
        if nama and ada[k] and nama != punya[k]
    ]


def saring(kolom: Kolom, layak: Ya) -> tuple[Kolom, I64]:
    """The rows that may be linked, and their numbers in the whole."""
    mana = np.flatnonzero(layak)
    if len(mana) == len(layak):
        return kolom, mana
    rows = mana.tolist()
    return (
        Kolom(
            [kolom.id[i] for i in rows],
            kolom.kartu[mana],
            kolom.daftar_kartu,
            kolom.hari[mana],
            kolom.posting[mana],
            kolom.nilai[mana],
            kolom.nama[mana],
            kolom.daftar_nama,
        ),
        mana,
    )
