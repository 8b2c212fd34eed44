"""Assignment of lines to purchases in one component: the best one, its prices, its margins."""

from __future__ import annotations

import numpy as np

from kkpd.domain.matching.larik import F64, I64


class Tugas:
    """The greatest total of `matriks` (0 where there is no link); `nomor` are the links' numbers.

    For margins the pairs and one node for everything free form a graph: an edge p -> q moves the
    line of p to the purchase of q, and no cycle is negative since the assignment is optimal.
    """

    def __init__(self, matriks: F64, nomor: I64, tanda: I64) -> None:
        from scipy.optimize import linear_sum_assignment  # costs start-up time of every command

        self.m, self.nomor, self.tanda = matriks, nomor, tanda
        i, j = linear_sum_assignment(matriks, maximize=True)
        pakai = matriks[i, j] > 0
        self.i, self.j = i[pakai], j[pakai]
        self.pilihan: I64 = nomor[self.i, self.j]
        self.milik: F64 = matriks[self.i, self.j]
        self.nilai = float(self.milik.sum())

    def _biaya(self) -> F64:
        """Costs of the edges; the last node is everything free."""
        i, j, n = self.i, self.j, len(self.i)
        biaya = np.full((n + 1, n + 1), np.inf)
        pindah = self.m[np.ix_(i, j)]
        biaya[:n, :n] = np.where(pindah > 0, self.milik[:, None] - pindah, np.inf)
        np.fill_diagonal(biaya, np.inf)
        bebas_b = np.setdiff1d(np.arange(self.m.shape[0]), i)
        biaya[:n, n] = self.milik - self.m[np.ix_(i, self._bebas_c())].max(axis=1, initial=0)
        biaya[n, :n] = -self.m[np.ix_(bebas_b, j)].max(axis=0, initial=0)
        return biaya

    def _bebas_c(self) -> I64:
        return np.setdiff1d(np.arange(self.m.shape[1]), self.j).astype(np.int64)

    def harga(self) -> tuple[F64, F64]:
        """Dual prices of the lines and purchases: no link is worth more than both its rows."""
        n, biaya = len(self.i), self._biaya()
        jauh = np.minimum(biaya[n].copy(), 0)
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
        jauh = biaya
        for k in range(n + 1):
            jauh = np.minimum(jauh, jauh[:, k, None] + jauh[None, k, :])
        hasil: F64 = np.maximum((self._pertama(biaya) + jauh[:, :n].T).min(axis=1), 0)
        return hasil

    def _pertama(self, biaya: F64) -> F64:
        """Edges that leave each pair for a decision that is really another one."""
        n, i, bebas = len(self.i), self.i, self._bebas_c()
        tanda = np.where(self.nomor >= 0, self.tanda[self.nomor], -1)
        sendiri = tanda[i, self.j][:, None]
        pertama = biaya[:n].copy()
        pertama[:, :n][tanda[np.ix_(i, self.j)] == sendiri] = np.inf
        lain = np.where(tanda[np.ix_(i, bebas)] == sendiri, 0, self.m[np.ix_(i, bebas)])
        pertama[:, n] = self.milik - lain.max(axis=1, initial=0)
        return pertama
