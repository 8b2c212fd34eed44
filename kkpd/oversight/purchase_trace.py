"""One purchase from its evidence to lunas (or refused, refunded): every step, actor, paper, link.

The steps are the log's own events about the line; papers are attached to the step that issued them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kkpd.core import statuses
from kkpd.core.choices import PURCHASE_STATUSES
from kkpd.core.errors import NotFound
from kkpd.core.money import Rupiah
from kkpd.models import (
    BarisBank,
    Berkas,
    Bukti,
    Cocok,
    Dokumen,
    DokumenBaris,
    Opd,
    Orang,
    Pencairan,
    Transaksi,
)
from kkpd.records.event_log import LoggedEvent, event_trail

_STATUS: Final = "belanja:status:"
#: Names of events that are not steps of the table.
_NAMES: Final = {
    "belanja:transaksi:catat": "mencatat belanja",
    "belanja:transaksi:ubah": "mengubah catatan",
    "belanja:transaksi:timbang": "menimbang ulang pagu",
    "belanja:bukti:cabut": "mencabut bukti",
    "belanja:kelas:tetapkan": "menetapkan kelas",
}
#: Which paper a step of the chain issues.
_LETTER_KINDS: Final = {
    "periksa": "dpr",
    "terbit_dpt": "dpt",
    "terbit_npd": "npd",
    "ajukan_spp": "spp",
    "terbit_spm": "spm",
    "terbit_sp2d": "sp2d",
    "bayar": "bayar",
}


@dataclass(frozen=True, slots=True)
class TracePaper:
    """A paper: its kind, number, date, amount and where it is shown (an address of this site)."""

    jenis: str
    nomor: str
    tanggal: str
    nilai: Rupiah
    links: str


#: (moment, by whom, paper)
Paper = tuple[datetime, str, TracePaper]


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: when, what, by whom in which role, from which status to which, on which rule."""

    at: datetime
    what: str
    oleh: str
    peran: str
    dari: str = ""
    ke: str = ""
    dasar: str = ""
    keterangan: str = ""
    links: str = ""
    letter: tuple[TracePaper, ...] = ()


@dataclass(frozen=True, slots=True)
class PurchaseTrace:
    """The purchase and all that happened to it, oldest first; `next_up` is who may act now."""

    id: int
    opd: str
    periode: str
    merchant: str
    uraian: str
    nilai: Rupiah
    status: str
    links: str
    langkah: tuple[TraceStep, ...]
    next_up: tuple[str, ...]


