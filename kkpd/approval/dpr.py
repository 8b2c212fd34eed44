"""DPR: the treasurer puts lines forward, the PPTK checks and signs the list (kkpd.md 1.9 no. 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from kkpd.approval import reads
from kkpd.approval.decide import keep_decision
from kkpd.approval.forms.dpr import DprKind
from kkpd.approval.reads import SixTestRow, dpr_kind
from kkpd.belanja import detail as belanja_detail
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO
from kkpd.core.permissions import Actor, Role, require
from kkpd.models import Dokumen, Kartu, Transaksi
from kkpd.records.issue import IssuePlan, Issuer, issue_document
from kkpd.records.transitions import advance, locked_purchase

Checked = Literal["setuju", "kembalikan"]


@dataclass(frozen=True, slots=True)
class PptkVerdict:
    """The PPTK's verdict on one line; `alasan` is required when it is returned.

    `versi` is the line's version that the person saw, None without a page: a line that was pulled
    back and changed meanwhile is not signed.
    """

    putusan: Checked
    alasan: str = ""
    versi: int | None = None


def put_forward(
    session: Session, actor: Actor, opd_id: int, purchase_ids: Sequence[int], now: datetime
) -> int:
    """Put these lines forward for DPR; all or none. Returns how many."""
    require(actor, "dpr:susun", opd_id)
    if not purchase_ids:
        raise DomainError("Pilih sedikitnya satu belanja untuk DPR.")
    for transaksi_id in sorted(set(purchase_ids)):
        transaksi = _line(session, actor, opd_id, transaksi_id)
        _ready(session, transaksi)
        advance(session, actor, transaksi, "ajukan", now=now)
    return len(set(purchase_ids))


def pull_back(
    session: Session, actor: Actor, opd_id: int, purchase_ids: Sequence[int], now: datetime
) -> int:
    """Pull lines back while the PPTK has not acted."""
    require(actor, "dpr:susun", opd_id)
    for transaksi_id in sorted(set(purchase_ids)):
        advance(session, actor, _line(session, actor, opd_id, transaksi_id), "tarik", now=now)
    return len(set(purchase_ids))


def check_dpr(
    session: Session,
    actor: Actor,
    opd_id: int,
    putusan: Mapping[int, PptkVerdict],
    penerbit: Issuer,
    now: datetime,
) -> list[Dokumen]:
    """The PPTK's check of lines: passed ones are signed as DPR, one for each card and kind.

    Returned lines go back to the treasurer with the reason. All or nothing.
    """
    role = require(actor, "dpr:periksa", opd_id)
    passed = []
    for transaksi_id, answer in sorted(putusan.items()):
        transaksi = _line(session, actor, opd_id, transaksi_id)
        _decide(session, actor, role, transaksi, answer, now)
        if answer.putusan == "setuju":
            passed.append(transaksi)
    plans = dpr_plans(session, actor, passed, now)
    return [issue_document(session, actor, role, plan, penerbit, now) for plan in plans]


def dpr_plans(
    session: Session, actor: Actor, lines: Iterable[Transaksi], now: datetime
) -> list[IssuePlan]:
    """The DPRs of these lines as the actor would sign them now: one for each card, kind, month."""
    found: dict[tuple[int, DprKind, int, int], list[Transaksi]] = {}
    for line in lines:
        kartu = session.get_one(Kartu, line.kartu_id)
        jenis = dpr_kind(kartu.jenis, line.kelas)
        found.setdefault((kartu.id, jenis, line.tahun, line.bulan), []).append(line)
    return [
        reads.dpr(session, actor, card, jenis, group, now)
        for (card, jenis, _year, _month), group in sorted(found.items())
    ]


def _decide(
    session: Session,
    actor: Actor,
    role: Role,
    transaksi: Transaksi,
    answer: PptkVerdict,
    now: datetime,
) -> None:
    if answer.versi is not None and answer.versi != transaksi.versi:
        raise Conflict(
            f"Belanja {transaksi.merchant} Rp {transaksi.nilai} berubah sejak Anda membukanya. "
            "Muat ulang lalu periksa lagi.",
            field=f"versi-{transaksi.id}",
        )
    check_reason(transaksi, answer)
    back = answer.putusan == "kembalikan"
    action = "kembalikan" if back else "periksa"
    advance(session, actor, transaksi, action, now=now, after={"alasan": answer.alasan.strip()})
    decided = (not back, transaksi.nilai, answer.alasan.strip())
    keep_decision(session, actor, role, transaksi, decided, now)


def check_reason(line: Transaksi | SixTestRow, answer: PptkVerdict) -> None:
    """A line that goes back needs its reason; DomainError at that line otherwise."""
    written = len(answer.alasan.strip())
    if written > 600 or (answer.putusan == "kembalikan" and written < 5):
        raise DomainError(
            "Tulis alasan (5 sampai 600 huruf) mengembalikan"
            f" belanja {line.merchant} Rp {line.nilai}.",
            field=f"alasan-{line.id}",
        )


def _line(session: Session, actor: Actor, opd_id: int, transaksi_id: int) -> Transaksi:
    transaksi = locked_purchase(session, actor, transaksi_id)
    if transaksi.opd_id != opd_id:
        raise DomainError(f"Belanja {transaksi_id} bukan milik OPD ini.")
    return transaksi


def _ready(session: Session, transaksi: Transaksi) -> None:
    """What a line must have before it goes on a DPR; each refusal says what to do."""
    name = f"Belanja {transaksi.merchant} Rp {transaksi.nilai}"
    if transaksi.kelas == "ragu":
        raise Conflict(f"{name} masih ragu antara operasi dan modal. Tetapkan kelasnya dahulu.")
    if transaksi.nilai < ZERO and transaksi.asal_id is None:
        raise Conflict(
            f"{name} adalah pengembalian tanpa belanja asal. Isi nomor belanja asalnya dahulu: "
            "pengembalian mengikuti belanja asalnya."
        )
    if not belanja_detail.bukti(session, transaksi.id):
        raise Conflict(f"{name} belum berbukti. Lampirkan nota atau fakturnya dahulu.")
