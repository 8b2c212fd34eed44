"""Assignment of lines to purchases in one component: the best one, its prices, its margins."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64


class Tugas:
    """The greatest total of `matriks` (0 where there is no link); `nomor` are the links' numbers.

    For margins the pairs and one node for everything free form a graph: an edge p -> q moves the
    line of p to the purchase of q, and no cycle is negative since the assignment is optimal.
    """

    def __init__(self, matriks: F64, nomor: I64, tanda: I64) -> None:
        from scipy.optimize import linear_sum_assignment  # costs start-up time of every command

        i, j = linear_sum_assignment(matriks, maximize=True)
        milik = matriks[i, j]
        pakai = milik > 0
        self.m, self.nomor, self.tanda = matriks, nomor, tanda
        self.i, self.j, self.milik = i[pakai], j[pakai], milik[pakai]
        self.pilihan: I64 = nomor[self.i, self.j]
        self.nilai = float(self.milik.sum())
        self.bebas_b = np.ones(matriks.shape[0], dtype=np.bool_)
        self.bebas_c = np.ones(matriks.shape[1], dtype=np.bool_)
        self.bebas_b[self.i] = False
        self.bebas_c[self.j] = False
        self.milik_b = matriks[self.i]
        self.pindah = self.milik_b[:, self.j]

    def _biaya(self) -> F64:
        """Costs of the edges; the last node is everything free."""
        n = len(self.i)
        biaya = np.full((n + 1, n + 1), np.inf)
        pindah = np.where(self.pindah > 0, self.milik[:, None] - self.pindah, np.inf)
        pindah[np.arange(n), np.arange(n)] = np.inf
        biaya[:n, :n] = pindah
        biaya[:n, n] = self.milik - self.milik_b[:, self.bebas_c].max(axis=1, initial=0)
        biaya[n, :n] = -self.m[self.bebas_b][:, self.j].max(axis=0, initial=0)
        return biaya

    def harga(self) -> tuple[F64, F64]:
        """Dual prices of the lines and purchases: no link is worth more than both its rows."""
        n, biaya = len(self.i), self._biaya()
        jauh = np.minimum(biaya[n], 0)
        jauh[n] = 0
        for _ in range(n + 1):
            baru = np.minimum(jauh, (jauh[:, None] + biaya).min(axis=0))
            if np.array_equal(baru, jauh):
                break
            jauh = baru
        harga_b, harga_c = np.zeros(self.m.shape[0]), np.zeros(self.m.shape[1])
        harga_c[self.j] = -jauh[:n]
        harga_b[self.i] = self.milik + jauh[:n]
        return harga_b, harga_c

    def jarak(self) -> F64:
        """What the best other world loses, for each chosen pair: the cheapest cycle through it."""
        n, biaya = len(self.i), self._biaya()
        jauh = biaya.copy()
        for k in range(n + 1):
            np.minimum(jauh, jauh[:, k, None] + jauh[k], out=jauh)
        hasil: F64 = np.maximum((self._pertama(biaya) + jauh[:, :n].T).min(axis=1), 0)
        return hasil

    def _pertama(self, biaya: F64) -> F64:
        """Edges that leave each pair for a decision that is really another one."""
        n, nomor = len(self.i), self.nomor[self.i]
        tanda = np.where(nomor >= 0, self.tanda[nomor], -1)
        sama = tanda == self.tanda[self.pilihan][:, None]
        pertama = biaya[:n].copy()
        pertama[:, :n][sama[:, self.j]] = np.inf
        lain = np.where(sama, 0, self.milik_b)[:, self.bebas_c]
        pertama[:, n] = self.milik - lain.max(axis=1, initial=0)
        return pertama
