"""The best world: the choice of links with the greatest total score in which no row stands twice.

Links form components; one link or a star is decided at once, single pairs by linear assignment,
components with sets by trying every compatible choice of sets over the assignment of the rest. The
margin of a link is what the best world without it would lose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kkpd.domain.matching.larik import F64, I64, Ya

#: A component looks at most at so many sets; the likeliest stay.
TERBANYAK_HIMPUNAN = 12
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


def dunia_terbaik(graf: Graf, terbesar: int) -> Dunia:
    """Solve every component exactly; one larger than `terbesar` rows a side is cut, and said."""
    from scipy.sparse import coo_array  # scipy costs start-up time of every command
    from scipy.sparse.csgraph import connected_components

    banyak = len(graf.w)
    if banyak == 0:
        kosong = np.empty(0, dtype=np.int64)
        return Dunia(kosong, np.empty(0), kosong)
    padat = np.unique(graf.simpul, return_inverse=True)[1]
    luas = banyak + int(padat.max()) + 1
    isi = coo_array(
        (np.ones(len(padat), dtype=np.int8), (graf.tautan, padat + banyak)), shape=(luas, luas)
    )
    label = connected_components(isi, directed=False)[1][:banyak].astype(np.int64)
    anggota = np.bincount(label)
    derajat = np.bincount(graf.simpul, minlength=graf.banyak_simpul)
    pusat = np.zeros(len(anggota), dtype=np.int64)
    np.maximum.at(pusat, label[graf.tautan], derajat[graf.simpul])
    bintang = pusat == anggota
    pilihan, jarak = _bintang(graf, np.flatnonzero(bintang[label]), label)
    kumpul_p, kumpul_j, potong = [pilihan], [jarak], []
    for isi_komponen in _kelompok(label, np.flatnonzero(~bintang[label])):
        komponen = _Komponen(graf, isi_komponen, terbesar)
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


class _Komponen:
    """One component that needs more than a look."""

    def __init__(self, graf: Graf, isi: I64, terbesar: int) -> None:
        self.graf = graf
        satu = graf.b[isi] >= 0
        himpunan = isi[~satu]
        self.dipotong = len(himpunan) > TERBANYAK_HIMPUNAN
        if self.dipotong:
            himpunan = np.sort(
                himpunan[np.argsort(-graf.w[himpunan], kind="stable")][:TERBANYAK_HIMPUNAN]
            )
        self.satu = isi[satu]
        self._batasi(terbesar)
        self.himpunan = himpunan
        self.baris, self.i = np.unique(graf.b[self.satu], return_inverse=True)
        self.lajur, self.j = np.unique(graf.c[self.satu], return_inverse=True)
        self.matriks = np.zeros((len(self.baris), len(self.lajur)))
        self.matriks[self.i, self.j] = graf.w[self.satu]
        self.nomor = np.full(self.matriks.shape, -1, dtype=np.int64)
        self.nomor[self.i, self.j] = self.satu
        self.pegang = {h: self._pegang(h) for h in himpunan.tolist()}

    def _pegang(self, h: int) -> tuple[frozenset[int], I64, I64]:
        """The rows a set holds: all, those in the matrix' rows, those in its columns."""
        isi = self.graf.simpul[self.graf.tautan_awal[h] : self.graf.tautan_awal[h + 1]]
        baris = np.flatnonzero(np.isin(self.baris, isi))
        lajur = np.flatnonzero(np.isin(self.lajur, isi))
        return frozenset(isi.tolist()), baris, lajur

    def _batasi(self, terbesar: int) -> None:
        """Cut the weakest single links until no side is larger than the bound allows."""
        while (
            len(self.satu)
            and max(len(np.unique(self.graf.b[self.satu])), len(np.unique(self.graf.c[self.satu])))
            > terbesar
        ):
            self.dipotong = True
            kuat = np.argsort(-self.graf.w[self.satu], kind="stable")
            self.satu = np.sort(self.satu[kuat[: len(kuat) * 3 // 4]])

    def selesaikan(self) -> tuple[I64, F64]:
        """(chosen links, margins)."""
        if not len(self.himpunan):
            return self._tugas_murni()
        nilai, pilihan = self._terbaik(None)
        jarak = [nilai - self._terbaik(int(self.graf.tanda[p]))[0] for p in pilihan]
        return np.array(pilihan, dtype=np.int64), np.array(jarak)

    def _tugas_murni(self) -> tuple[I64, F64]:
        from scipy.optimize import linear_sum_assignment

        i, j = linear_sum_assignment(self.matriks, maximize=True)
        pakai = self.matriks[i, j] > 0
        i, j = i[pakai], j[pakai]
        return self.nomor[i, j], self._jarak(i, j)

    def _jarak(self, i: I64, j: I64) -> F64:
        """What the best other world loses, for each pair: cheapest alternating cycle through it.

        Nodes are the pairs and one node for all free rows; an edge p -> q moves the line of p to
        the purchase of q. No cycle is negative, since the assignment is optimal.
        """
        m, n = self.matriks, len(i)
        milik = m[i, j]
        biaya = np.full((n + 1, n + 1), np.inf)
        pindah = m[np.ix_(i, j)]
        biaya[:n, :n] = np.where(pindah > 0, milik[:, None] - pindah, np.inf)
        np.fill_diagonal(biaya, np.inf)
        bebas_c = np.setdiff1d(np.arange(m.shape[1]), j)
        bebas_b = np.setdiff1d(np.arange(m.shape[0]), i)
        biaya[:n, n] = milik - m[np.ix_(i, bebas_c)].max(axis=1, initial=0)
        biaya[n, :n] = -m[np.ix_(bebas_b, j)].max(axis=0, initial=0)
        pertama = self._langkah_pertama(biaya, i, j, bebas_c)
        jauh = biaya
        for k in range(n + 1):
            jauh = np.minimum(jauh, jauh[:, k, None] + jauh[None, k, :])
        kembali = jauh[:, :n].T
        hasil: F64 = np.maximum((pertama + kembali).min(axis=1), 0)
        return hasil

    def _langkah_pertama(self, biaya: F64, i: I64, j: I64, bebas: I64) -> F64:
        """Edges that leave each pair for a decision that is really another one."""
        n = len(i)
        tanda = np.where(self.nomor >= 0, self.graf.tanda[self.nomor], -1)
        sendiri = tanda[i, j]
        pertama = biaya[:n].copy()
        pertama[:, :n][tanda[np.ix_(i, j)] == sendiri[:, None]] = np.inf
        lain = np.where(
            tanda[np.ix_(i, bebas)] == sendiri[:, None], 0, self.matriks[np.ix_(i, bebas)]
        )
        pertama[:, n] = self.matriks[i, j] - lain.max(axis=1, initial=0)
        return pertama

    def _terbaik(self, larang: int | None) -> tuple[float, list[int]]:
        """The best world, without links of sign `larang`."""
        tanda = self.graf.tanda
        himpunan = [h for h in self.himpunan.tolist() if tanda[h] != larang]
        matriks = self.matriks
        if larang is not None:
            matriks = matriks.copy()
            tolak = tanda[self.satu] == larang
            matriks[self.i[tolak], self.j[tolak]] = 0
        return _Cari(matriks, self, himpunan).jalan()


class _Cari:
    """Depth-first over compatible sets, likeliest first; a branch that cannot win is left."""

    def __init__(self, matriks: F64, komponen: _Komponen, himpunan: list[int]) -> None:
        w = komponen.graf.w
        self.matriks, self.komponen = matriks, komponen
        self.himpunan = sorted(himpunan, key=lambda h: (-w[h], h))
        self.w = [float(w[h]) for h in self.himpunan]
        self.tertinggi = matriks.max(axis=1, initial=0)
        self.nilai, self.pilihan = -1.0, list[int]()

    def jalan(self) -> tuple[float, list[int]]:
        """(total score, chosen links)."""
        bebas_b = np.ones(self.matriks.shape[0], dtype=np.bool_)
        bebas_c = np.ones(self.matriks.shape[1], dtype=np.bool_)
        self._turun(0, [], frozenset(), 0.0, bebas_b, bebas_c)
        return self.nilai, self.pilihan

    def _turun(
        self, k: int, dipilih: list[int], terpakai: frozenset[int], jumlah: float, b: Ya, c: Ya
    ) -> None:
        sisa = sum(self.w[k:])
        atas = jumlah + float(self.tertinggi[b].sum())
        if atas + sisa <= self.nilai + _SAMA:
            return
        for n in range(k, len(self.himpunan)):
            h = self.himpunan[n]
            isi, baris, lajur = self.komponen.pegang[h]
            if isi & terpakai:
                continue
            bb, cc = b.copy(), c.copy()
            bb[baris], cc[lajur] = False, False
            self._turun(n + 1, [*dipilih, h], terpakai | isi, jumlah + self.w[n], bb, cc)
        if atas > self.nilai + _SAMA:
            self._tutup(dipilih, jumlah, b, c)

    def _tutup(self, dipilih: list[int], jumlah: float, b: Ya, c: Ya) -> None:
        """Assign the rows that no chosen set holds."""
        from scipy.optimize import linear_sum_assignment

        baris, lajur = np.flatnonzero(b), np.flatnonzero(c)
        kecil = self.matriks[np.ix_(baris, lajur)]
        i, j = linear_sum_assignment(kecil, maximize=True)
        nilai = jumlah + float(kecil[i, j].sum())
        if nilai <= self.nilai + _SAMA:
            return
        pakai = kecil[i, j] > 0
        satu = self.komponen.nomor[baris[i[pakai]], lajur[j[pakai]]]
        self.nilai, self.pilihan = nilai, [*dipilih, *satu.tolist()]


def susun_graf(
    w: F64, b: I64, c: I64, tanda: I64, tautan: I64, simpul: I64, banyak_simpul: int
) -> Graf:
    """A graph with its (link, row) pairs in link order."""
    urut = np.lexsort((simpul, tautan))
    awal = np.searchsorted(tautan[urut], np.arange(len(w) + 1)).astype(np.int64)
    return Graf(w, b, c, tanda, tautan[urut], simpul[urut], banyak_simpul, awal)