def trace_purchase(session: Session, transaksi_id: int) -> PurchaseTrace:
    """The whole trace of a purchase line; NotFound with the sentence where there is none."""
    row = session.execute(
        select(Transaksi, Opd.slug, Opd.nama)
        .join(Opd, Opd.id == Transaksi.opd_id)
        .where(Transaksi.id == transaksi_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Belanja {transaksi_id} tidak ada. Periksa nomornya pada halaman Belanja.")
    transaksi, slug, nama = row
    periode = f"{transaksi.tahun}-{transaksi.bulan:02d}"
    return PurchaseTrace(
        id=transaksi.id,
        opd=nama,
        periode=periode,
        merchant=transaksi.merchant,
        uraian=transaksi.uraian,
        nilai=transaksi.nilai,
        status=transaksi.status,
        links=f"/{slug}/{periode}/belanja/{transaksi.id}",
        langkah=_all_steps(session, transaksi, slug),
        next_up=_next(transaksi.status),
    )


def _all_steps(session: Session, transaksi: Transaksi, slug: str) -> tuple[TraceStep, ...]:
    events = [
        event
        for event in event_trail(session, transaksi.opd_id, f"transaksi:{transaksi.id}")
        if event.jenis != "belanja:bukti:lampirkan"  # told by the evidence itself, with its link
    ]
    papers = _papers(session, transaksi.id)
    steps = [_from_event(event, papers) for event in events]
    others = [
        *(_on_its_own(at, who, paper) for at, who, paper in papers),
        *_evidence(session, transaksi, slug),
        *_links(session, transaksi, slug),
        *_refunds(session, transaksi, slug),
    ]
    return tuple(sorted([*steps, *others], key=lambda step: step.at))


def _from_event(event: LoggedEvent, papers: list[Paper]) -> TraceStep:
    """The step; the paper that it issued is taken out of `papers`."""
    changes = {name: (before, after) for name, before, after in event.perubahan}
    step = TraceStep(event.at, _NAMES.get(event.jenis, event.jenis), event.oleh, event.peran)
    reason = changes.pop("alasan", ("", ""))[1]
    if event.jenis.startswith(_STATUS):
        action = event.jenis.removeprefix(_STATUS)
        rule = statuses.BY_ACTION[action]
        before, after = changes.get("status", ("", ""))
        return replace(
            step,
            what=rule.nama,
            dari=str(before),
            ke=str(after),
            dasar=rule.dasar,
            keterangan=_words(reason, changes.get("nilai", (None, None))[1]),
            letter=_take(papers, _LETTER_KINDS.get(action, ""), event.at),
        )
    if event.jenis == "belanja:transaksi:catat":
        return replace(step, ke="tercatat")
    return replace(step, keterangan=", ".join(sorted(changes)) if changes else "")


def _words(reason: object, sen: object) -> str:
    amount = f"Rp {Rupiah(sen)}" if isinstance(sen, int) and sen else ""
    return "; ".join(word for word in (amount, str(reason or "")) if word)


def _papers(session: Session, id_: int) -> list[Paper]:
    """The documents that carry the line, and the payment of its DPT."""
    documents = session.execute(
        select(Dokumen, DokumenBaris.nilai, Orang.nama)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Orang, Orang.id == Dokumen.oleh_id)
        .where(DokumenBaris.transaksi_id == id_)
        .order_by(Dokumen.id)
    ).all()
    found = [
        (
            one.at,
            who,
            TracePaper(one.jenis, one.nomor, one.tanggal.isoformat(), nilai, f"/dokumen/{one.id}"),
        )
        for one, nilai, who in documents
    ]
    dpt_ids = [one.id for one, _, _ in documents if one.jenis == "dpt"]
    payments = session.execute(
        select(Pencairan, Orang.nama)
        .join(Orang, Orang.id == Pencairan.oleh_id)
        .where(Pencairan.dpt_id.in_(dpt_ids))
        .order_by(Pencairan.id)
    )
    return found + [
        (
            one.at,
            who,
            TracePaper(
                one.langkah,
                one.nomor,
                one.tanggal.isoformat(),
                one.nilai,
                f"/dokumen/{one.dpt_id}",
            ),
        )
        for one, who in payments
    ]


def _take(papers: list[Paper], jenis: str, at: datetime) -> tuple[TracePaper, ...]:
    """The papers of this kind that were issued at that moment, taken out of the list."""
    taken = [one for one in papers if one[0] == at and one[2].jenis == jenis]
    for one in taken:
        papers.remove(one)
    return tuple(paper for _, _, paper in taken)


def _on_its_own(at: datetime, who: str, paper: TracePaper) -> TraceStep:
    return TraceStep(at, f"menerbitkan {paper.jenis}", who, "", letter=(paper,))


def _evidence(session: Session, transaksi: Transaksi, slug: str) -> Iterator[TraceStep]:
    rows = session.execute(
        select(Bukti, Berkas, Orang.nama)
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .join(Orang, Orang.id == Bukti.oleh_id)
        .where(Bukti.transaksi_id == transaksi.id)
        .order_by(Bukti.id)
    )
    for paper, file, who in rows:
        base = f"/{slug}/{transaksi.tahun}-{transaksi.bulan:02d}/belanja/bukti/{paper.id}"
        words = f"{file.nama}, SHA-256 {file.sha256[:16]}"
        withdrawn = " (dicabut kemudian)" if paper.dicabut_at else ""
        yield TraceStep(
            paper.at, f"bukti {paper.jenis}{withdrawn}", who, "", keterangan=words, links=base
        )


def _links(session: Session, transaksi: Transaksi, slug: str) -> Iterator[TraceStep]:
    """Bank lines paired with it: file and row, and when a pair was taken back."""
    undone_by = aliased(Orang)
    rows = session.execute(
        select(Cocok, BarisBank, Berkas.nama, Orang.nama, undone_by.nama)
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .join(Orang, Orang.id == Cocok.oleh_id)
        .outerjoin(undone_by, undone_by.id == Cocok.dicabut_oleh_id)
        .where(Cocok.transaksi_id == transaksi.id)
        .order_by(Cocok.id)
    )
    for link, line, file, who, other in rows:
        words = f"Rp {link.nilai} dari Rp {line.nilai}, {file} baris {line.baris}: {line.merchant}"
        bill = f"/{slug}/{line.tahun}-{line.bulan:02d}/tagihan/{line.tagihan_id}"
        yield TraceStep(
            link.at, "dipasangkan dengan baris bank", who, "", keterangan=words, links=bill
        )
        if link.dicabut_at is not None:
            yield TraceStep(
                link.dicabut_at, "pasangan diurungkan", other or "", "", keterangan=words
            )


def _refunds(session: Session, transaksi: Transaksi, slug: str) -> Iterator[TraceStep]:
    """Its refunds, or its original."""
    wanted = Transaksi.asal_id == transaksi.id
    if transaksi.asal_id is not None:
        wanted = wanted | (Transaksi.id == transaksi.asal_id)
    rows = session.execute(
        select(Transaksi, Orang.nama)
        .join(Orang, Orang.id == Transaksi.perekam_id)
        .where(wanted)
        .order_by(Transaksi.id)
    )
    for other, who in rows:
        origin = other.id == transaksi.asal_id
        yield TraceStep(
            transaksi.dicatat_at if origin else other.dicatat_at,
            "pengembalian dari belanja asal" if origin else "uang kembali dari belanja ini",
            who,
            "",
            keterangan=f"belanja {other.id}, Rp {other.nilai}, {other.status}",
            links=f"/{slug}/{other.tahun}-{other.bulan:02d}/belanja/{other.id}",
        )


def _next(status: str) -> tuple[str, ...]:
    """Who may take which next step, in the order of the chain; without steps back."""
    here = PURCHASE_STATUSES.index(status)
    return tuple(
        f"{rule.nama} ({', '.join(sorted(rule.roles))})"
        for rule in statuses.TRANSITIONS
        if status in rule.sources and PURCHASE_STATUSES.index(rule.target) >= here
    )
