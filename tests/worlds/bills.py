"""Bank files for the tests of taking them in: small CSV bills and short ways to take one in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.engines import reading as engines_reading
from kkpd.models import Periode
from kkpd.records.custody import Store
from kkpd.tagihan import receive
from kkpd.tagihan.receive import TakeIn, TakeInResult, UploadFile
from tests.cast import ACTORS, DINKES, ORANG

SEKARANG = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
HEAD = "Tgl Transaksi;Tgl Pembukuan;Nomor Kartu;Keterangan;Jumlah (Rp);DB/CR"

#: day of purchase, day of booking, card, text, amount as printed, DB or CR
Row = tuple[str, str, str, str, str, str]

KOPI: Row = ("13/10/2026", "15/10/2026", "4821", "KOPI DELI", "25.000,00", "DB")
NASI: Row = ("14/10/2026", "16/10/2026", "4821", "RM SEDERHANA", "187.500,00", "DB")
REFUND_DAYS: Row = ("20/10/2026", "21/10/2026", "4821", "REFUND RM SEDERHANA", "87.500,00", "CR")


def csv(rows: Iterable[Row], *head: str) -> bytes:
    """A list, or with `head` lines a bill."""
    body = [";".join(row) for row in rows]
    return "\n".join([*head, HEAD, *body, ""]).encode()


def kepala_tagihan(total: str, baru: str, kartu: str = "4821", jenis: str = "Final") -> list[str]:
    """The lines above the table that make a file a bill."""
    return [
        "Bank Sumut",
        f"Nomor Kartu;{kartu}",
        f"Jenis Tagihan;{jenis}",
        "Tanggal Tagihan;25/10/2026",
        "Tanggal Jatuh Tempo;14/11/2026",
        "Tagihan Bulan Lalu;0,00",
        "Pembayaran;0,00",
        f"Transaksi Baru;{baru}",
        f"Total Tagihan;{total}",
    ]


#: Why lines are taken in that the bill's own sums contradict.
BERALASAN = {"beda_tercetak": "Bank menjelaskan bedanya lewat surat"}


def ambil(
    session: Session,
    folder: Path,
    data: bytes,
    *,
    nama: str = "tagihan.csv",
    actor: Actor = ACTORS["citra"],
    opd_id: int = DINKES,
    jenis: str | None = None,
    periode: tuple[int, int] | None = None,
    jawaban: Mapping[str, str] | None = None,
    now: datetime = SEKARANG,
) -> TakeInResult:
    """Upload and take in at once."""
    answers = jawaban or {}
    berkas = receive.upload(session, actor, UploadFile(opd_id, data, nama), Store(folder), now)
    file_reading = engines_reading.parse(data, nama, None, answers)
    command = TakeIn(opd_id, berkas.id, file_reading, jenis, periode, answers)
    return receive.take_in(session, actor, command, now)


def tutup_bulan(session: Session, bulan: int) -> None:
    """Close a month of 2026."""
    row = session.get(Periode, (DINKES, 2026, bulan))
    if row is None:
        row = Periode(
            opd_id=DINKES,
            tahun=2026,
            bulan=bulan,
            status="terbuka",
            sejak=SEKARANG,
            oleh_id=ORANG["joko"],
        )
        session.add(row)
    row.status = "ditutup"
    session.flush()
