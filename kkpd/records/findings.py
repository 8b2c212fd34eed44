"""Findings: written in one place, one per rule and subject, and followed by their cases
(`cases.py`). Those of a purchase close automatically when they no longer hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement, insert_missing
from kkpd.core.errors import Finding
from kkpd.models import Temuan, Transaksi
from kkpd.records import cases

#: Rules of entry: checked again each time a purchase is recorded or changed.
AT_RECORDING: Final = frozenset(
    [
        "akhir_pekan",
        "batas_pertama",
        "biaya_kartu",
        "biaya_tambahan",
        "dibukukan_kemudian",
        "di_luar_lingkup",
        "hitungan",
        "hitungan_pajak",
        "kartu_salah",
        "kartu_tidak_aktif",
        "kelas_bertentangan",
        "lewat_batas",
        "lewat_batas_pakai",
        "mata_uang_asing",
        "mungkin_kembar",
        "pajak_dikecualikan",
        "pengembalian_lebih",
        "pengembalian_tahun_lalu",
        "pengembalian_tanpa_asal",
        "pph_tetap_dipotong",
        "tanpa_pagu",
        "tarik_tunai",
        "uang_harian",
    ]
)
_NO_LONGER: Final = "Tidak lagi berlaku sesudah belanja diubah."


def subjek(transaksi_id: int) -> str:
    """The name of a purchase in findings and events."""
    return f"transaksi:{transaksi_id}"


def write_out(
    session: Session,
    transaksi: Transaksi,
    findings: Iterable[Finding],
    rules: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Make the purchase's findings of these rules equal to `findings`.

    A finding that a person settled stays settled while its inputs stay the same.
    """
    found = {finding.rule: finding for finding in findings}
    rows = {row.aturan: row for row in _noted(session, transaksi)}
    month = (transaksi.tahun, transaksi.bulan)
    for rule, finding in found.items():
        if rule in rows:
            renew(session, rows[rule], finding, now, _NO_LONGER)
        else:
            note(session, transaksi.opd_id, month, subjek(transaksi.id), finding, now)
    for rule, row in rows.items():
        if rule in rules and rule not in found and row.selesai_at is None:
            settle(session, row, _NO_LONGER, oleh_id=oleh_id, now=now)


#: Most purchases have no finding.
_ANY: Final = FixedStatement(
    select(Temuan.id)
    .where(Temuan.opd_id == bindparam("opd"), Temuan.subjek == bindparam("subject"))
    .limit(1)
)


def _noted(session: Session, transaksi: Transaksi) -> Iterable[Temuan]:
    """Every finding of the purchase, open or settled."""
    asked = {"opd": transaksi.opd_id, "subject": subjek(transaksi.id)}
    if not _ANY.of(session, **asked):
        return ()
    mine = (Temuan.opd_id == asked["opd"], Temuan.subjek == asked["subject"])
    return session.scalars(select(Temuan).where(*mine))


def note(
    session: Session,
    opd_id: int,
    month: tuple[int, int],
    subject: str,
    finding: Finding,
    now: datetime,
) -> None:
    """One finding about a subject, once a rule; its case opens or grows."""
    insert_missing(
        session,
        Temuan,
        opd_id=opd_id,
        tahun=month[0],
        bulan=month[1],
        aturan=finding.rule,
        berat=finding.severity,
        subjek=subject,
        pesan=finding.message[:600],
        masukan=dict(finding.inputs),
        at=now,
        selesai_catatan="",
    )
    row = session.scalars(
        select(Temuan).where(
            Temuan.opd_id == opd_id, Temuan.aturan == finding.rule, Temuan.subjek == subject
        )
    ).one()
    if row.selesai_at is None:
        cases.follow(session, [row], now)


def settle(session: Session, row: Temuan, catatan: str, *, oleh_id: int, now: datetime) -> None:
    """Settle one finding with a note; a case of which nothing else holds closes with it."""
    row.selesai_at, row.selesai_oleh_id, row.selesai_catatan = now, oleh_id, catatan
    cases.follow(session, [row], now)


def settle_all(
    session: Session, transaksi: Transaksi, catatan: str, *, oleh_id: int, now: datetime
) -> None:
    """Settle every open finding of a cancelled purchase."""
    for row in open_findings(session, transaksi):
        settle(session, row, catatan, oleh_id=oleh_id, now=now)


def open_findings(session: Session, transaksi: Transaksi, *rules: str) -> list[Temuan]:
    """The open findings of a purchase, of these rules when any are named."""
    statement = select(Temuan).where(
        Temuan.opd_id == transaksi.opd_id,
        Temuan.subjek == subjek(transaksi.id),
        Temuan.selesai_at.is_(None),
    )
    if rules:
        statement = statement.where(Temuan.aturan.in_(rules))
    return list(session.scalars(statement.order_by(Temuan.id)))


def renew(session: Session, row: Temuan, finding: Finding, now: datetime, by_itself: str) -> None:
    """Update the row from the finding. If a person settled it, it stays settled while its inputs
    are the same; if it was closed automatically (with this note), it is open again.
    """
    same = dict(row.masukan) == dict(finding.inputs)
    if row.selesai_at is not None and same and row.selesai_catatan != by_itself:
        return
    row.pesan, row.masukan, row.berat = (
        finding.message[:600],
        dict(finding.inputs),
        finding.severity,
    )
    if row.selesai_at is not None:
        row.at = now
        open_again(row)
        cases.follow(session, [row], now)


def open_again(row: Temuan) -> None:
    """A settled finding holds again."""
    row.selesai_at, row.selesai_oleh_id, row.selesai_catatan = None, None, ""
