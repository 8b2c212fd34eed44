"""The six tests and the decision of PA or KPA on a line (Permendagri 79/2022 Pasal 5 huruf e-g)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain import enam_uji
from kkpd.domain.canonical import Json
from kkpd.domain.errors import Conflict
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import Actor, Peran
from kkpd.models import Penyelesaian, Persetujuan, Transaksi, Uji
from kkpd.queries import uji as queries
from kkpd.services import batas_buka, ceilings, pengembalian_asal
from kkpd.services.rantai import advance, locked_transaksi

Jawaban = Literal["lulus", "tidak"]


@dataclass(frozen=True, slots=True)
class PutusanUji:
    """The answers to all six tests and the decision; `nilai` is what is approved of the line.

    `versi` is the line's version that the person saw: a stale decision is told, not taken.
    """

    transaksi_id: int
    versi: int
    jawaban: Mapping[int, Jawaban]
    keputusan: Literal["setuju", "tolak"]
    nilai: Rupiah | None = None
    alasan: str = ""


def putuskan(session: Session, actor: Actor, putusan: PutusanUji, now: datetime) -> Transaksi:
    """Keep the six answers and the decision, reserve or free the ceilings, take the step."""
    asal = pengembalian_asal.asal(session, putusan.transaksi_id)
    transaksi = locked_transaksi(session, actor, putusan.transaksi_id)
    role = require(actor, "uji:putuskan", transaksi.opd_id)
    if transaksi.versi != putusan.versi:
        raise Conflict("Belanja ini berubah sejak Anda membukanya. Muat ulang lalu putuskan lagi.")
    setuju = putusan.keputusan == "setuju"
    nilai = NOL
    if setuju:  # an amount of zero was typed, and is refused as such; None is the whole
        nilai = transaksi.nilai if putusan.nilai is None else putusan.nilai
    enam_uji.check_answers(putusan.jawaban, setuju, nilai, transaksi.nilai, putusan.alasan)
    if setuju:
        if asal is not None:
            pengembalian_asal.periksa(session, asal, transaksi, nilai)
        _bear(session, actor, transaksi, now)
    advance(
        session,
        actor,
        transaksi,
        "setujui" if setuju else "tolak",
        now=now,
        after=_spoken(putusan, nilai),
    )
    _keep_answers(session, actor, transaksi, putusan, now)
    _keep_decision(session, actor, role, transaksi, putusan, nilai, now)
    if not setuju:
        ceilings.settle(session, transaksi.id, "void", oleh_id=actor.orang_id, now=now)
    session.flush()
    return transaksi


class _Who(TypedDict):
    oleh_id: int
    now: datetime


def urungkan(session: Session, actor: Actor, transaksi_id: int, now: datetime) -> Transaksi:
    """Take the decision back while no DPT or refusal notice carries the line."""
    transaksi = locked_transaksi(session, actor, transaksi_id)
    require(actor, "uji:putuskan", transaksi.opd_id)
    if queries.on_document(session, transaksi.id, "penolakan") is not None:
        raise Conflict(
            "Surat pemberitahuan penolakan sudah terbit; putusan tidak dapat diurungkan. "
            "Batalkan surat itu dahulu."
        )
    paid = select(func.sum(Penyelesaian.nilai)).where(Penyelesaian.transaksi_id == transaksi.id)
    if session.scalar(paid):  # what was entered wrongly and reversed leaves nothing paid
        raise Conflict("Penolakannya sudah dibayar pemegang; putusan tidak dapat diurungkan.")
    pengembalian_asal.tanpa_kembali(session, transaksi)
    advance(session, actor, transaksi, "urungkan_uji", now=now)
    return transaksi


def _bear(session: Session, actor: Actor, transaksi: Transaksi, now: datetime) -> None:
    """Approval is what waits for room (law 1): a line without reservation must find it now."""
    if transaksi.nilai <= NOL:
        return
    who: _Who = {"oleh_id": actor.orang_id, "now": now}
    try:
        if ceilings.held(session, transaksi.id):  # less than the whole after a DPT in part
            ceilings.top_up(session, transaksi.id, transaksi.nilai, **who)
            return
        found = ceilings.locked(session, batas_buka.siapkan(session, transaksi, **who))
        ceilings.move(session, found, transaksi.id, "reserve", transaksi.nilai, **who)
    except Conflict as refusal:
        raise Conflict(
            f"Belum dapat disetujui. {refusal.message} "
            "(Pasal 5 huruf f: yang disetujui menjadi beban pagu dan UP KKPD)",
            rule="pagu dan UP KKPD",
        ) from refusal


def _spoken(putusan: PutusanUji, nilai: Rupiah) -> dict[str, Json]:
    return {
        "jawaban": {str(nomor): answer for nomor, answer in sorted(putusan.jawaban.items())},
        "keputusan": putusan.keputusan,
        "nilai": nilai.sen,
        "alasan": putusan.alasan.strip(),
    }


def _keep_answers(
    session: Session, actor: Actor, transaksi: Transaksi, putusan: PutusanUji, now: datetime
) -> None:
    for seen in queries.uji_baris(session, transaksi):
        session.add(
            Uji(
                opd_id=transaksi.opd_id,
                transaksi_id=transaksi.id,
                perekam_id=transaksi.perekam_id,
                pemegang_id=transaksi.pemegang_id,
                penguji_id=actor.orang_id,
                nomor=seen.nomor,
                hasil=seen.hasil,
                masukan={**seen.masukan, "kalimat": seen.kalimat},
                jawaban=putusan.jawaban[seen.nomor],
                at=now,
            )
        )


def _keep_decision(
    session: Session,
    actor: Actor,
    role: Peran,
    transaksi: Transaksi,
    putusan: PutusanUji,
    nilai: Rupiah,
    now: datetime,
) -> None:
    session.add(
        Persetujuan(
            opd_id=transaksi.opd_id,
            transaksi_id=transaksi.id,
            perekam_id=transaksi.perekam_id,
            pemegang_id=transaksi.pemegang_id,
            penguji_id=actor.orang_id,
            peran=role,
            keputusan=putusan.keputusan,
            nilai=nilai if putusan.keputusan == "setuju" else transaksi.nilai,
            alasan=putusan.alasan.strip(),
            at=now,
        )
    )
