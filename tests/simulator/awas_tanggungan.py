"""Debts outside the budget: never more paid than owed, and a status that says what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Penyelesaian, Selisih
from tests.simulator.awas_dokumen import AwasDokumen
from tests.simulator.baris import Row
from tests.simulator.rusak import Rusak

_DIBAYAR: Final = FixedStatement(
    select(Penyelesaian.transaksi_id, func.sum(Penyelesaian.nilai))
    .where(Penyelesaian.opd_id == bindparam("opd"), Penyelesaian.transaksi_id.is_not(None))
    .group_by(Penyelesaian.transaksi_id)
)
_SELISIH: Final = FixedStatement(
    select(Selisih.id, Selisih.nilai, Selisih.dicabut_at, func.sum(Penyelesaian.nilai))
    .join(Penyelesaian, Penyelesaian.selisih_id == Selisih.id)
    .where(Selisih.opd_id == bindparam("opd"))
    .group_by(Selisih.id, Selisih.nilai, Selisih.dicabut_at)
)


class AwasTanggungan:
    """Adds up payments per purchase and per named difference."""

    def periksa(
        self,
        session: Session,
        ids: Sequence[int],
        lines: dict[int, Row],
        dokumen: AwasDokumen,
    ) -> None:
        """Rusak where payments pass what is owed, or a status says something else."""
        connection = session.connection()
        paid: dict[int, Rupiah] = {}
        for opd_id in ids:
            paid.update(_DIBAYAR.baris(connection, {"opd": opd_id}))
            self._differences(_SELISIH.baris(connection, {"opd": opd_id}))
        refunded = {line.asal_id for line in lines.values()}
        for id_, line in lines.items():
            amount = paid.get(id_, ZERO)
            owed = abs(self._owed(line, dokumen))
            if not ZERO <= amount <= owed:
                raise Rusak("tanggungan", f"belanja {id_} dibayar {amount} dari {owed}")
            personal = line.status in ("ditolak", "dibayar_pribadi")
            whole = personal and bool(owed) and amount == owed
            # what came back lessens the debt: less than the whole may have settled it
            if (line.status == "dibayar_pribadi") != whole and id_ not in refunded:
                raise Rusak("tanggungan", f"belanja {id_} {line.status}, dibayar {amount}")

    def _owed(self, line: Row, dokumen: AwasDokumen) -> Rupiah:
        """The holder's share of the line: of a refund (negative) what is owed to him."""
        if line.status in ("ditolak", "dibayar_pribadi"):
            return line.nilai
        if line.status in ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas"):
            return line.nilai - dokumen.disetujui[line.id]
        if line.nilai < ZERO:  # what came back of a refused purchase is his before the PA notes it
            return line.nilai
        return ZERO

    def _differences(self, rows: Sequence[tuple[Any, ...]]) -> None:
        for id_, nilai, gone, paid in rows:
            owed = ZERO if gone is not None else abs(nilai)
            if not ZERO <= paid <= owed:
                raise Rusak("tanggungan", f"selisih {id_} dibayar {paid} dari {owed}")
