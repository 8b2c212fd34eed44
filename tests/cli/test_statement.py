"""`kkpd statement parse`: one JSON object in the documented shape, 2 and a sentence otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kkpd.cli import main
from tests.engines.reading.bills import as_csv
from tests.engines.reading.test_bills import BILL

LINE = ["row", "sheet", "reference", "card_last4", "transaction_date", "posting_date", "amount",
        "direction", "description", "merchant", "mcc", "currency", "time"]  # fmt: skip


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    file = tmp_path / "tagihan.csv"
    file.write_bytes(as_csv(BILL))
    return file


def test_json_has_exactly_the_documented_keys(
    bill: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["statement", "parse", str(bill), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        *("status", "bukti", "format", "profile", "sha256", "opening", "closing", "currency"),
        *("lines", "questions", "skipped", "findings"),
    ]
    assert list(found["lines"][0]) == LINE
    assert list(found["skipped"][0]) == ["row", "reason", "text"]
    assert found["lines"][0]["amount"] == "1000.25"
    assert found["lines"][0]["transaction_date"] == "2025-03-02"
    assert found["lines"][-2]["amount"] == "-1500000.00"
    assert (found["opening"], found["closing"]) == ("1500000.00", "1680014.75")


def test_the_time_of_day_of_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "jam.csv"
    file.write_text(
        "Tanggal;Jam;Toko;Jumlah\n23/04/2025;23.47;A;1,50\n24/04/2025;;B;2,50\n", "utf-8"
    )
    assert main(["statement", "parse", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [line["time"] for line in found["lines"]] == ["23:47:00", None]


def test_open_questions_are_findings_with_choices_and_can_be_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Tanggal;Toko;Jumlah\n03/04/2025;A;1,50\n", "utf-8")
    assert main(["statement", "parse", str(file), "--json"]) == 3
    asked = json.loads(capsys.readouterr().out)
    assert (asked["status"], asked["bukti"]) == ("ditanya", [])
    assert [question["key"] for question in asked["questions"]] == ["urutan_tanggal"]
    (finding,) = asked["findings"]
    assert finding["rule"] == "pertanyaan:urutan_tanggal"
    assert list(finding["choices"]) == ["dmy", "mdy"]
    answer = ["--answer", "urutan_tanggal=dmy"]
    assert main(["statement", "parse", str(file), "--json", *answer]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lines"][0]["transaction_date"] == "2025-04-03"
    assert found["status"] == "dibaca"
    assert main(["statement", "parse", str(file)]) == 3
    assert "Pertanyaan" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["--profile", "tidak_ada"], ["--answer", "x"], ["--answer", "urutan_tanggal=x"]],
)
def test_wrong_options_are_a_sentence(
    bill: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["statement", "parse", str(bill), *arguments]) == 2 or "=x" in arguments[1]
    out = capsys.readouterr()
    assert out.err.startswith("kkpd: ") or "=x" in arguments[1]


def test_a_file_that_cannot_be_read_is_two_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in (("kosong.csv", b""), ("4111111111111111.png", b"\x89PNG\r\n\x1a\n0")):
        (tmp_path / name).write_bytes(data)
        assert main(["statement", "parse", str(tmp_path / name), "--json"]) == 2
        out = capsys.readouterr()
        assert out.out == ""
        assert out.err.startswith("kkpd: ")
    assert main(["statement", "parse", str(tmp_path / "4111111111111111.csv")]) == 2
    assert "4111111111111111" not in capsys.readouterr().err


def test_parsing_starts_without_the_web_and_the_database(bill: Path) -> None:
    program = (
        "import sys; from kkpd.cli import main; main(sys.argv[1:]);"
        "print([m for m in ('flask', 'sqlalchemy', 'pandas', 'numpy') if m in sys.modules])"
    )
    command = [sys.executable, "-c", program, "statement", "parse", str(bill)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
