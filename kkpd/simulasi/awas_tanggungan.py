"""Debts outside the budget: never more paid than owed, and a status that says what was paid."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Penyelesaian, Selisih
from kkpd.simulasi.awas_dokumen import AwasDokumen
from kkpd.simulasi.baris import Baris
from kkpd.simulasi.rusak import Rusak


class AwasTanggungan:
    """Adds up payments per purchase and per named difference."""

    def periksa(
        self,
        session: Session,
        ids: Sequence[int],
        lines: dict[int, Baris],
        dokumen: AwasDokumen,
    ) -> None:
        """Rusak where payments pass what is owed, or a status says something else."""
        paid = self._sums(session, ids)
        for id_, line in lines.items():
            amount = paid.get(id_, NOL)
            owed = self._owed(line, dokumen)
            if not NOL <= amount <= owed:
                raise Rusak("tanggungan", f"belanja {id_} dibayar {amount} dari {owed}")
            if (line.status == "dibayar_pribadi") != (
                line.status in ("ditolak", "dibayar_pribadi") and bool(owed) and amount == owed
            ):
                raise Rusak("tanggungan", f"belanja {id_} {line.status}, dibayar {amount}")
        self._differences(session, ids)

    def _owed(self, line: Baris, dokumen: AwasDokumen) -> Rupiah:
        if line.nilai < NOL:
            return NOL
        if line.status in ("ditolak", "dibayar_pribadi"):
            return line.nilai
        if line.status in ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas"):
            return line.nilai - dokumen.disetujui[line.id]
        return NOL

    def _sums(self, session: Session, ids: Sequence[int]) -> dict[int, Rupiah]:
        rows = session.execute(
            select(Penyelesaian.transaksi_id, func.sum(Penyelesaian.nilai), func.count())
            .where(Penyelesaian.opd_id.in_(ids), Penyelesaian.transaksi_id.is_not(None))
            .group_by(Penyelesaian.transaksi_id)
        )
        return {id_: amount for id_, amount, _ in rows if id_ is not None}

    def _differences(self, session: Session, ids: Sequence[int]) -> None:
        rows = session.execute(
            select(Selisih.id, Selisih.nilai, Selisih.dicabut_at, func.sum(Penyelesaian.nilai))
            .join(Penyelesaian, Penyelesaian.selisih_id == Selisih.id)
            .where(Selisih.opd_id.in_(ids))
            .group_by(Selisih.id, Selisih.nilai, Selisih.dicabut_at)
        )
        for id_, nilai, gone, paid in rows:
            owed = NOL if gone is not None else abs(nilai)
            if not NOL <= paid <= owed:
                raise Rusak("tanggungan", f"selisih {id_} dibayar {paid} dari {owed}")
