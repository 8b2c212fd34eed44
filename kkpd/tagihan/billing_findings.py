"""What the bank's lines say of purchases: paid more than billed, billed twice, another card.

The first two are findings of the same day (kkpd.md 1.9, keterlanjuran). They are looked at after
every debit, match, explanation, repayment and import, and close automatically once the bank
returned the money or the cause was undone. A purchase is checked at entry against the card it was
recorded on; when the bank says that another card paid, that card's kind counts (Art. 18).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from kkpd.belanja.checks import wrong_kind
from kkpd.core.errors import Finding
from kkpd.core.moments import period_name
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.active import bill_exists, effective, holds, visible
from kkpd.ledger.shapes import Month
from kkpd.models import (
    BarisBank,
    Cocok,
    Dokumen,
    DokumenBaris,
    Kartu,
    Pencairan,
    Penyelesaian,
    Selisih,
    SumberBaris,
    Tagihan,
    Temuan,
    Transaksi,
)
from kkpd.records import findings as records_findings

RULES: Final = ("bayar_lebih", "tagih_ganda")
_DO: Final = (
    "Mintalah bank mengembalikannya ke rekening bendahara (keterlanjuran pembayaran), lalu catat "
    "pengembaliannya."
)
_OVER: Final = "Sudah dikembalikan, atau sebabnya ditarik kembali."
#: (subject, month, finding)
_Found = tuple[str, Month, Finding]


def refresh(session: Session, opd_id: int, *, oleh_id: int, now: datetime) -> int:
    """Update the OPD's findings of these rules from the books; returns how many are open."""
    found = {
        (finding.rule, subject): (month, finding)
        for source in (_paid_more, _linked_more, _said_twice, _on_two_bills)
        for subject, month, finding in source(session, opd_id)
    }
    rows = session.scalars(
        select(Temuan).where(Temuan.opd_id == opd_id, Temuan.aturan.in_(RULES))
    ).all()
    known = {(row.aturan, row.subjek): row for row in rows}
    for key, row in known.items():
        if key in found:
            records_findings.renew(session, row, found[key][1], now, _OVER)
        elif row.selesai_at is None:
            records_findings.settle(session, row, _OVER, oleh_id=oleh_id, now=now)
    for (rule, subject), (month, finding) in found.items():
        if (rule, subject) not in known:
            records_findings.note(session, opd_id, month, subject, finding, now)
    session.flush()
    return len(found)


def _finding(rule: str, words: str, amount: Rupiah) -> Finding:
    return Finding(rule, f"{words} {_DO}", "salah", inputs={"nilai": str(amount)})


def _linked(purchase: type[Transaksi], *more: ColumnElement[bool]) -> ScalarSelect[Rupiah]:
    """The billed amount of the purchase, from lines that count."""
    return (
        select(func.sum(Cocok.nilai))
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .where(Cocok.transaksi_id == purchase.id, Cocok.dicabut_at.is_(None), effective(), *more)
        .correlate(purchase)
        .scalar_subquery()
    )


def _paid_more(session: Session, opd_id: int) -> Iterator[_Found]:
    """Debited for a purchase beyond what lines ask for it; what came back of it is taken off."""
    refund = aliased(Transaksi)
    back = (
        select(func.sum(Cocok.nilai))
        .join(refund, refund.id == Cocok.transaksi_id)
        .where(refund.asal_id == Transaksi.id, Cocok.dicabut_at.is_(None))
        .correlate(Transaksi)
        .scalar_subquery()
    )
    rows = session.execute(
        select(DokumenBaris.nilai, _linked(Transaksi), back, Transaksi.merchant, Dokumen)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .join(Pencairan, Pencairan.dpt_id == Dokumen.id)
        .where(
            Dokumen.opd_id == opd_id,
            Dokumen.jenis == "dpt",
            holds(Dokumen),
            Pencairan.langkah == "bayar",
            holds(Pencairan),
            Transaksi.nilai > ZERO,
        )
        .order_by(Dokumen.id, Transaksi.id)
    )
    over: dict[int, tuple[Dokumen, Rupiah, list[str]]] = {}
    for paid, asked, returned, merchant, dpt in rows:
        more = paid - (asked or ZERO) + min(returned or ZERO, ZERO)
        if more > ZERO:
            _, before, names = over.get(dpt.id, (dpt, ZERO, []))
            over[dpt.id] = (dpt, before + more, [*names, merchant])
    for dpt, more, names in over.values():
        month = (dpt.tahun, dpt.bulan)
        subject = f"dokumen:{dpt.id}" if dpt.tagihan_id is None else f"tagihan:{dpt.tagihan_id}"
        words = (
            f"DPT {dpt.nomor} membayar bank Rp {more} lebih dari yang diminta tagihan "
            f"{period_name(*month)} ({', '.join(names[:3])}{', …' if names[3:] else ''})."
        )
        yield subject, month, _finding("bayar_lebih", words, more)


