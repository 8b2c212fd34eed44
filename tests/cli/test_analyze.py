"""`kkpd analyze` by its words: the contract's keys, files in every shape, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kkpd.cli import main
from tests.engines.audit import other_hand


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    said: str


Run = Callable[..., Done]


@pytest.fixture
def run(opened_here: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command in this process."""
    return _in_turn(capsys)


def _in_turn(capsys: pytest.CaptureFixture[str]) -> Run:

    def called(*words: str | Path) -> Done:
        status = main(["analyze", *map(str, words)])
        return Done(status, *capsys.readouterr())

    return called


def test_the_file_is_opened_in_a_child(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path, out = tmp_path / "isi.csv", tmp_path / "sampel.csv"
    _population(path)
    assert _mus(_in_turn(capsys), path, out)["sampel"] > 0
    assert out.read_text("utf-8").startswith("no,uraian,nilai")


def _told(run: Run, *words: str | Path) -> Any:
    done = run(*words, "--json")
    assert done.status == 0, done.said
    return json.loads(done.out)


def _population(path: Path, separator: str = ",", plain: bool = True) -> list[int]:
    values = [((n * 7919) % 997 + 3) * 12_345 for n in range(400)] + [0, -50_000, 90_000_000]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, delimiter=separator)
        writer.writerow(["no", "uraian", "nilai"])
        for n, value in enumerate(values):
            text = str(value) if plain else f"{value:,}".replace(",", ".") + ",00"
            writer.writerow([n, f'kertas, "A{n}"\nputih', text])
    return values


def _mus(run: Run, path: Path, out: Path, *more: str) -> Any:
    known = ("--kolom", "nilai", "--keyakinan", "0.95", "--materialitas", "200000000")
    return _told(run, "mus", "--file", path, *known, "--seed", "11", "--out", out, *more)


@pytest.mark.parametrize("expected", [0, 40_000_000])
def test_a_plan_and_its_sample(run: Run, tmp_path: Path, expected: int) -> None:
    values = _population(tmp_path / "pop.csv")
    told = _mus(run, tmp_path / "pop.csv", tmp_path / "s.csv", "--salah-dugaan", str(expected))
    positive = [value for value in values if value > 0]
    width = other_hand.interval(200_000_000, expected, 0.95)
    assert told["baris"] == len(positive)
    assert told["nilai_buku"] == sum(positive)
    assert math.isclose(told["interval"], width, rel_tol=1e-9)
    assert math.isclose(told["faktor"], 200_000_000 / width, rel_tol=1e-9)
    assert told["ukuran"] == math.ceil(sum(positive) / width)
    assert told["pasti"] == sum(value >= width for value in positive)
    rows = list(csv.reader(io.StringIO((tmp_path / "s.csv").read_text("utf-8"))))
    assert rows[0] == ["no", "uraian", "nilai"]
    assert len(rows) - 1 == told["sampel"] == len({row[0] for row in rows[1:]})
    for row in rows[1:]:
        n = int(row[0])
        assert row == [str(n), f'kertas, "A{n}"\nputih', str(values[n])]


def test_one_seed_one_sample_in_every_notation(run: Run, tmp_path: Path) -> None:
    """Separator and notation of amounts change neither plan nor choice."""
    made = []
    for name, separator, plain in (("a", ",", True), ("b", ";", False), ("c", "\t", True)):
        _population(tmp_path / f"{name}.csv", separator, plain)
        told = _mus(run, tmp_path / f"{name}.csv", tmp_path / f"{name}.out")
        text = (tmp_path / f"{name}.out").read_text("utf-8")
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        made.append((told, [row[0] for row in rows]))
    assert made[0] == made[1] == made[2]


def test_an_audited_sample(run: Run, tmp_path: Path) -> None:
    pairs = [(1_000_000, 1_000_000), (500_000, 450_000), (800_000, 900_000), (9_000_000, 8_000_000)]
    text = "nilai;nilai_audit\n" + "".join(f"{b};{a}\n" for b, a in pairs)
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    told = _told(run, "mus-nilai", "--sampel", tmp_path / "s.csv", "--interval", "5000000.5")
    keys = ("proyeksi", "dasar", "tambahan", "batas_atas")
    other = other_hand.bound(pairs, 5_000_000.5, 0.95)
    assert [told[key] for key in keys] == pytest.approx(other, rel=1e-9)
    assert told["kurang_saji"]["baris"] == 1


def test_digits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Nilai\n" + "1.250.000,00\n9000\n" * 60, encoding="utf-8")
    told = _told(run, "benford", "--file", tmp_path / "x.csv", "--kolom", "nilai", "--digit", "12")
    assert told["n"] == 120
    assert told["kesesuaian"] == "tidak sesuai"
    assert "120" in told["peringatan"]
    shares = {one["digit"]: one["teramati"] for one in told["digit"]}
    assert len(shares) == 90
    assert shares[12] == shares[90] == 0.5


