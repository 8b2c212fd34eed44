"""A purchase that a list and a bill tell in other words is one, whichever came first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.models import BarisBank, Impor
from tests.cast import fill
from tests.databases import Fill
from tests.worlds.bills import KOPI, NASI, Row, ambil, csv, kepala_tagihan

PENDEK: Sequence[Row] = [
    (*KOPI[:3], "KOPI", *KOPI[4:]),
    (*KOPI[:3], "KOPI", *KOPI[4:]),
    (*NASI[:3], "RM", *NASI[4:]),
    ("17/10/2026", "18/10/2026", "4821", "HANYA DI DAFTAR", "9.000,00", "DB"),
]
TAGIHAN = csv([KOPI, NASI], *kepala_tagihan("212.500,00", "212.500,00"))


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.mark.parametrize("bill_first", [True, False])
def test_a_list_and_a_bill_of_other_layouts(
    session: Session, tmp_path: Path, bill_first: bool
) -> None:
    files = [("tagihan.csv", TAGIHAN), ("daftar.csv", csv(PENDEK))]
    got = [
        ambil(session, tmp_path, data, nama=name)
        for name, data in (files if bill_first else reversed(files))
    ]
    assert [(one.baru, one.lama) for one in got] == (
        [(2, 0), (2, 2)] if bill_first else [(4, 0), (0, 2)]
    )
    amounts = sorted(line.nilai.sen for line in session.scalars(select(BarisBank)))
    assert amounts == [900_000, 2_500_000, 2_500_000, 18_750_000]
    told = [one["aturan"] for row in session.scalars(select(Impor)) for one in row.temuan]
    assert told.count("bentuk_lain") == 1


@pytest.mark.parametrize(("answer", "new"), [("lain", 1), ("sama", 0)])
def test_two_lists_in_other_words_are_asked(
    session: Session, tmp_path: Path, answer: str, new: int
) -> None:
    ambil(session, tmp_path, csv([KOPI]), nama="satu.csv")
    with pytest.raises(DomainError, match="Apakah itu belanja yang sama") as refused:
        ambil(session, tmp_path, csv(PENDEK[:1]), nama="dua.csv")
    assert refused.value.field == "baris_mirip"
    got = ambil(session, tmp_path, csv(PENDEK[:1]), nama="dua.csv", jawaban={"baris_mirip": answer})
    assert (got.baru, got.lama) == (new, 1 - new)


def _catatan(session: Session) -> list[str]:
    return [one["aturan"] for row in session.scalars(select(Impor)) for one in row.temuan]


PARKIR: Row = ("14/10/2026", "16/10/2026", "4821", "PARKIR", "5.000,00", "DB")
WHOLE: Sequence[Row] = [KOPI, NASI, PARKIR]
LAIN = {"baris_mirip": "lain"}


@pytest.mark.parametrize(
    "change",
    [
        lambda row: (*row[:3], row[3][:4], *row[4:]),
        lambda row: (row[0], "", *row[2:]),
        lambda row: (*row[:3], f"{row[3]} MEDAN ID", *row[4:]),
    ],
    ids=["cut", "not yet posted", "longer"],
)
def test_a_list_of_whole_days_in_other_words_is_the_same(
    session: Session, tmp_path: Path, change: Callable[[Row], Row]
) -> None:
    """Another export of the days: names cut or longer, a posting day that came later."""
    ambil(session, tmp_path, csv(WHOLE), nama="satu.csv")
    more = ("17/10/2026", "18/10/2026", "4821", "BARU", "1.000,00", "DB")
    got = ambil(session, tmp_path, csv([*map(change, WHOLE), more]), nama="dua.csv")
    assert (got.baru, got.lama) == (1, 3)
    assert _catatan(session) == ["bentuk_lain"]


def test_a_later_list_shows_more_of_a_day(session: Session, tmp_path: Path) -> None:
    """A line of that day was posted late; three of two amounts and more say that it is the day."""
    day = [NASI, PARKIR, (*PARKIR[:3], "PARKIR 2", *PARKIR[4:])]
    ambil(session, tmp_path, csv(day), nama="satu.csv")
    late = (*NASI[:3], "TOKO BARU", "77.000,00", "DB")
    cut = [(*row[:3], f"{row[3]} MEDAN", *row[4:]) for row in day]
    got = ambil(session, tmp_path, csv([*cut, late]), nama="dua.csv")
    assert (got.baru, got.lama) == (1, 3)


def test_a_day_that_shows_more_is_asked(session: Session, tmp_path: Path) -> None:
    """More purchases of that day may mean that it was cut by hand."""
    ambil(session, tmp_path, csv(WHOLE), nama="satu.csv")
    other = (*NASI[:3], "RM", *NASI[4:])
    got = ambil(session, tmp_path, csv([KOPI, other]), nama="dua.csv", jawaban=LAIN)
    assert (got.baru, got.lama) == (1, 1)


@pytest.mark.parametrize("first", [3, 10])
def test_equal_amounts_of_other_shops_stay(session: Session, tmp_path: Path, first: int) -> None:
    """Exports that do not hold whole days: three tickets each, and nobody's name is another's."""
    shops = [(*PARKIR[:3], f"TOKO {n}", *PARKIR[4:]) for n in (*range(3), *range(first, first + 3))]
    ambil(session, tmp_path, csv(shops[:3]), nama="satu.csv")
    assert ambil(session, tmp_path, csv(shops[3:]), nama="dua.csv", jawaban=LAIN).baru == 3


def test_lists_that_name_no_card_stay_two(session: Session, tmp_path: Path) -> None:
    """Two people may have bought the same tickets on one day."""
    bare = [(*row[:2], "", *row[3:]) for row in WHOLE]
    ambil(session, tmp_path, csv(bare), nama="satu.csv")
    cut = [(*row[:3], row[3][:4], *row[4:]) for row in bare]
    assert ambil(session, tmp_path, csv(cut), nama="dua.csv", jawaban=LAIN).baru == 3


REFERRED = (
    "Tanggal;Kartu;Uraian;Jumlah;Referensi\n13/10/2026;4821;RM SEDERHANA;187.500,00;600000000001\n"
    "13/10/2026;4821;KOPI DELI;25.000,00;600000000002\n"
)


def test_a_reference_with_card_and_amount_is_the_same_line(
    session: Session, tmp_path: Path
) -> None:
    """Cut texts, another card on that day, a day of posting: nothing is asked, nothing doubled."""
    ambil(session, tmp_path, REFERRED.encode(), nama="satu.csv")
    again = REFERRED.replace("SEDERHANA", "SEDERH").replace("13/10", "14/10", 1)
    again += "13/10/2026;7731;KOPI DELI;25.000,00;600000000003\n"
    got = ambil(session, tmp_path, again.encode(), nama="dua.csv")
    assert (got.baru, got.lama) == (1, 2)


def test_other_references_are_other_lines(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, REFERRED.encode(), nama="satu.csv")
    twin = "13/10/2026;4821;KOPI DELI 2;25.000,00;600000000009\n"
    got = ambil(session, tmp_path, (REFERRED + twin).encode(), nama="dua.csv")
    assert (got.baru, got.lama) == (1, 2)


def test_a_reference_of_a_terminal_is_none(session: Session, tmp_path: Path) -> None:
    """The same shop and amount each day, all with one number: each day is a purchase."""
    days = [f"{day}/10/2026;4821;PARKIR;5.000,00;T0001\n" for day in range(10, 20)]
    head = "Tanggal;Kartu;Uraian;Jumlah;Referensi\n"
    ambil(session, tmp_path, (head + "".join(days[:5])).encode(), nama="satu.csv")
    assert ambil(session, tmp_path, (head + "".join(days[5:])).encode(), nama="dua.csv").baru == 5


def test_days_are_compared_for_each_card(session: Session, tmp_path: Path) -> None:
    """A new export shows a second card on the same days; the first one's lines are known."""
    ambil(session, tmp_path, csv(WHOLE), nama="satu.csv")
    cut = [(*row[:3], row[3][:4], *row[4:]) for row in WHOLE]
    other = [(*row[:2], "7731", *row[3:]) for row in WHOLE]
    got = ambil(session, tmp_path, csv([*cut, *other]), nama="dua.csv")
    assert (got.baru, got.lama) == (3, 3)