def _linked_more(session: Session, opd_id: int) -> Iterator[_Found]:
    """Lines ask for more of a purchase than was bought."""
    asked = _linked(Transaksi)
    rows = session.execute(
        select(Transaksi, asked).where(
            Transaksi.opd_id == opd_id, Transaksi.nilai > ZERO, asked > Transaksi.nilai
        )
    )
    for row, amount in rows:
        more = amount - row.nilai
        words = f"{row.merchant} Rp {row.nilai} ditagih Rp {amount}: Rp {more} lebih."
        month = (row.tahun, row.bulan)
        subject = records_findings.subjek(row.id)
        yield subject, month, _finding("tagih_ganda", words, more)


def _said_twice(session: Session, opd_id: int) -> Iterator[_Found]:
    """A line was explained as charged twice, and the bank has not returned it."""
    paid = (
        select(func.sum(Penyelesaian.nilai))
        .where(Penyelesaian.selisih_id == Selisih.id)
        .correlate(Selisih)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Selisih, BarisBank, paid)
        .join(BarisBank, BarisBank.id == Selisih.baris_bank_id)
        .where(
            Selisih.opd_id == opd_id,
            Selisih.jenis == "dibayar_dua_kali",
            Selisih.dicabut_at.is_(None),
            Selisih.nilai > ZERO,
            effective(),
        )
    )
    for row, line, returned in rows:
        left = row.nilai - (returned or ZERO)
        if left:
            words = (
                f"{line.merchant or line.keterangan} pada tagihan "
                f"{period_name(row.tahun, row.bulan)} ditagih dua kali; Rp {left} belum "
                "dikembalikan."
            )
            subject = f"baris_bank:{line.id}"
            yield subject, (row.tahun, row.bulan), _finding("tagih_ganda", words, left)


def _on_two_bills(session: Session, opd_id: int) -> Iterator[_Found]:
    """One line stands on final bills of two months that print what they ask for."""
    own = aliased(Tagihan)
    rows = session.execute(
        select(BarisBank, Tagihan, own.tahun, own.bulan)
        .join(own, own.id == BarisBank.tagihan_id)
        .join(SumberBaris, SumberBaris.baris_bank_id == BarisBank.id)
        .join(Tagihan, Tagihan.id == SumberBaris.tagihan_id)
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.jenis.in_(("belanja", "biaya", "meterai")),
            Tagihan.id != own.id,
            Tagihan.jenis == "final",
            own.jenis == "final",
            Tagihan.belanja_baru.is_not(None),
            own.belanja_baru.is_not(None),
            (Tagihan.tahun != own.tahun) | (Tagihan.bulan != own.bulan),
            effective(),
            visible(),
            bill_exists(),
        )
    )
    for line, bill, tahun, bulan in rows:
        words = (
            f"{line.merchant or line.keterangan} Rp {line.nilai} pada tagihan "
            f"{period_name(bill.tahun, bill.bulan)} sudah ditagih pada "
            f"{period_name(tahun, bulan)}."
        )
        subject = f"baris_bank:{line.id}"
        yield subject, (bill.tahun, bill.bulan), _finding("tagih_ganda", words, line.nilai)


_OTHER_CARD: Final = "kartu_tagihan_salah"


def check_links(
    session: Session, opd_id: int, purchase_ids: Collection[int], *, oleh_id: int, now: datetime
) -> None:
    """Write the finding of each of these purchases, or settle it when its link is gone; what links
    say of money billed twice or paid beyond the bill is looked at again, too.
    """
    found = _kinds(session, opd_id, purchase_ids)
    known = session.scalars(
        select(Temuan.subjek).where(
            Temuan.opd_id == opd_id,
            Temuan.aturan == _OTHER_CARD,
            Temuan.subjek.in_([records_findings.subjek(id_) for id_ in purchase_ids]),
        )
    ).all()
    told = {id_ for id_ in purchase_ids if records_findings.subjek(id_) in known}
    for id_ in sorted(told | found.keys()):
        line = session.get_one(Transaksi, id_)
        findings = _findings(line, found[id_]) if id_ in found else []
        records_findings.write_out(
            session, line, findings, (_OTHER_CARD,), oleh_id=oleh_id, now=now
        )
    refresh(session, opd_id, oleh_id=oleh_id, now=now)


def _kinds(
    session: Session, opd_id: int, purchase_ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    """Purchase -> (kind, last digits) of the other card that its bank line names."""
    rows = session.execute(
        select(Transaksi.id, Kartu.jenis, Kartu.nomor_akhir)
        .join(Cocok, Cocok.transaksi_id == Transaksi.id)
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Kartu, Kartu.id == BarisBank.kartu_id)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.id.in_(purchase_ids),
            Cocok.dicabut_at.is_(None),
            BarisBank.kartu_id != Transaksi.kartu_id,
        )
        .order_by(Cocok.id)
    )
    return {id_: (jenis, digits) for id_, jenis, digits in rows}


def _findings(line: Transaksi, card: tuple[str, str]) -> list[Finding]:
    said = wrong_kind(card[0], line.rekening)
    if said is None:
        return []
    seen = {"kartu": f"{card[0]} berakhiran {card[1]}", "rekening": line.rekening}
    message = f"Menurut tagihan dibayar dengan kartu berakhiran {card[1]}. {said[0]}"
    return [Finding(_OTHER_CARD, message, "salah", inputs={**seen, "dasar": said[1]})]