REFUSED = {
    "no file": ("", "mus", "tidak dapat dibuka"),
    "empty": ("\n\n", "mus", "kosong"),
    "no column": ("a,b\n1,2\n", "mus", "yang ada: a, b"),
    "no amount": ("nilai\nbanyak\n", "mus", "baris 2"),
    "a gap": ("nilai,b\n5,1\n,2\n", "mus", "baris 3"),
    "a wide row": ("nilai,b\n5,1\n6,7,8\n", "mus", "baris 3 punya 3 kolom"),
    "nothing positive": ("nilai\n0\n-4\n", "mus", "positif"),
    "a workbook": ("PK\x03\x04", "mus", "bukan CSV"),
    "benford of nothing": ("nilai\n0\n", "benford", "positif"),
    "no audited value": ("nilai,nilai_audit\n5,\n", "mus-nilai", "baris 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_a_sentence(run: Run, tmp_path: Path, case: str) -> None:
    text, test, sentence = REFUSED[case]
    path, out = tmp_path / "x.csv", tmp_path / "out.csv"
    if text:
        path.write_text(text, encoding="utf-8")
    words = {
        "mus": ("--file", path, "--materialitas", "9", "--seed", "1", "--out", out),
        "mus-nilai": ("--sampel", path, "--interval", "9"),
        "benford": ("--file", path),
    }
    done = run(test, *words[test])
    assert done.status == 2
    assert sentence in done.said
    assert len(done.said.strip().splitlines()) == 1
    assert not out.exists()
    assert done.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--materialitas", "0"),
        ("--materialitas", "x"),
        ("--materialitas", "9", "--salah-dugaan", "9"),
        ("--materialitas", "9", "--keyakinan", "1"),
        ("--materialitas", "9", "--seed", "x"),
        ("--materialitas", "9", "--out", "x.csv"),
    ],
)
def test_a_bad_option_is_a_sentence(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("nilai\n5\n", encoding="utf-8")
    before = path.read_bytes()
    words = tuple(str(path) if word == "x.csv" else word for word in words)
    done = run("mus", "--file", path, "--seed", "1", "--out", tmp_path / "out.csv", *words)
    assert (done.status, done.out) == (2, "")
    assert done.said.startswith("kkpd: ")
    assert path.read_bytes() == before
    assert not (tmp_path / "out.csv").exists()


PAYMENTS = """\
Tgl Transaksi;Nominal;No Kartu;Nama Merchant;No Bukti;Kode MCC;Kode Rekening
03/03/2026;9.800.000,00;4111;CV. Maju;N-1024;5943;5.1.02.01.01.0024
04/03/2026;9.700.000,00;4222;MAJU;N-1042;5943;5.1.02.01.01.0024
21/03/2026;1.530.000,00;4111;Hotel X;H-1;7011;5.1.02.01.01.0024

21/03/2026;1.530.000,00;4111;Hotel X;H-1;7011;5.1.02.04.01.0001
27/04/2026;1.350.000,00;4111;Hotel X;H-77;7995;5.1.02.04.01.0001
28/04/2026;1.530.000,00;4111;Hotel X;H-99;7011;5.1.02.04.01.0001
"""
FOUND: dict[str, list[tuple[list[int], str]]] = {
    "split": [([2, 3], "vendor")],
    "ganda": [([4, 6], "nota"), ([7, 8], "angka_tertukar")],
    "dekat-batas": [([2], "batas"), ([3], "batas")],
    "bulat": [([2], "bulat"), ([3], "bulat")],
    "libur": [([4], "libur"), ([6], "libur")],
    "mcc": [([4], "tidak_cocok"), ([7], "larangan")],
    "vendor": [([2, 3], "pemusatan")],
}


@pytest.mark.parametrize("test", FOUND)
def test_patterns(run: Run, tmp_path: Path, test: str) -> None:
    """Rows by their numbers in the file, columns by tolerant titles, amounts in rupiah."""
    (tmp_path / "p.csv").write_text(PAYMENTS, encoding="utf-8")
    told = _told(run, test, "--file", tmp_path / "p.csv")
    found = [(one["baris"], one["jenis"]) for one in told["temuan"]]
    assert sorted(found) == sorted(FOUND[test])
    assert told["baris"] == 6
    assert told["kolom"]["nilai"] == "Nominal"
    assert told["jumlah_temuan"] == len(found)
    assert all(one["alasan"].endswith(".") and one["rupiah"] > 0 for one in told["temuan"])


def test_columns_are_named_or_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("kapan,berapa\n2026-01-04,5\n", encoding="utf-8")
    done = run("libur", "--file", path, "--json")
    assert done.status == 2
    assert "--kolom-nilai" in done.said
    named = ("--kolom-tanggal", "kapan", "--kolom", "berapa")
    told = _told(run, "libur", "--file", path, *named)
    assert told["temuan"][0]["jenis"] == "akhir_pekan"
    path.write_text("tanggal,nilai\n2026-02-31,5\n", encoding="utf-8")
    done = run("libur", "--file", path)
    assert done.status == 2
    assert "baris 2" in done.said
