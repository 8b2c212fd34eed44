"""The inputs of the four links of a month's amounts: ceilings, decisions, papers, findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS
from kkpd.ledger import active
from kkpd.models import (
    Ceiling,
    CeilingMovement,
    Cocok,
    Dokumen,
    DokumenBaris,
    Orang,
    Pencairan,
    Persetujuan,
    Selisih,
    Temuan,
    Transaksi,
)

#: Ids per statement, within the database's limit of parameters.
_AT_ONCE: Final = 500
#: movement -> its effect on what is reserved and what is posted
_EFFECTS: Final = {"reserve": (1, 0), "post": (-1, 1), "void": (-1, 0), "restore": (0, -1)}
#: Findings of a purchase that break a link.
_TEMUAN: Final = ("tanpa_pagu", "lewat_batas", "kartu_salah")


@dataclass(frozen=True, slots=True)
class HeldRoom:
    """What a purchase holds of one ceiling."""

    reservation: Rupiah
    booked: Rupiah


@dataclass(frozen=True, slots=True)
class LinkPaper:
    """A paper with a purchase on it."""

    jenis: str
    nomor: str
    dokumen_id: int | None


@dataclass(frozen=True, slots=True)
class LinkInputs:
    """Everything about these lines and purchases, by id."""

    pairings: dict[int, list[tuple[Cocok, Transaksi, str]]]
    explanations: dict[int, list[tuple[Selisih, str]]]
    held: dict[tuple[int, str], HeldRoom]
    disetujui: dict[int, Rupiah]
    kertas: dict[int, list[LinkPaper]]
    temuan: dict[int, set[str]]


def inputs(session: Session, opd_id: int, baris: Sequence[int]) -> LinkInputs:
    """The inputs for these bank lines."""
    links: dict[int, list[tuple[Cocok, Transaksi, str]]] = {}
    told: dict[int, list[tuple[Selisih, str]]] = {}
    for part in _pieces(baris):
        for link, purchase, who in session.execute(
            select(Cocok, Transaksi, Orang.nama)
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .join(Orang, Orang.id == Cocok.oleh_id)
            .where(
                Cocok.opd_id == opd_id,
                Cocok.baris_bank_id.in_(part),
                Cocok.dicabut_at.is_(None),
            )
            .order_by(Cocok.id)
        ):
            links.setdefault(link.baris_bank_id, []).append((link, purchase, who))
        for named, owner in session.execute(
            select(Selisih, Orang.nama)
            .join(Orang, Orang.id == Selisih.pemilik_id)
            .where(
                Selisih.opd_id == opd_id,
                Selisih.baris_bank_id.in_(part),
                Selisih.dicabut_at.is_(None),
            )
            .order_by(Selisih.id)
        ):
            assert named.baris_bank_id is not None
            told.setdefault(named.baris_bank_id, []).append((named, owner))
    ids = sorted({purchase.id for rows in links.values() for _, purchase, _ in rows})
    return LinkInputs(
        links,
        told,
        _holds(session, ids),
        _approved(session, ids),
        _papers(session, ids),
        _temuan(session, opd_id, ids),
    )


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _holds(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], HeldRoom]:
    """(purchase, kind of ceiling) -> what it holds there, recounted from the movements."""
    found: dict[tuple[int, str], HeldRoom] = {}
    for part in _pieces(ids):
        rows = session.execute(
            select(
                CeilingMovement.transaksi_id,
                Ceiling.jenis,
                CeilingMovement.kind,
                func.sum(CeilingMovement.amount),
            )
            .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
            .where(CeilingMovement.transaksi_id.in_(part))
            .group_by(CeilingMovement.transaksi_id, Ceiling.jenis, CeilingMovement.kind)
        )
        for transaksi_id, jenis, kind, amount in rows:
            reserved, posted = _EFFECTS[kind]
            before = found.get((transaksi_id, jenis), HeldRoom(ZERO, ZERO))
            found[transaksi_id, jenis] = HeldRoom(
                before.reservation + amount * reserved, before.booked + amount * posted
            )
    return found


def _approved(session: Session, ids: Sequence[int]) -> dict[int, Rupiah]:
    """Purchase -> the amount approved by the newest decision; zero when refused."""
    found: dict[int, Rupiah] = {}
    for part in _pieces(ids):
        rows = session.scalars(
            select(Persetujuan)
            .where(Persetujuan.transaksi_id.in_(part), Persetujuan.peran.in_(EXAMINERS))
            .order_by(Persetujuan.id)
        )
        for row in rows:
            found[row.transaksi_id] = row.nilai if row.keputusan == "setuju" else ZERO
    return found


def _papers(session: Session, ids: Sequence[int]) -> dict[int, list[LinkPaper]]:
    """Purchase -> its papers, in the order of issue; payments after their DPT."""
    found: dict[int, list[LinkPaper]] = {}
    for part in _pieces(ids):
        rows = session.execute(
            select(DokumenBaris.transaksi_id, Dokumen.id, Dokumen.jenis, Dokumen.nomor)
            .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
            .where(DokumenBaris.transaksi_id.in_(part), active.holds(Dokumen))
            .order_by(Dokumen.id)
        )
        carried: dict[int, list[int]] = {}
        for transaksi_id, dokumen_id, jenis, nomor in rows:
            found.setdefault(transaksi_id, []).append(LinkPaper(jenis, nomor, dokumen_id))
            if jenis == "dpt":
                carried.setdefault(dokumen_id, []).append(transaksi_id)
        paid = session.scalars(
            select(Pencairan)
            .where(Pencairan.dpt_id.in_(carried), active.holds(Pencairan))
            .order_by(Pencairan.id)
        )
        for step in paid:
            for transaksi_id in carried[step.dpt_id]:
                found[transaksi_id].append(LinkPaper(step.langkah, step.nomor, None))
    return found


def _temuan(session: Session, opd_id: int, ids: Sequence[int]) -> dict[int, set[str]]:
    """Purchase -> its open findings that break a link."""
    found: dict[int, set[str]] = {}
    subjects = {f"transaksi:{id_}": id_ for id_ in ids}
    for part in _pieces(ids):
        rows = session.execute(
            select(Temuan.subjek, Temuan.aturan).where(
                Temuan.opd_id == opd_id,
                Temuan.subjek.in_([f"transaksi:{id_}" for id_ in part]),
                Temuan.aturan.in_(_TEMUAN),
                Temuan.selesai_at.is_(None),
            )
        )
        for subjek, aturan in rows:
            found.setdefault(subjects[subjek], set()).add(aturan)
    return found