def test_lines_without_days_are_not_compared(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, TAGIHAN, nama="tagihan.csv")
    fee = ("", "", "4821", "BIAYA ADMIN", "25.000,00", "DB")
    last = ("30/10/2026", "", "4821", "LAIN", "1,00", "DB")
    assert ambil(session, tmp_path, csv([fee, KOPI, last]), nama="daftar.csv").baru == 2


@pytest.mark.parametrize("mark", ["PEND", "PENDING - ", "Belum dibukukan: "])
def test_a_pending_line_is_closed_by_its_posting(
    session: Session, tmp_path: Path, mark: str
) -> None:
    """The bank posts it on a later day, with a longer name; another shop's line is a new one.

    A list that does not show the day on which it stood does not tell whether it moved.
    """
    waits = ("13/10/2026", "", "4821", f"{mark} KOPI DELI", "25.000,00", "DB")
    ambil(session, tmp_path, csv([waits]), nama="satu.csv")
    posted = ("15/10/2026", "15/10/2026", "4821", "KOPI DELI MEDAN", "25.000,00", "DB")
    other = ("12/10/2026", "15/10/2026", "4821", "TOKO LAIN", "25.000,00", "DB")
    with pytest.raises(DomainError, match="Apakah itu belanja yang sama"):
        ambil(session, tmp_path, csv([posted]), nama="sehari.csv")
    got = ambil(session, tmp_path, csv([other, posted]), nama="dua.csv")
    assert (got.baru, got.lama) == (1, 1)
    assert ambil(session, tmp_path, csv([posted, other]), nama="tiga.csv").baru == 0
