"""What the four links of a month's amounts are read from: rooms, decisions, papers, findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import NOL, Rupiah
from kkpd.ledger import cancelled
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

#: Ids asked for in one statement: within what a database takes as parameters.
_SEKALI: Final = 500
#: movement -> its effect on what is reserved and what is posted
_GERAK: Final = {"reserve": (1, 0), "post": (-1, 1), "void": (-1, 0), "restore": (0, -1)}
#: Findings of a purchase that break a link.
_TEMUAN: Final = ("tanpa_pagu", "lewat_batas", "kartu_salah")


@dataclass(frozen=True, slots=True)
class Ruang:
    """What a purchase holds of one ceiling."""

    dipesan: Rupiah
    dibukukan: Rupiah


@dataclass(frozen=True, slots=True)
class Kertas:
    """A paper that carries a purchase."""

    jenis: str
    nomor: str
    dokumen_id: int | None


@dataclass(frozen=True, slots=True)
class Bahan:
    """Everything about these lines and purchases, by id."""

    pasangan: dict[int, list[tuple[Cocok, Transaksi, str]]]
    penjelasan: dict[int, list[tuple[Selisih, str]]]
    ruang: dict[tuple[int, str], Ruang]
    disetujui: dict[int, Rupiah]
    kertas: dict[int, list[Kertas]]
    temuan: dict[int, set[str]]


def bahan(session: Session, opd_id: int, baris: Sequence[int]) -> Bahan:
    """The materials of these bank lines."""
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
    return Bahan(
        links,
        told,
        _ruang(session, ids),
        _disetujui(session, ids),
        _kertas(session, ids),
        _temuan(session, opd_id, ids),
    )


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _SEKALI] for start in range(0, len(ids), _SEKALI))


def _ruang(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], Ruang]:
    """(purchase, kind of ceiling) -> what it holds there, recounted from the movements."""
    found: dict[tuple[int, str], Ruang] = {}
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
            reserved, posted = _GERAK[kind]
            before = found.get((transaksi_id, jenis), Ruang(NOL, NOL))
            found[transaksi_id, jenis] = Ruang(
                before.dipesan + amount * reserved, before.dibukukan + amount * posted
            )
    return found


def _disetujui(session: Session, ids: Sequence[int]) -> dict[int, Rupiah]:
    """Purchase -> what PA or KPA approved of it by the newest decision; nothing when refused."""
    found: dict[int, Rupiah] = {}
    for part in _pieces(ids):
        rows = session.scalars(
            select(Persetujuan)
            .where(Persetujuan.transaksi_id.in_(part), Persetujuan.peran.in_(("pa", "kpa")))
            .order_by(Persetujuan.id)
        )
        for row in rows:
            found[row.transaksi_id] = row.nilai if row.keputusan == "setuju" else NOL
    return found


def _kertas(session: Session, ids: Sequence[int]) -> dict[int, list[Kertas]]:
    """Purchase -> the papers that carry it, in the order of issue; payments after their DPT."""
    found: dict[int, list[Kertas]] = {}
    for part in _pieces(ids):
        rows = session.execute(
            select(DokumenBaris.transaksi_id, Dokumen.id, Dokumen.jenis, Dokumen.nomor)
            .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
            .where(DokumenBaris.transaksi_id.in_(part), cancelled.berlaku(Dokumen))
            .order_by(Dokumen.id)
        )
        carried: dict[int, list[int]] = {}
        for transaksi_id, dokumen_id, jenis, nomor in rows:
            found.setdefault(transaksi_id, []).append(Kertas(jenis, nomor, dokumen_id))
            if jenis == "dpt":
                carried.setdefault(dokumen_id, []).append(transaksi_id)
        paid = session.scalars(
            select(Pencairan)
            .where(Pencairan.dpt_id.in_(carried), cancelled.berlaku(Pencairan))
            .order_by(Pencairan.id)
        )
        for step in paid:
            for transaksi_id in carried[step.dpt_id]:
                found[transaksi_id].append(Kertas(step.langkah, step.nomor, None))
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
