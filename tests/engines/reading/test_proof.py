"""What a file prints judges its reading: proven, read or asked, and never silently wrong."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Statement, parse
from tests.engines.reading.layouts import HARMS, Layout, harmed, write
from tests.engines.reading.samples import DATA

D = Decimal
_SAMPLES = DATA / "statements" / "id"
_NAMES = sorted(path.stem for path in _SAMPLES.glob("*.json"))
#: Layouts that were looked at while the reader was written, and as many that were not.
_SEEN, _UNSEEN = range(60), range(10_000, 10_060)
_TEN = 10


def _sample(stem: str) -> tuple[Path, dict[str, object]]:
    file = next(path for path in _SAMPLES.glob(f"{stem}.*") if path.suffix != ".json")
    return file, json.loads((_SAMPLES / f"{stem}.json").read_text("utf-8"))


def _lines(read: Statement) -> list[tuple[str, Decimal]]:
    return [(str(line.transaction_date), line.amount) for line in read.lines]


@pytest.mark.parametrize("stem", _NAMES)
def test_banks_of_this_country(stem: str) -> None:
    file, right = _sample(stem)
    answers = {"tahun": "2026"} if stem == "tanpa_tahun" else {}
    read = parse(file.read_bytes(), file.name)
    assert read.status == right["status"]
    answered = parse(file.read_bytes(), file.name, answers=answers)
    wanted = right.get("lines") or right["lines_once_answered"]
    assert isinstance(wanted, list)
    assert _lines(answered) == [(o["transaction_date"], D(o["amount"])) for o in wanted]


@pytest.mark.parametrize("seeds", [_SEEN, _UNSEEN], ids=["seen", "unseen"])
def test_random_layouts_are_read_right_or_asked(seeds: range) -> None:
    """Only a sign that nothing prints may be asked."""
    told: Counter[str] = Counter()
    for seed in seeds:
        written = write(Layout.random(seed))
        read = parse(written.data(), "mutasi.csv")
        told[read.status] += 1
        got = [(line.transaction_date, line.amount) for line in read.lines]
        assert read.questions or got == written.truth, written.layout
    assert told["ditanya"] < len(seeds) / 6, told


@pytest.mark.parametrize("seeds", [_SEEN, _UNSEEN], ids=["seen", "unseen"])
@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_to_a_file_that_proves_itself_is_told(seeds: range, harm: str) -> None:
    told = 0
    for seed in seeds:
        written = write(Layout.random(seed))
        data = harmed(written, harm)
        if data is None or parse(written.data(), "mutasi.csv").status != "terbukti":
            continue
        assert parse(data, "mutasi.csv").status == "ditanya", written.layout
        told += 1
    assert told > _TEN


@pytest.mark.parametrize("stem", ["bca_mutasi", "bri_mutasi", "mandiri_giro", "sumut_dua_kartu"])
@pytest.mark.parametrize("harm", ["deleted", "altered"])
def test_every_row_of_a_bank_s_file_is_under_control(stem: str, harm: str) -> None:
    file, _ = _sample(stem)
    rows = file.read_text("utf-8").splitlines()
    lines = [line.row for line in parse(file.read_bytes()).lines]
    for number in lines[1:-1] if stem == "bri_mutasi" and harm == "deleted" else lines:
        text = rows[number - 1]
        amount = str(abs(next(o.amount for o in parse(file.read_bytes()).lines if o.row == number)))
        lead = amount.split(".")[0][:1]
        at = next(i for i in range(20, len(text)) if _begins_amount(text, i, amount))
        other = f"{text[:at]}{int(lead) % 9 + 1}{text[at + 1 :]}"
        kept = rows[: number - 1] + ([other] if harm == "altered" else []) + rows[number:]
        read = parse("\n".join(kept).encode())
        assert read.status == "ditanya", text


def _begins_amount(text: str, at: int, amount: str) -> bool:
    digits = "".join(filter(str.isdigit, text[at : at + len(amount) + 6]))
    return text[at].isdigit() and digits.startswith(amount.split(".")[0])


def test_the_broken_row_is_named_and_answered_by_a_reason() -> None:
    file, _ = _sample("jateng_baris_hilang")
    (question,) = parse(file.read_bytes()).questions
    assert (question.key, question.choices) == ("beda_tercetak", ())
    assert "Baris 13: saldo" in question.text
    assert "(selisih 625.000)" in question.text
    assert 13 in question.rows
    reason = {"beda_tercetak": "Bank menjelaskan lewat surat 12/2026"}
    read = parse(file.read_bytes(), answers=reason)
    assert (read.status, len(read.lines)) == ("dibaca", 18)
    assert any("surat 12/2026" in finding.message for finding in read.findings)


@pytest.mark.parametrize("reason", ["ya", "x" * 301, "kartu 4111111111111111 salah"])
def test_a_reason_says_something_and_no_card_number(reason: str) -> None:
    with pytest.raises(Unreadable, match="alasan"):
        parse(b"Tanggal;Toko;Jumlah\n13/04/2025;A;1,50\n", answers={"beda_tercetak": reason})


def test_a_total_far_from_its_lines_is_asked() -> None:
    rows = "Tanggal;Toko;Jumlah\n13/04/2025;A;17.000.000\n14/04/2025;B;350.000\n"
    assert parse(f"{rows};Total;17.350.000\n".encode()).status == "terbukti"
    read = parse(f"{rows};Total;99.999.999\n".encode())
    assert [question.key for question in read.questions] == ["beda_tercetak"]


@pytest.mark.parametrize(("year", "first"), [("2026", "2025-12-28"), ("2025", "2024-12-28")])
def test_the_year_that_nothing_tells_is_that_of_the_last_line(year: str, first: str) -> None:
    data = b"Tgl;Uraian;Jumlah\n28/12;A;1.500 DB\n05/01;B;2.500 DB\n"
    assert [question.key for question in parse(data).questions] == ["tahun"]
    read = parse(data, answers={"tahun": year})
    assert [day for day, _ in _lines(read)] == [first, f"{year}-01-05"]


def test_two_cards_have_a_balance_each() -> None:
    data = (
        b"Tanggal;Kartu;Toko;Jumlah;Saldo\n13/04/2026;1111;A;100,00;1.100,00\n"
        b"13/04/2026;2222;B;50,00;550,00\n14/04/2026;1111;C;30,00;1.130,00\n"
        b"15/04/2026;2222;D;20,00;570,00\n16/04/2026;1111;E;10,00;1.140,00\n"
    )
    assert parse(data).status == "terbukti"
    assert parse(data.replace(b"D;20,00", b"D;21,00")).status == "ditanya"


def test_only_the_balance_tells_the_way_and_the_first_row_is_asked() -> None:
    data = (
        b"Tanggal;Uraian;Nominal;Saldo\n13/04/2026;A;100,00;900,00\n14/04/2026;B;50,00;950,00\n"
        b"15/04/2026;C;20,00;930,00\n16/04/2026;D;5,00;925,00\n"
    )
    (question,) = parse(data).questions
    assert (question.key, question.rows) == ("arah_baris", (2,))
    for answer, first in (("belanja", "100.00"), ("kembali", "-100.00")):
        read = parse(data, answers={"arah_baris": answer})
        assert [str(line.amount) for line in read.lines] == [first, "-50.00", "20.00", "5.00"]
        assert read.status == "terbukti"
