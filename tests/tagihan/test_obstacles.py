"""What stands in the way of taking an import out: said by the program, refused by the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.models import BarisBank, BarisKeluar, Cocok, ImporKeluar, TagihanKeluar, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.tagihan.withdraw import withdraw
from tests.cast import DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import BERALASAN, KOPI, NASI, ambil, csv, kepala_tagihan, tutup_bulan
from tests.worlds.chain_steps import OKTOBER, berbukti
from tests.worlds.office import NOW
from tests.worlds.withdrawals import CITRA, DTS, TOKO, blockers, keluar, line_of, not_withdrawn


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _linked(session: Session, folder: Path) -> int:
    row = berbukti(session, folder, 1)
    hasil = ambil(session, folder, csv([TOKO]))
    line = line_of(session, TOKO[3])
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
    )
    return hasil.impor_id


def _gone_on(session: Session, folder: Path) -> int:
    row = berbukti(session, folder, 1)
    hasil = ambil(session, folder, csv([TOKO]))
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW) == 1
    session.execute(update(Transaksi).where(Transaksi.id == row.id).values(status="dpt"))
    return hasil.impor_id


def _explained(session: Session, folder: Path) -> int:
    hasil = ambil(session, folder, csv([KOPI]))
    told = differences.Explain(line_of(session, KOPI[3]).id, "biaya", None, "biaya layanan")
    differences.explain_difference(session, CITRA, DINKES, told, NOW)
    return hasil.impor_id


def _closed(session: Session, folder: Path) -> int:
    hasil = ambil(session, folder, csv([KOPI]))
    tutup_bulan(session, 10)
    return hasil.impor_id


def _interim(session: Session, folder: Path) -> int:
    hasil = ambil(session, folder, csv(DTS), jenis="dts", nama="dts.csv")
    ambil(session, folder, csv([KOPI]), nama="final.csv")
    return hasil.impor_id


def _completed(session: Session, folder: Path) -> int:
    head = kepala_tagihan("212.500,00", "212.500,00")
    hasil = ambil(session, folder, csv([KOPI, NASI], *head), nama="a.csv")
    more = ("15/10/2026", "16/10/2026", "4821", "TAK ADA", "1.000,00", "DB")
    ambil(session, folder, csv([KOPI, NASI, more], *head), nama="b.csv", jawaban=BERALASAN)
    return hasil.impor_id


def _other_bill(session: Session, folder: Path) -> int:
    hasil = ambil(session, folder, csv([KOPI]), nama="a.csv")
    ambil(session, folder, csv([KOPI], *kepala_tagihan("25.000,00", "25.000,00")), nama="b.csv")
    return hasil.impor_id


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (_linked, "Urungkan pasangannya di halaman Cocokkan"),
        (_gone_on, "Batalkan langkah itu dahulu"),
        (_explained, "Urungkan penjelasannya"),
        (_closed, "Oktober 2026 yang sudah ditutup"),
        (_interim, "1 baris DTS sudah menjadi baris tagihan final dari berkas final.csv"),
        (_completed, "1 baris berkas b.csv dilewati karena tagihannya sudah lengkap"),
        (_other_bill, "1 baris juga diberikan oleh b.csv, tetapi pada tagihan lain"),
    ],
)
def test_what_stands_in_the_way(
    session: Session, tmp_path: Path, before: Callable[[Session, Path], int], words: str
) -> None:
    impor_id = before(session, tmp_path)
    counted = not_withdrawn(session)
    assert words in blockers(session, impor_id)
    assert not_withdrawn(session) == counted
    assert session.scalar(select(func.count()).select_from(ImporKeluar)) == 0


def test_the_imports_that_go_out_first_are_named(session: Session, tmp_path: Path) -> None:
    """Followed in that order, all of it can be taken out."""
    impor_id = _other_bill(session, tmp_path)
    first = withdraw.check(session, CITRA, DINKES, impor_id).to_go_first
    assert [name for _, name in first] == ["b.csv"]
    assert withdraw.check(session, CITRA, DINKES, first[0][0]).blockers == ()
    keluar(session, first[0][0])
    assert withdraw.check(session, CITRA, DINKES, impor_id).to_go_first == ()
    keluar(session, impor_id)
    assert not_withdrawn(session) == []


def test_many_decisions_are_counted(session: Session, tmp_path: Path) -> None:
    rows = [(*KOPI[:3], f"KOPI {n}", f"{n}.000,00", "DB") for n in range(1, 9)]
    hasil = ambil(session, tmp_path, csv(rows))
    for line in session.scalars(select(BarisBank)).all():
        told = differences.Explain(line.id, "biaya", None, "biaya layanan")
        differences.explain_difference(session, CITRA, DINKES, told, NOW)
    assert "Masih ada 3 penjelasan lain" in blockers(session, hasil.impor_id)
    for line in session.scalars(select(BarisBank)).all():
        reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    assert keluar(session, hasil.impor_id).baris == 8


def test_equal_lines_that_cannot_be_told_apart(session: Session, tmp_path: Path) -> None:
    """By their references two files mean different ones of two equal lines."""

    def rows(*references: str) -> bytes:
        head = "Tgl Transaksi;Tgl Pembukuan;Nomor Kartu;Keterangan;No Referensi;Jumlah (Rp);DB/CR"
        day, posted, card, text, amount, side = KOPI
        body = [";".join((day, posted, card, text, ref, amount, side)) for ref in references]
        other = ";".join((*NASI[:4], "R9", *NASI[4:]))
        return "\n".join([head, *body, other, ""]).encode()

    both = ambil(session, tmp_path, rows("R1", "R2"), nama="a.csv")
    ambil(session, tmp_path, rows("R1"), nama="b.csv")
    ambil(session, tmp_path, rows("R2"), nama="c.csv")
    assert len(not_withdrawn(session)) == 3
    said = blockers(session, both.impor_id)
    assert "tidak dapat dipastikan mana yang tinggal" in said
    assert "b.csv, c.csv" in said


def test_the_database_refuses_by_itself(session: Session, tmp_path: Path) -> None:
    impor_id = _linked(session, tmp_path)
    line = line_of(session, TOKO[3])
    kept = {"impor_id": impor_id, "opd_id": DINKES}
    session.add(
        ImporKeluar(
            **kept, alasan="tanpa layanan", baris=1, tetap=0, jumlah=Rupiah(0), at=NOW, oleh_id=3
        )
    )
    session.flush()
    _refused(session, insert(BarisKeluar).values(baris_bank_id=line.id, **kept), "berpasangan")
    reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    session.execute(insert(BarisKeluar).values(baris_bank_id=line.id, **kept))
    session.execute(insert(TagihanKeluar).values(tagihan_id=line.tagihan_id, **kept))
    link = session.scalars(select(Cocok)).one()
    names = "opd_id baris_bank_id transaksi_id nilai jenis status peluang alasan at oleh_id"
    again = {name: getattr(link, name) for name in names.split()}
    _refused(session, insert(Cocok).values(**again), "sudah dikeluarkan")
    for model in (BarisKeluar, TagihanKeluar, ImporKeluar):
        _refused(session, update(model).values(opd_id=2), "hanya dapat ditambah|permission denied")


def _refused(session: Session, statement: object, words: str) -> None:
    with pytest.raises(DBAPIError, match=words), session.begin_nested():
        session.execute(statement)  # type: ignore[call-overload]  # any of the above
