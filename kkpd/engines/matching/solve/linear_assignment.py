"""Assignment of lines to purchases in one component: the best one, its prices, its margins."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64


class LinearAssignment:
    """The greatest total of `matrix` (0 where there is no link); `nomor` are the links' numbers.

    For margins the pairs and one node for everything free form a graph: an edge p -> q moves the
    line of p to the purchase of q, and no cycle is negative since the assignment is optimal.
    """

    def __init__(self, matrix: F64, nomor: I64, tanda: I64) -> None:
        from scipy.optimize import linear_sum_assignment  # costs start-up time of every command

        i, j = linear_sum_assignment(matrix, maximize=True)
        owned = matrix[i, j]
        used = owned > 0
        self.m, self.nomor, self.tanda = matrix, nomor, tanda
        self.i, self.j, self.owned = i[used], j[used], owned[used]
        self.options: I64 = nomor[self.i, self.j]
        self.nilai = float(self.owned.sum())
        self.free_lines = np.ones(matrix.shape[0], dtype=np.bool_)
        self.free_purchases = np.ones(matrix.shape[1], dtype=np.bool_)
        self.free_lines[self.i] = False
        self.free_purchases[self.j] = False
        self.line_weights = matrix[self.i]
        self.moves = self.line_weights[:, self.j]

    def _edge_costs(self) -> F64:
        """Costs of the edges; the last node is everything free."""
        n = len(self.i)
        costs = np.full((n + 1, n + 1), np.inf)
        moves = np.where(self.moves > 0, self.owned[:, None] - self.moves, np.inf)
        moves[np.arange(n), np.arange(n)] = np.inf
        costs[:n, :n] = moves
        costs[:n, n] = self.owned - self.line_weights[:, self.free_purchases].max(axis=1, initial=0)
        costs[n, :n] = -self.m[self.free_lines][:, self.j].max(axis=0, initial=0)
        return costs

    def harga(self) -> tuple[F64, F64]:
        """Dual prices of the lines and purchases: no link is worth more than both its rows."""
        n, costs = len(self.i), self._edge_costs()
        far = np.minimum(costs[n], 0)
        far[n] = 0
        for _ in range(n + 1):
            baru = np.minimum(far, (far[:, None] + costs).min(axis=0))
            if np.array_equal(baru, far):
                break
            far = baru
        line_prices, purchase_prices = np.zeros(self.m.shape[0]), np.zeros(self.m.shape[1])
        purchase_prices[self.j] = -far[:n]
        line_prices[self.i] = self.owned + far[:n]
        return line_prices, purchase_prices

    def distance(self) -> F64:
        """What the best other world loses, for each chosen pair: the cheapest cycle through it."""
        n, costs = len(self.i), self._edge_costs()
        far = costs.copy()
        for k in range(n + 1):
            np.minimum(far, far[:, k, None] + far[k], out=far)
        hasil: F64 = np.maximum((self._leaving_costs(costs) + far[:, :n].T).min(axis=1), 0)
        return hasil

    def _leaving_costs(self, costs: F64) -> F64:
        """Edges that leave each pair for a decision that is really another one."""
        n, nomor = len(self.i), self.nomor[self.i]
        tanda = np.where(nomor >= 0, self.tanda[nomor], -1)
        same = tanda == self.tanda[self.options][:, None]
        first_one = costs[:n].copy()
        first_one[:, :n][same[:, self.j]] = np.inf
        lain = np.where(same, 0, self.line_weights)[:, self.free_purchases]
        first_one[:, n] = self.owned - lain.max(axis=1, initial=0)
        return first_one
