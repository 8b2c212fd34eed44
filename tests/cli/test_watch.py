"""The watch from the outside: a bank file comes in, `kkpd cases list` names its bad lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kkpd.cli import main

HEAD = "Tanggal,Jam,Merchant,MCC,Nilai,Kartu,Referensi"
ORDINARY = (
    ("SPBU 14.203.1088", 5541, 350_000),
    ("RM SEDERHANA", 5812, 420_000),
    ("TOKO DANA JAYA", 5200, 1_250_000),
    ("RM BETAWI", 5812, 310_000),
    ("FOTOCOPY BERKAH", 7338, 175_000),
    ("HOTEL DOMINO", 7011, 900_000),
    ("INDOMARET GALANG", 5411, 88_500),
    ("APOTEK SEHAT", 5912, 143_000),
)
BAD = (
    ("SLOT GACOR 88", ""),
    ("S1OT-M4XWIN", ""),
    ("MIDTRANS*RTPLIVE SLOT", ""),
    ("XNDT*H0KI777 TOGEL", ""),
    ("ROYAL LEISURE", 7995),
    ("DANA TOPUP 0812", ""),
    ("OVO*TOPUP", ""),
    ("TARIK TUNAI ATM", 6011),
    ("STEAMGAMES.COM", ""),
    ("SBOBET", 7995),
)


def _file(path: Path, bad: Sequence[tuple[str, object]]) -> Path:
    rows = [HEAD]
    for at in range(40):
        name, mcc, amount = ORDINARY[at % len(ORDINARY)]
        day = f"{1 + at % 28:02d}/10/2026"
        rows.append(f"{day},{8 + at % 9:02d}:15,{name},{mcc},{amount + at * 500},4821,BAIK{at:03d}")
    for at, (name, code) in enumerate(bad):
        day = f"{1 + at % 28:02d}/10/2026"
        rows.append(
            f"{day},{at % 24:02d}:40,{name},{code},{250_000 + at * 1_000},4821,BURUK{at:03d}"
        )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def take_in(instance: Path) -> Path:
    """Where the bank's file is put; the command line works on an installation with the cast."""
    return instance.parent / "tagihan.csv"


def _cases(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["cases", "list", "--opd", "dinkes", "--json"]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_forty_bad_lines_are_cases_the_day_the_file_came(
    take_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(take_in, BAD * 4)
    assert main(["statement", "import", str(path), "--opd", "dinkes"]) == 0
    assert json.loads(capsys.readouterr().out)["kasus"] > 0
    found = _cases(capsys)
    named = {ref for case in found for ref in case["baris"]}  # type: ignore[attr-defined]  # a list
    assert named == {f"BURUK{at:03d}" for at in range(40)}
    assert {case["aturan"] for case in found} == {"judi", "dompet", "tunai", "permainan", "mcc"}
    assert len(found) == 5


def test_an_ordinary_month_opens_nothing(take_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(take_in, ())
    assert main(["statement", "import", str(path), "--opd", "dinkes"]) == 0
    assert json.loads(capsys.readouterr().out)["kasus"] == 0
    assert _cases(capsys) == []


def test_judging_again_says_nothing_twice(
    take_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(take_in, BAD)
    assert main(["statement", "import", str(path), "--opd", "dinkes"]) == 0
    before = _cases(capsys)
    assert main(["cases", "watch", "--opd", "dinkes", "--tahun", "2026"]) == 0
    assert capsys.readouterr().out == "0 tindak lanjut baru dari baris bank tahun 2026.\n"
    assert _cases(capsys) == before
