"""What banks of this country print is read right or asked, never silently wrong."""

from __future__ import annotations

from collections import Counter

import pytest

from kkpd.engines.reading import parse
from tests.engines.reading.banks import SHAPES, Shape, paper

#: Of each bank so many files.
_FILES = range(8)


def _days(data: bytes, **answers: str) -> list[tuple[object, object]]:
    lines = parse(data, answers=answers).lines
    return [(line.transaction_date or line.posting_date, line.amount) for line in lines]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_files_of_a_bank_are_read_right_or_asked(shape: Shape) -> None:
    told: Counter[str] = Counter()
    for seed in _FILES:
        written = paper(shape, seed)
        read = parse(written.data)
        told[read.status] += 1
        assert read.questions or _days(written.data) == written.truth, written.chosen
    assert told["ditanya"] <= len(_FILES) / 2, told


_TWO = (
    b"Tanggal;Uraian;Satu;Dua;Sisa\n13/05/2026;A;100,00;;900,00\n14/05/2026;B;;50,00;950,00\n"
    b"15/05/2026;C;20,00;;930,00\n16/05/2026;D;;5,00;935,00\n17/05/2026;E;7,00;;928,00\n"
)


def test_a_balance_that_allows_both_ways_is_asked() -> None:
    (question,) = parse(_TWO).questions
    assert question.key == "arah_kolom"
    ours = ["100.00", "-50.00", "20.00", "-5.00", "7.00"]
    assert [str(amount) for _, amount in _days(_TWO, arah_kolom="rekening")] == ours
    turned = ["-100.00", "50.00", "-20.00", "5.00", "-7.00"]
    assert [str(amount) for _, amount in _days(_TWO, arah_kolom="utang")] == turned


def test_titles_decide_between_an_account_and_a_debt() -> None:
    debt = _TWO.replace(b"Satu;Dua", b"Kredit;Pemakaian")
    assert parse(debt).status == "terbukti"
    assert [str(amount) for _, amount in _days(debt)][:2] == ["-100.00", "50.00"]
    account = _TWO.replace(b"Satu;Dua", b"Penarikan;Setoran")
    assert [str(amount) for _, amount in _days(account)][:2] == ["100.00", "-50.00"]


def test_a_column_that_marks_both_ways_is_the_sign_whatever_another_is_called() -> None:
    data = (
        b"Tanggal;Jenis Transaksi;Uraian;Arah;Nominal\n13/05/2026;Pembelian;A;Keluar;100.000\n"
        b"14/05/2026;Transfer;B;Masuk;50.000\n15/05/2026;Pembelian;C;Keluar;20.000\n"
    )
    assert [str(amount) for _, amount in _days(data)] == ["100000", "-50000", "20000"]


def test_a_balance_that_moves_beside_no_amount_is_told() -> None:
    """An amount that was lost, or stands in a column that nobody took for one, is no silence."""
    named = _TWO.replace(b"Satu;Dua;Sisa", b"Debet;Kredit;Saldo")
    assert parse(named).status == "terbukti"
    for amount in (b"50,00;950", b"20,00;;930", b"5,00;935"):
        lost = named.replace(amount, amount[amount.index(b";") :])
        assert parse(lost).status == "ditanya", amount
    wide = paper(next(shape for shape in SHAPES if shape.name == "owed"), 90_016)
    assert _days(wide.data) == wide.truth
