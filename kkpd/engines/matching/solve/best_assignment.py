"""The best world: the choice of links with the greatest total score in which no row stands twice.

Links form components; one link or a star is decided at once, single pairs by linear assignment,
components with sets by trying compatible choices of sets over the assignment of the rest, as far
as the prices of the assignment leave hope. The margin of a link is what the best world without it
would lose; in a large component with sets it is a lower bound of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.solve.linear_assignment import Tugas

#: A component looks at most at so many sets; the likeliest stay.
TERBANYAK_HIMPUNAN = 12
#: Components of at most so many links are solved by looking at every world.
TERBANYAK_KECIL = 8
#: Two worlds closer than this are equal: the one found first stays.
_SAMA = 1e-9


@dataclass(frozen=True, slots=True)
class Graf:
    """Links with positive score and the rows they hold: (`tautan`, `simpul`) pairs.

    `b` and `c` are the two rows of a single link and -1 for a set; links of equal `tanda` are the
    same decision (their purchases cannot be told apart). Rows are numbered over both sides; the
    rows of link h are `simpul[tautan_awal[h] : tautan_awal[h + 1]]`.
    """

    w: F64
    b: I64
    c: I64
    tanda: I64
    tautan: I64
    simpul: I64
    banyak_simpul: int
    tautan_awal: I64


@dataclass(frozen=True, slots=True)
class Dunia:
    """Chosen links (numbers in the graph), their margins, and rows whose component was cut."""

    pilihan: I64
    jarak: F64
    dipotong: I64


def label_komponen(graf: Graf) -> I64:
    """The component of each link."""
    from scipy.sparse import coo_array  # scipy costs start-up time of every command
    from scipy.sparse.csgraph import connected_components

    banyak = len(graf.w)
    dipakai = np.zeros(graf.banyak_simpul, dtype=np.bool_)
    dipakai[graf.simpul] = True
    nomor = np.cumsum(dipakai) - 1 + banyak
    luas = banyak + int(np.count_nonzero(dipakai))
    isi = coo_array(
        (np.ones(len(graf.simpul), dtype=np.int8), (graf.tautan, nomor[graf.simpul])),
        shape=(luas, luas),
    )
    semua = connected_components(isi, directed=False)[1][:banyak]
    return np.unique(semua, return_inverse=True)[1].astype(np.int64)


def dunia_terbaik(graf: Graf, label: I64) -> Dunia:
    """Solve every component (`label` of each link) exactly; one with too many sets is cut."""
    if len(graf.w) == 0:
        kosong = np.empty(0, dtype=np.int64)
        return Dunia(kosong, np.empty(0), kosong)
    anggota = np.bincount(label)
    derajat = np.bincount(graf.simpul, minlength=graf.banyak_simpul)
    pusat = np.zeros(len(anggota), dtype=np.int64)
    np.maximum.at(pusat, label[graf.tautan], derajat[graf.simpul])
    bintang = pusat == anggota
    pilihan, jarak = _bintang(graf, np.flatnonzero(bintang[label]), label)
    kumpul_p, kumpul_j, potong = [pilihan], [jarak], []
    kecil = ~bintang & (anggota <= TERBANYAK_KECIL)
    p, j = _kecil(graf, label, np.flatnonzero(kecil[label]))
    kumpul_p.append(p)
    kumpul_j.append(j)
    for isi_komponen in _kelompok(label, np.flatnonzero(~(bintang | kecil)[label])):
        komponen = _Komponen(graf, isi_komponen)
        terpilih, margin = komponen.selesaikan()
        kumpul_p.append(terpilih)
        kumpul_j.append(margin)
        if komponen.dipotong:
            potong.append(isi_komponen[:1])
    return Dunia(
        np.concatenate(kumpul_p),
        np.concatenate(kumpul_j),
        np.concatenate(potong) if potong else np.empty(0, dtype=np.int64),
    )


def _kelompok(label: I64, mana: I64) -> Iterator[I64]:
    """The links of each component, as arrays in link order."""
    urut = mana[np.argsort(label[mana], kind="stable")]
    batas = np.flatnonzero(np.diff(label[urut])) + 1
    return iter(np.split(urut, batas)) if len(urut) else iter(())


def _bintang(graf: Graf, mana: I64, label: I64) -> tuple[I64, F64]:
    """Components in which every link holds one common row: the best link, and its margin."""
    if len(mana) == 0:
        return mana, np.empty(0)
    urut = mana[np.lexsort((mana, -graf.w[mana], label[mana]))]
    kepala = np.concatenate([[True], np.diff(label[urut]) != 0])
    juara = urut[kepala]
    milik = np.cumsum(kepala) - 1
    lain = graf.tanda[urut] != graf.tanda[juara][milik]
    kedua = np.zeros(len(juara))
    np.maximum.at(kedua, milik[lain], graf.w[urut][lain])
    return juara, graf.w[juara] - kedua


def _kecil(graf: Graf, label: I64, mana: I64) -> tuple[I64, F64]:
    """Components of a few links: every world is looked at."""
    urut = mana[np.argsort(label[mana], kind="stable")]
    batas = [0, *(np.flatnonzero(np.diff(label[urut])) + 1).tolist(), len(urut)]
    w, tanda, nomor = graf.w[urut].tolist(), graf.tanda[urut].tolist(), urut.tolist()
    awal, simpul = graf.tautan_awal.tolist(), graf.simpul.tolist()
    pilihan: list[int] = []
    jarak: list[float] = []
    for dari, sampai in pairwise(batas):
        if dari == sampai:
            continue
        pegang = [frozenset(simpul[awal[t] : awal[t + 1]]) for t in nomor[dari:sampai]]
        dipilih, margin = _semua_dunia(w[dari:sampai], tanda[dari:sampai], pegang)
        pilihan += [nomor[dari + k] for k in dipilih]
        jarak += margin
    return np.array(pilihan, dtype=np.int64), np.array(jarak, dtype=np.float64)


def _semua_dunia(
    w: list[float], tanda: list[int], pegang: list[frozenset[int]]
) -> tuple[tuple[int, ...], list[float]]:
    """The best choice of links that share no row, and each one's exact margin."""
    dunia: list[tuple[float, tuple[int, ...], frozenset[int]]] = [(0.0, (), frozenset())]
    for k, rows in enumerate(pegang):
        dunia += [(n + w[k], (*p, k), r | rows) for n, p, r in dunia if not r & rows]
    nilai, terbaik, _ = max(dunia, key=lambda d: d[0])
    margin = []
    for k in terbaik:
        lain = max(n for n, p, _ in dunia if all(tanda[x] != tanda[k] for x in p))
        margin.append(nilai - lain)
    return terbaik, margin


