"""Many lines that wait for the PPTK or the PA, their evidence read or a picture."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kkpd.approval import dpr
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.money import ZERO
from kkpd.models import Berkas, Tagihan, Transaksi
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, ORANG
from tests.worlds.chain_steps import bank_billed, penerbit
from tests.worlds.office import NOW, brought, foto, pdf
from tests.worlds.office import belanja as isi

#: The identity of October's bill in tests/worlds/chain_steps.py.
_BILL = "0a" + "cd" * 31


def waiting(
    session: Session, folder: Path, read: int, pictures: int = 0, *, checked: bool = True
) -> list[Transaksi]:
    """So many billed purchases whose PDF says amount, day and shop, then so many with a picture;
    put forward, and signed by the PPTK where `checked`.
    """
    rows = [_bought(session, folder, n, read=n <= read) for n in range(1, read + pictures + 1)]
    _bill(session, rows)
    bank_billed(session, folder, *rows)
    ids = [row.id for row in rows]
    dpr.put_forward(session, ACTORS["citra"], DINKES, ids, NOW)
    if checked:
        words = {id_: dpr.PptkVerdict("setuju") for id_ in ids}
        dpr.check_dpr(session, ACTORS["budi"], DINKES, words, penerbit(folder), NOW)
    return rows


def _bought(session: Session, folder: Path, nomor: int, *, read: bool) -> Transaksi:
    amount, day = 30_000 + nomor * 100, date(2026, 10, 1 + nomor % 20)
    given = isi(
        kunci_kirim=f"meja-{nomor}",
        uraian=f"Kertas HVS A4 nomor {nomor}",
        rupiah=amount,
        tanggal=day,
        nota=f"N-{nomor}",
    )
    row = belanja_verbs.record(session, ACTORS["citra"], given, NOW)
    name, data = f"nota-{nomor}.jpg", foto(size=(40 + nomor, 30))
    if read:
        said = (row.merchant, f"{day:%d/%m/%Y}", f"Nota N-{nomor}", f"Total Rp {row.nilai}")
        name, data = f"nota-{nomor}.pdf", pdf(*said)
    command = belanja_evidence.AttachEvidence(row.id, name, data)
    store = Store(folder / "berkas")
    belanja_evidence.attach(session, ACTORS["citra"], store, command, max_bytes=10**6, now=NOW)
    if row.kelas == "ragu":
        settle = classes_decide.SettleClass(row.id, "operasi", "menurut nota")
        classes_decide.settle_class(session, ACTORS["citra"], settle, NOW)
    return row


def _bill(session: Session, rows: list[Transaksi]) -> None:
    """October's bill, with the sums that the bank prints."""
    whole = sum((row.nilai for row in rows), ZERO)
    common: dict[str, Any] = {"opd_id": DINKES, "at": NOW, "oleh_id": ORANG["citra"]}
    file = Berkas(
        jenis="bank", sha256="0e" * 32, ukuran=1, media="text/csv", nama="oktober.csv", **common
    )
    session.add(file)
    session.flush()
    bill = Tagihan(
        tahun=2026,
        bulan=10,
        jenis="final",
        identitas=_BILL,
        berkas_id=file.id,
        tanggal=date(2026, 10, 25),
        jatuh_tempo=None,
        belanja_baru=whole,
        total=whole,
        **common,
    )
    session.add(bill)
    session.flush()
    brought(session, bill)
