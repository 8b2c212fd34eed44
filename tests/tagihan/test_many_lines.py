"""Files with several bills, files too long for memory, and what the way into the books refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from kkpd.core.db.bulk import insert_rows
from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.engines import reading as engines_reading
from kkpd.engines.reading import Bill, Statement
from kkpd.models import BarisBank, Berkas, ImporTagihan, Kartu, SumberBaris, Tagihan
from kkpd.records.custody import Store
from kkpd.tagihan import receive
from kkpd.tagihan.intake.plan import preview_lines
from kkpd.tagihan.profiles import SaveProfile, save
from kkpd.tagihan.receive import TakeIn, UploadFile
from tests.cast import ACTORS, DINKES, ORANG, fill
from tests.databases import Fill
from tests.worlds.bills import KOPI, NASI, SEKARANG, ambil, csv

CITRA = ACTORS["citra"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def _two_bills(kinds: tuple[str | None, str | None] = (None, None)) -> Statement:
    """A file read whole: a bill of card 4821, one of 5555, and a line of neither."""
    rows = [KOPI, (*NASI[:2], "5555", *NASI[3:]), (*KOPI[:2], "9999", *KOPI[3:])]
    read = engines_reading.parse(csv(rows))
    bills = tuple(
        Bill(
            card_last4=card,
            kind=kind,  # type: ignore[arg-type]  # one of the two words
            bill_date=date(2026, 10, 25),
            new_charges=Decimal(amount),
            previous_balance=Decimal(0),
            total_due=Decimal(amount),
        )
        for card, amount, kind in zip(
            ("4821", "5555", "7777"), (25_000, 187_500, 0), (*kinds, None), strict=True
        )
    )
    return replace(read, bills=bills)


def _take(session: Session, folder: Path, read: Statement, jenis: str | None = None) -> object:
    berkas = receive.upload(
        session, CITRA, UploadFile(DINKES, b"isi", "t.csv"), Store(folder), SEKARANG
    )
    command = TakeIn(DINKES, berkas.id, read, jenis)
    return receive.take_in(session, CITRA, command, SEKARANG)


def test_each_line_goes_to_its_bill(session: Session, tmp_path: Path) -> None:
    session.add(
        Kartu(
            opd_id=DINKES,
            jenis="barang",
            nomor_akhir="5555",
            token="lima",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            status="aktif",
        )
    )
    _take(session, tmp_path, _two_bills())
    rows = session.execute(
        select(BarisBank.kartu_akhir, Tagihan.kartu_akhir, Tagihan.total)
        .join(Tagihan, Tagihan.id == BarisBank.tagihan_id)
        .order_by(BarisBank.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("4821", "4821", Rupiah.of(25_000)),
        ("5555", "5555", Rupiah.of(187_500)),
        ("9999", None, None),
    ]
    sums = session.scalars(select(ImporTagihan.jumlah).order_by(ImporTagihan.jumlah)).all()
    assert sums == [Rupiah(0), Rupiah.of(25_000), Rupiah.of(25_000), Rupiah.of(187_500)]


def test_two_kinds_in_one_file_are_a_question(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="sekaligus"):
        _take(session, tmp_path, _two_bills(("dts", "final")))
    _take(session, tmp_path, _two_bills(("dts", "final")), jenis="final")
    assert set(session.scalars(select(Tagihan.jenis))) == {"final"}


def test_a_file_that_shows_more_adds_only_that(session: Session, tmp_path: Path) -> None:
    rows = [(*KOPI[:3], f"TOKO {n}", *KOPI[4:]) for n in range(9)]
    ambil(session, tmp_path, csv(rows[:4]), nama="satu.csv")
    hasil = ambil(session, tmp_path, csv(rows), nama="dua.csv")
    assert (hasil.baru, hasil.lama) == (5, 4)
    texts = session.scalars(select(BarisBank.keterangan).order_by(BarisBank.id)).all()
    assert texts == [f"TOKO {n}" for n in range(9)]
    read = engines_reading.parse(csv(rows))
    command = TakeIn(DINKES, session.scalars(select(Berkas.id)).first() or 0, read)
    plan = receive.preview(session, CITRA, command, SEKARANG)
    shown = preview_lines(plan, 2, 3)
    assert [line.nomor for line in shown.baris] == [3, 4, 5]
    assert (shown.next_up, {line.state for line in shown.baris}) == (5, {"dikenal"})


def test_a_profiles_short_name_is_short(session: Session) -> None:
    with pytest.raises(DomainError, match="huruf kecil"):
        save(session, CITRA, SaveProfile(DINKES, "Nama Panjang", ""), SEKARANG)


def test_bulk_takes_money_and_moments_as_the_types_do(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    line = session.scalars(select(BarisBank)).one()
    refused = pytest.raises((TypeError, StatementError), match="money is bound as Rupiah")
    with refused, session.begin_nested():
        insert_rows(session, ImporTagihan, [{"jumlah": 1.5}])
    common = {"opd_id": line.opd_id, "jenis": "bank", "media": "text/csv", "nama": "x"}
    common |= {"at": SEKARANG, "oleh_id": ORANG["citra"]}
    insert_rows(
        session,
        Berkas,
        [{**common, "sha256": letter * 64, "ukuran": 1} for letter in "ab"],
    )
    assert set(session.scalars(select(Berkas.at).where(Berkas.nama == "x"))) == {SEKARANG}
    assert session.scalars(select(SumberBaris)).all() == []


def test_bulk_rows_get_their_keys_in_the_order_given(session: Session, tmp_path: Path) -> None:
    """And texts come back as they were."""
    ambil(session, tmp_path, csv([KOPI]))
    line = session.scalars(select(BarisBank)).one()
    texts = ["z\t", "a\\N", "m\n", "\\", "b\r", ""]
    for some in (texts[:2], [], texts[2:]):
        insert_rows(
            session,
            BarisBank,
            [
                {
                    "opd_id": line.opd_id,
                    "tagihan_id": line.tagihan_id,
                    "berkas_id": line.berkas_id,
                    "tahun": 2026,
                    "bulan": 10,
                    "kunci_dasar": f"{text!r} {len(some)}",
                    "kejadian": 1,
                    "jenis": "belanja",
                    "nilai": Rupiah(7),
                    "keterangan": text,
                    "merchant": some[0],
                    "baris": number,
                    "referensi": None,
                    "mcc": "5812" if number % 2 else None,
                    "mata_uang": "IDR",
                }
                for number, text in enumerate(some)
            ],
        )
    held = session.execute(
        select(BarisBank.keterangan, BarisBank.merchant, BarisBank.mcc, BarisBank.referensi)
        .where(BarisBank.id != line.id)
        .order_by(BarisBank.id)
    ).all()
    assert [one.keterangan for one in held] == texts
    assert [one.merchant for one in held] == ["z\t"] * 2 + ["m\n"] * 4
    assert [one.mcc for one in held] == [None, "5812"] * 3
    assert {one.referensi for one in held} == {None}
