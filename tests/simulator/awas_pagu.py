"""Ceilings: each row is the sum of its movements and within its limit; each line holds what its
status says it holds, neither more nor less.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, CeilingMovement
from kkpd.pagu.ceilings.rules import CeilingState
from tests.simulator.awas_dokumen import AwasDokumen
from tests.simulator.baris import Row
from tests.simulator.rusak import Rusak

_BERJALAN: Final = ("tercatat", "berbukti", "diajukan", "diperiksa")
_SELESAI: Final = ("dibatalkan", "ditolak", "dibayar_pribadi")
_DIPULIHKAN: Final = ("up_kkpd", "kartu")
#: A refund in one of these frees nothing any more.
_ENDED: Final = (*_SELESAI, "lunas")
_JEJAK: Final = FixedStatement(
    select(
        select(func.max(CeilingMovement.id)).scalar_subquery(),
        func.sum(Ceiling.reserved),
        func.sum(Ceiling.posted),
        func.sum(Ceiling.limit),
    )
)
_BARU: Final = FixedStatement(
    select(
        CeilingMovement.id,
        CeilingMovement.ceiling_id,
        CeilingMovement.transaksi_id,
        CeilingMovement.kind,
        CeilingMovement.amount,
    )
    .where(CeilingMovement.id > bindparam("terakhir"))
    .order_by(CeilingMovement.id)
)
_LIMIT: Final = FixedStatement(
    select(Ceiling.id, Ceiling.jenis, Ceiling.limit, Ceiling.reserved, Ceiling.posted)
)


class AwasPagu:
    """Folds movements into ceilings and into what each line holds on each of them."""

    def __init__(self) -> None:
        self.banyak = 0
        self._last = 0
        self._ceilings: dict[int, CeilingState] = {}
        self._lines: dict[int, dict[int, CeilingState]] = {}
        self._kind: dict[int, str] = {}

    def event_trail(self, session: Session) -> tuple[object, ...]:
        """Newest movement and the sums of all ceilings."""
        return _JEJAK.baris(session.connection(), {})[0]

    def baca(self, session: Session) -> set[int]:
        """Fold what is new and compare every ceiling; the lines that moved."""
        changed = set()
        rows = _BARU.baris(session.connection(), {"terakhir": self._last})
        for id_, ceiling_id, line, kind, amount in rows:
            self._last = max(self._last, id_)
            self._ceilings[ceiling_id] = self._ceilings.get(ceiling_id, CeilingState(ZERO)).after(
                kind, amount
            )
            held = self._lines.setdefault(line, {})
            held[ceiling_id] = held.get(ceiling_id, CeilingState(ZERO)).after(kind, amount)
            changed.add(line)
        self.banyak += len(rows)
        self._compare(session)
        return changed

    def _compare(self, session: Session) -> None:
        rows = _LIMIT.baris(session.connection(), {})
        for id_, jenis, limit, reserved, posted in rows:
            self._kind[id_] = jenis
            state = self._ceilings.get(id_, CeilingState(ZERO))
            if (state.reserved, state.posted) != (reserved, posted):
                raise Rusak("hitung ulang", f"batas {id_} ({jenis}) bukan jumlah gerakannya")
            if posted < ZERO or reserved + posted > limit:
                raise Rusak("batas", f"batas {id_} ({jenis}): {reserved} + {posted} > {limit}")

    def periksa(self, lines: dict[int, Row], changed: set[int], dokumen: AwasDokumen) -> None:
        """What each changed line holds against what its status says."""
        origins = (lines[id_].asal_id for id_ in changed if id_ in lines)
        wanted = changed | {origin for origin in origins if origin is not None}
        for id_ in sorted(wanted & lines.keys()):
            self._line(lines[id_], dokumen)

    def _line(self, line: Row, dokumen: AwasDokumen) -> None:
        held = self._lines.get(line.id, {})
        if line.nilai < ZERO:
            self._freed(line, held)
            return
        for ceiling_id, state in held.items():
            jenis = self._kind[ceiling_id]
            reserved, posted = self._expected(line, jenis, dokumen)
            if state.reserved not in reserved or state.posted != posted:
                raise Rusak(
                    "dipegang",
                    f"belanja {line.id} ({line.status}) memegang {state.reserved} dan "
                    f"{state.posted} pada {jenis}; seharusnya {' atau '.join(map(str, reserved))} "
                    f"dan {posted}",
                )
        if line.status in ("disetujui", *SESUDAH_DPT) and line.nilai > ZERO and not held:
            raise Rusak("dipegang", f"belanja {line.id} {line.status} tanpa tempat pada pagu")

    def _freed(self, line: Row, held: dict[int, CeilingState]) -> None:
        """A refund frees room of UP KKPD and of cards alone, by no more than what came back."""
        for ceiling_id, state in held.items():
            jenis = self._kind[ceiling_id]
            least = line.nilai if jenis in _DIPULIHKAN and line.status not in _ENDED else ZERO
            if state.posted or not least <= state.reserved <= ZERO:
                raise Rusak(
                    "dipegang",
                    f"pengembalian {line.id} ({line.status}) {line.nilai} membebaskan "
                    f"{state.reserved} dan {state.posted} pada {jenis}",
                )

    def _expected(
        self, line: Row, jenis: str, dokumen: AwasDokumen
    ) -> tuple[tuple[Rupiah, ...], Rupiah]:
        """(what may be reserved, what is posted) on a ceiling of this kind."""
        if line.status in _SELESAI:
            return (ZERO,), ZERO
        back = ZERO if jenis in _DIPULIHKAN else dokumen.dikembalikan.get(line.id, ZERO)
        part = dokumen.disetujui.get(line.id, line.nilai)
        if line.status in _BERJALAN:
            return (ZERO, line.nilai, part), ZERO
        if line.status == "disetujui":
            return (part,), ZERO
        if line.status == "lunas" and jenis in _DIPULIHKAN:
            return (ZERO,), ZERO
        return (ZERO,), max(dokumen.disetujui[line.id] - back, ZERO)


SESUDAH_DPT: Final = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")