def _padatkan(rows: I64) -> tuple[I64, I64]:
    """The distinct rows in order, and where each stands (small arrays: a dict is quicker)."""
    semua = rows.tolist()
    tempat = {row: k for k, row in enumerate(sorted(set(semua)))}
    return (
        np.array(list(tempat), dtype=np.int64),
        np.array([tempat[row] for row in semua], dtype=np.int64),
    )


class _Komponen:
    """One component that needs more than a look: rows and columns of single links, and sets."""

    def __init__(self, graf: Graf, isi: I64) -> None:
        self.graf = graf
        satu = graf.b[isi] >= 0
        self.dipotong = False
        self.satu = isi[satu]
        self.himpunan = isi[~satu]
        self.baris, i = _padatkan(graf.b[self.satu])
        self.lajur, j = _padatkan(graf.c[self.satu])
        self.matriks = np.zeros((len(self.baris), len(self.lajur)))
        self.matriks[i, j] = graf.w[self.satu]
        self.nomor = np.full(self.matriks.shape, -1, dtype=np.int64)
        self.nomor[i, j] = self.satu

    def selesaikan(self) -> tuple[I64, F64]:
        """(chosen links, margins)."""
        tugas = Tugas(self.matriks, self.nomor, self.graf.tanda)
        if not len(self.himpunan):
            return tugas.pilihan, tugas.jarak()
        return self._dengan_himpunan(tugas)

    def _dengan_himpunan(self, akar: Tugas) -> tuple[I64, F64]:
        """Try choices of sets in the order of what they could gain at most."""
        pilihan = self._pilihan_himpunan(akar)
        nilai, terbaik, dipilih = -1.0, akar, pilihan[0]
        for satu in pilihan:
            if satu.paling <= nilai + _SAMA:
                break
            tugas = self._sisa(satu.pegang)
            jumlah = tugas.nilai + float(self.graf.w[list(satu.isi)].sum() if satu.isi else 0)
            if jumlah > nilai + _SAMA:
                nilai, terbaik, dipilih = jumlah, tugas, satu
        lain = max((p.paling for p in pilihan if p.isi != dipilih.isi), default=-np.inf)
        jarak = [
            nilai - max((p.paling for p in pilihan if h not in p.isi), default=0.0)
            for h in dipilih.isi
        ]
        himpunan = np.array(dipilih.isi, dtype=np.int64)
        return (
            np.concatenate([himpunan, terbaik.pilihan]),
            np.maximum(np.concatenate([jarak, np.minimum(terbaik.jarak(), nilai - lain)]), 0),
        )

    def _pilihan_himpunan(self, akar: Tugas) -> list[_Pilihan]:
        """Every choice of sets that share no row, with the most that its world could be worth.

        The prices of the assignment bound every world: a set gains at most its score less the
        prices of the rows it takes.
        """
        harga_b, harga_c = akar.harga()
        harga = dict(zip(self.baris.tolist(), harga_b.tolist(), strict=True))
        harga |= dict(zip(self.lajur.tolist(), harga_c.tolist(), strict=True))
        untung = {h: self._untung(h, harga) for h in self.himpunan.tolist()}
        urut = sorted(untung, key=lambda h: (-untung[h][0], h))
        if len(urut) > TERBANYAK_HIMPUNAN:
            self.dipotong |= untung[urut[TERBANYAK_HIMPUNAN]][0] > 0
            urut = urut[:TERBANYAK_HIMPUNAN]
        pilihan = [_Pilihan((), frozenset(), akar.nilai)]
        for h in urut:
            laba, pegang = untung[h]
            pilihan += [
                _Pilihan((*p.isi, h), p.pegang | pegang, p.paling + laba)
                for p in pilihan
                if not p.pegang & pegang
            ]
        return sorted(pilihan, key=lambda p: (-p.paling, p.isi))

    def _untung(self, h: int, harga: dict[int, float]) -> tuple[float, frozenset[int]]:
        isi = self.graf.simpul[self.graf.tautan_awal[h] : self.graf.tautan_awal[h + 1]].tolist()
        return float(self.graf.w[h]) - sum(harga.get(x, 0.0) for x in isi), frozenset(isi)

    def _sisa(self, pegang: frozenset[int]) -> Tugas:
        """Assignment of the rows that no chosen set holds."""
        taruh = np.array(sorted(pegang), dtype=np.int64)
        b = np.flatnonzero(~np.isin(self.baris, taruh))
        c = np.flatnonzero(~np.isin(self.lajur, taruh))
        dalam = np.ix_(b, c)
        return Tugas(self.matriks[dalam], self.nomor[dalam], self.graf.tanda)


@dataclass(frozen=True, slots=True)
class _Pilihan:
    """Sets chosen together, the rows they hold, and the most their world could be worth."""

    isi: tuple[int, ...]
    pegang: frozenset[int]
    paling: float


def susun_graf(
    w: F64, b: I64, c: I64, tanda: I64, tautan: I64, simpul: I64, banyak_simpul: int
) -> Graf:
    """A graph with its (link, row) pairs in link order."""
    urut = np.lexsort((simpul, tautan))
    awal = np.searchsorted(tautan[urut], np.arange(len(w) + 1)).astype(np.int64)
    return Graf(w, b, c, tanda, tautan[urut], simpul[urut], banyak_simpul, awal)
